"""The script of the page: the file that is in the package is the one that its modules build."""

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "cnncalc" / "webpage"
SCRIPTS = PAGE / "scripts"
BUILT = PAGE / "assets" / "report.js"
AGAIN = "the modules have changed: run `make page-script`"

tools = pytest.mark.skipif(
    shutil.which("node") is None or not (ROOT / ".page-tools" / "node_modules" / "esbuild").is_dir(),
    reason="node, or what `make page-tools` installs, is not there",
)


def sources() -> list[str]:
    modules = (path.relative_to(SCRIPTS).as_posix() for path in SCRIPTS.rglob("*.js"))
    return sorted(
        [
            *(name for name in modules if not name.startswith("tests/")),
            "build.mjs",
            "package-lock.json",
        ]
    )


def test_it_is_of_the_modules_as_they_are() -> None:
    digest = hashlib.sha256()
    for name in sources():
        digest.update(f"{name}\n".encode())
        digest.update((SCRIPTS / name).read_bytes())
    written = re.search(r"Sources: ([0-9a-f]{64})", BUILT.read_text(encoding="utf-8"))
    assert written is not None
    assert written[1] == digest.hexdigest(), AGAIN


def test_nothing_in_it_ends_its_element() -> None:
    script = BUILT.read_text(encoding="utf-8").lower()
    assert "</script" not in script
    assert "<!--" not in script


def test_the_tools_are_pinned_and_name_no_host() -> None:
    lock = (SCRIPTS / "package-lock.json").read_text(encoding="utf-8")
    assert "integrity" in lock
    assert "http" not in lock


@tools
def test_it_is_what_the_modules_build(tmp_path: Path) -> None:
    path = tmp_path / "report.js"
    subprocess.run(["node", "build.mjs", path], cwd=SCRIPTS, check=True)
    assert path.read_text(encoding="utf-8") == BUILT.read_text(encoding="utf-8"), AGAIN
