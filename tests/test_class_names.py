"""Every class name stands for one thing, so that a search for it finds one class."""

import ast
from collections import defaultdict
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "cnncalc"
# A layer type and the module that computes it in PyTorch have one name, as in `nn.Conv2d` and `conv`.
TWINS = ("layers", "pytorch/own")
# Words that two rooms still share: public ones of `cnncalc.analysis`, and those of the drafts and the exported code.
SHARED = {
    "Block",
    "Call",
    "Entry",
    "Layer",
    "ModuleCall",
    "Names",
    "Parameter",
    "Parameters",
    "Recording",
    "Residuals",
    "Scope",
    "Stored",
    "Value",
}


@cache
def places() -> dict[str, list[str]]:
    """The files of each class name, without a second file of twins."""
    files: dict[str, list[str]] = defaultdict(list)
    for path in sorted(PACKAGE.rglob("*.py")):
        where = path.relative_to(PACKAGE).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                files[node.name].append(where)
    return {name: _without_twin(paths) for name, paths in files.items()}


def _without_twin(files: list[str]) -> list[str]:
    layers, own = ([file for file in files if file.startswith(f"{room}/")] for room in TWINS)
    return [file for file in files if file not in own] if len(layers) == len(own) == 1 else files


def test_a_name_is_of_one_class() -> None:
    twice = {name: files for name, files in places().items() if len(files) > 1 and name not in SHARED}
    assert not twice, "say in the name whose it is"


def test_names_that_are_shared_are_of_two_classes() -> None:
    assert [name for name in sorted(SHARED) if len(places()[name]) < 2] == []


def test_finds_a_second_class() -> None:
    assert _without_twin(["layers/lstm.py", "pytorch/own/recurrent.py"]) == ["layers/lstm.py"]
    assert len(_without_twin(["graph/scope.py", "importers/draft.py"])) == 2
