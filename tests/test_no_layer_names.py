"""Rules, analyses and builders ask layers what they do: none of them holds a list of layer types' names."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import cnncalc
from cnncalc.layers import names

PACKAGE = Path(cnncalc.__file__).parent
ROOMS = ("rules", "analysis", "pytorch", "memory")
FILES = [file for room in ROOMS for file in sorted((PACKAGE / room).rglob("*.py"))]
KEYS = frozenset(names())


def named(text: str) -> Iterator[str]:
    """The strings in a file that are layer types' names, or are made of nothing else, each with its line."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            words = re.split(r"[\s,|]+", node.value.strip())
            if KEYS.issuperset(words):
                yield f"line {node.lineno}: {node.value}"


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_no_layer_is_named(file: Path) -> None:
    names = list(named(file.read_text(encoding="utf-8")))
    assert not names, "ask for a trait, a family or a base of the layer instead (cnncalc/vocabulary/layer.py)"


@pytest.mark.parametrize(
    "planted",
    [
        'KINDS = ("conv", "fc")',
        'if node.kind == "dropout":\n    pass',
        'LOSSES = {"softmax": 1}',
        'found = analysis.by_kind.get("maxpool")',
        'match layer.key:\n    case "relu":\n        pass',
        'POOLS = frozenset({"avgpool"})',
        'POOLS = "maxpool, avgpool".split(", ")',
        'PAIR = f"{kind}" in "conv fc"',
        "def check(kind='lrn'):\n    pass",
    ],
)
def test_a_planted_name_is_found(planted: str) -> None:
    assert list(named(planted))


@pytest.mark.parametrize(
    "text",
    [
        '"""A `relu` of a `relu`."""',
        'valid = "cnncalc: 1\\ninput: 8x8x3\\nlayers:\\n  - relu\\n"',
        "from cnncalc.layers.relu import ReLU\n\nisinstance(layer, ReLU)",
        'help = f"`global_avgpool` instead of `{node.name}`"',
    ],
)
def test_text_for_people_and_types_are_no_names(text: str) -> None:
    assert not list(named(text))
