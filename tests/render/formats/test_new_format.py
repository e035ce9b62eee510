"""One more file is a format that every command offers: in a copy of the package, with a format of every kind."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cnncalc.render.formats import KINDS
from tests.commands._program import environment

ROOT = Path(__file__).resolve().parents[3]
# Renders each kind of report as the kind's name; `some` holds the kinds that a second format renders.
PROBE = '''\
"""A format for a test."""

from cnncalc.render.formats._format import KINDS, Format


class Probe(Format):
    """Renders its kinds as their names."""


def named(kind):
    def render(self, first, *others):
        # What is verified is run as it is asked for.
        count = len(list(first)) if kind == "verifications" else 0
        yield f"{kind} {count}\\n" if count else f"{kind}\\n"

    return render


for kind in KINDS:
    if kind in SOME:
        setattr(Probe, kind, named(kind))
'''
# A command line for each kind.
LINES = {
    "findings": "validate specs/vgg16.yaml",
    "statistics": "validate specs/vgg16.yaml --statistics",
    "report": "inspect lenet5",
    "memory": "memory lenet5",
    "as_taught": "memory lenet5 --as-taught",
    "fit": "fit lenet5 --memory 1GiB",
    "comparison": "diff lenet5 lenet5",
    "network": "explain lenet5",
    "layer": "explain lenet5 conv1",
    "layer_facts": "conv 8x8x3 -k 3 --filters 4",
    "formulas": "explain lenet5 --symbols C",
    "block": "explain resnet50 bottleneck4",
    "field": "explain lenet5 conv2 --field-of conv1",
    "diagnostic": "explain S001",
    "verification": "verify lenet5 --meta",
    "sizes": "sizes lenet5",
    "halvings": "sizes --halvings",
    "rewritten": "verify lenet5 --rewrite fc-to-conv",
    "slide": "slide lenet5 --image 36",
    "window": "window 10 -k 3",
    "gpus": "gpus",
    "rules": "rules",
    "specs": "specs",
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package with two formats more: `probe` of every kind, `few` of three."""
    folder = tmp_path_factory.mktemp("copy")
    # With the compiled files: their sources keep the time that they were compiled for.
    shutil.copytree(ROOT / "cnncalc", folder / "cnncalc")
    (folder / "specs").symlink_to(ROOT / "specs")
    for name, kinds in (("probe", KINDS), ("few", ("findings", "report", "layer"))):
        text = PROBE.replace("SOME", repr(kinds))
        (folder / "cnncalc" / "render" / "formats" / f"{name}.py").write_text(text, encoding="utf-8")
    return folder


def run(folder: Path, *arguments: str, **env: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-P", "-m", "cnncalc", *arguments],
        cwd=folder,
        env=environment(PYTHONPATH=str(folder), **env),
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_kind_except_the_long_run_has_a_line() -> None:
    assert LINES.keys() | {"verifications"} == set(KINDS)


@pytest.mark.parametrize("kind", LINES)
def test_every_command_prints_it(copy: Path, kind: str) -> None:
    done = run(copy, *LINES[kind].split(), "--format", "probe")
    assert (done.stdout, done.returncode) == (f"{kind}\n", 0), done.stderr


@pytest.mark.parametrize("command", sorted({line.split()[0] for line in LINES.values()}))
def test_help_and_completion_offer_it(copy: Path, command: str) -> None:
    assert "probe" in run(copy, command, "--help").stdout.split("--format")[1].split("]")[0]
    words = {
        "COMP_WORDS": f"cnncalc {command} --format prob",
        "COMP_CWORD": "3",
        "_CNNCALC_COMPLETE": "bash_complete",
    }
    assert run(copy, **words).stdout == "plain,probe\n"


def test_findings_can_be_written_to_a_file_in_it(copy: Path, tmp_path: Path) -> None:
    path = tmp_path / "out"
    assert run(copy, "validate", "specs/vgg16.yaml", "--output", f"few={path}").returncode == 0
    assert path.read_text(encoding="utf-8") == "findings\n"


def test_where_it_has_no_form_it_is_not_offered(copy: Path) -> None:
    refused = run(copy, "gpus", "--format", "few")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert re.search(r"'few' is not one of 'text', .*'probe'", " ".join(refused.stderr.split()))
    assert run(copy, "explain", "lenet5", "conv1", "--format", "few").stdout == "layer\n"
    refused = run(copy, "explain", "lenet5", "--format", "few")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert re.search(
        r"few is not available for this; formats: text, .*probe", " ".join(refused.stderr.split())
    )
    refused = run(copy, "validate", "specs/vgg16.yaml", "--statistics", "--format", "few")
    assert refused.returncode == 2
    assert re.search(
        r"--statistics needs one of the formats text, .*and probe", " ".join(refused.stderr.split())
    )
