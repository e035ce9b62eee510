"""The generated pages are current, and the check that they are sees it when they are not."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from docs import generate, regions

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
# Measured on one machine and written by another target: not always there.
MEASURED = "performance.md"


def test_every_page_is_current() -> None:
    for path, text in generate.current():
        assert path.read_text(encoding="utf-8") == text, f"{path.name} is not current: run `make docs`"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one page of each kind."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "README.md").write_text(
        "<!-- output: cnncalc --version -->\n<!-- end -->\n", encoding="utf-8"
    )
    made: dict[str, Callable[[], str]] = {"docs/made.md": lambda: "# Made"}
    monkeypatch.setattr(generate, "ROOT", tmp_path)
    monkeypatch.setattr(generate, "MADE", made)
    return tmp_path


def test_a_stale_page_fails_the_check_with_a_diff(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert generate.main(["--check"]) == 1
    told = capsys.readouterr()
    assert "+# Made" in told.out
    assert "+$ cnncalc --version" in told.out
    assert "make docs" in told.err
    assert not (folder / "docs" / "made.md").exists()


def test_what_is_written_passes_the_check(folder: Path) -> None:
    assert generate.main([]) == 0
    assert (folder / "docs" / "made.md").read_text(encoding="utf-8") == "# Made\n"
    assert generate.main(["--check"]) == 0
    before = (folder / "README.md").read_text(encoding="utf-8")
    assert generate.main([]) == 0
    assert (folder / "README.md").read_text(encoding="utf-8") == before


def test_a_command_that_fails_stops_the_page(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "<!-- output: cnncalc window 10 --kernel 3 --stride 2 -->\n<!-- end -->\n"
    (folder / "README.md").write_text(text, encoding="utf-8")
    assert generate.main([]) == 1
    assert "ended with 1, and the page says 0" in capsys.readouterr().err


def test_an_unknown_argument_is_usage() -> None:
    assert generate.main(["--write"]) == 2


def test_only_our_own_command_is_run() -> None:
    with pytest.raises(regions.Stale, match="not a command"):
        regions.refreshed("<!-- output: rm net.yaml -->\n<!-- end -->")


def test_output_has_no_colour_and_a_page_of_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    printed, status = regions.run("cnncalc window 7 --kernel 3 --format text")
    assert status == 0
    assert "\x1b" not in printed
    assert str(regions.COLUMNS) == "80"


def test_a_file_region_holds_the_file() -> None:
    page = regions.refreshed("<!-- file: alexnet_224.yaml -->\nold\n<!-- end -->")
    assert (regions.EXAMPLES / "alexnet_224.yaml").read_text(encoding="utf-8").rstrip() in page


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    for target in LINK.findall(path.read_text(encoding="utf-8")):
        if target.startswith("https://"):
            continue
        name, _, anchor = target.partition("#")
        page = path.parent / name if name else path
        if page.name == MEASURED:
            continue
        assert page.exists(), f"{path.name} links to {target}"
        if anchor:
            assert anchor in anchors(page), f"{path.name} links to {target}"


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in HEADING.findall(text)}


def test_the_documentation_needs_no_test_dependency() -> None:
    """`make docs` runs with what cnncalc itself needs."""
    allowed = {"cnncalc", "docs", "benchmarks"} | sys.stdlib_module_names
    for path in (ROOT / "docs").glob("*.py"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if match := re.match(r"(?:from|import) (\w+)", line):
                assert match[1] in allowed, f"{path.name}: {line}"
    # Of the benchmarks only what reads their records.
    code = "import sys, docs.generate; sys.exit(' '.join({'torch', 'torchinfo', 'fvcore'} & set(sys.modules)) or None)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
