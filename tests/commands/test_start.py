"""What `inspect vgg16` imports: most of a short run is imports, so what this network does not need stays out."""

import subprocess
import sys
from pathlib import Path

import pytest

from cnncalc import layers

ROOT = Path(__file__).resolve().parents[2]
LISTED = """
import atexit, sys
atexit.register(lambda: sys.stderr.write("\\n".join(sys.modules)))
from cnncalc.cli import main
main(["inspect", "vgg16", *sys.argv[1:]])
"""
# Modules of Python, and of other packages.
FOREIGN = {"dataclasses", "decimal", "fractions", "pathlib", "rich", "tempfile", "torch", "traceback"}
# What is for a problem, a budget, an option, a merge, a reference by name, an operation without a layer, weights that
# are computed, padding with other values than zeros, training; and what writes completions or files.
OWN = {
    "analysis.backward_work",
    "analysis.kept",
    "commands._completers",
    "files.replacing",
    "graph.edits",
    "graph.faults",
    "graph.joins",
    "graph.names",
    "graph.other_input",
    "graph.problems",
    "graph.residuals",
    "memory",
    "quantity",
    "rules._edits",
    "rules._merged",
    "rules._removal",
    "rules.budget",
    "rules.design",
    "spec.budget_values",
    "spec.guessing",
    "spec.known_specs",
    "text._refusals",
    "text._yaml_1_1",
    "vocabulary.computation",
    "vocabulary.connections",
    "vocabulary.edges",
    "vocabulary.field_faults",
    "vocabulary.gradients",
    "vocabulary.matrix",
    "vocabulary.operand_faults",
    "vocabulary.region",
    "vocabulary.shape_faults",
    "vocabulary.standardized",
    "vocabulary.statistics",
    "vocabulary.unknown",
    "vocabulary.unpooling",
    "vocabulary.value_faults",
    "vocabulary.window_faults",
}
ONLY_FOR_TEXT = {"commands._terminal", "render.figures", "render.formats.text", "render.report.text"}


def imported(*options: str) -> set[str]:
    """The modules of a run, all packages around them included."""
    done = subprocess.run(
        [sys.executable, "-c", LISTED, *options], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.splitlines())


@pytest.fixture(scope="module")
def for_json() -> set[str]:
    return imported("--format", "json")


@pytest.fixture(scope="module")
def for_text() -> set[str]:
    return imported()


def test_what_a_plain_network_does_not_need_is_not_imported(for_json: set[str], for_text: set[str]) -> None:
    unneeded = FOREIGN | {f"cnncalc.{name}" for name in OWN}
    assert sorted(for_json & unneeded) == []
    assert sorted(for_text & (unneeded | {"json"})) == []


def test_json_needs_no_module_for_text(for_json: set[str], for_text: set[str]) -> None:
    modules = {f"cnncalc.{name}" for name in ONLY_FOR_TEXT}
    assert modules <= for_text
    assert for_json.isdisjoint(modules)


def test_only_layers_that_the_spec_uses_are_imported(for_json: set[str]) -> None:
    prefix = f"{layers.__name__}."
    assert {name.removeprefix(prefix) for name in for_json if name.startswith(prefix)} == {
        "conv",
        "dropout",
        "fc",
        "flatten",
        "maxpool",
        "relu",
    }


@pytest.mark.parametrize("name", sorted(OWN | ONLY_FOR_TEXT))
def test_the_modules_that_are_named_exist(name: str) -> None:
    """A module that is renamed must be renamed here too: else the checks above say nothing."""
    package, _, last = f"cnncalc.{name}".rpartition(".")
    folder = ROOT / package.replace(".", "/")
    assert (folder / f"{last}.py").is_file() or (folder / last / "__init__.py").is_file()
