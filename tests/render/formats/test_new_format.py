"""One more file is a format that every command offers: in a copy of the package, with a format of every kind."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cnncalc.render.formats import KINDS
from tests._depth import one_in
from tests._each import each
from tests.commands._program import Ended, environment

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
    "specs": "specs lenet",
}
# A process for PyTorch takes seconds to start.
WITH_TORCH = [kind for kind, line in LINES.items() if line.startswith("verify")]
COMMANDS = sorted({line.split()[0] for line in LINES.values()})


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


# Runs command lines one after another in the copy, and prints how each ended.
RUNNER = """
import json, sys
import cnncalc
from tests.commands._program import run
assert cnncalc.__file__.startswith(sys.argv[1]), cnncalc.__file__
print(json.dumps({line: run(*line.split()) for line in json.loads(sys.argv[2])}))
"""


@pytest.fixture(scope="module")
def ended(copy: Path) -> dict[str, Ended]:
    """How every command ended in the copy, by its line, and what it wrote: all in one process."""
    lines = [f"{LINES[kind]} --format probe" for kind in LINES if kind not in WITH_TORCH]
    lines += [f"{name} --help" for name in COMMANDS]
    done = subprocess.run(
        [sys.executable, "-P", "-c", RUNNER, str(copy), json.dumps(lines)],
        cwd=copy,
        env=environment(PYTHONPATH=f"{copy}{os.pathsep}{ROOT}"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {line: Ended(*result) for line, result in json.loads(done.stdout).items()}


def test_every_kind_except_the_long_run_has_a_line() -> None:
    assert LINES.keys() | {"verifications"} == set(KINDS)


@each("kind", [kind for kind in LINES if kind not in WITH_TORCH])
def test_every_command_prints_it(ended: dict[str, Ended], kind: str) -> None:
    done = ended[f"{LINES[kind]} --format probe"]
    assert (done.out, done.status) == (f"{kind}\n", 0), done.err


@pytest.mark.long
@pytest.mark.parametrize("kind", WITH_TORCH)
def test_every_command_that_runs_pytorch_prints_it(copy: Path, kind: str) -> None:
    done = run(copy, *LINES[kind].split(), "--format", "probe")
    assert (done.stdout, done.returncode) == (f"{kind}\n", 0), done.stderr


@each("command", COMMANDS)
def test_help_offers_it(ended: dict[str, Ended], command: str) -> None:
    assert "probe" in ended[f"{command} --help"].out.split("--format")[1].split("]")[0]


@pytest.mark.parametrize("command", one_in(5, COMMANDS))
def test_completion_offers_it(copy: Path, command: str) -> None:
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
