"""All rooms ask layers what they do: none of them holds a list of layer types' names."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import cnncalc
from cnncalc.layers import names
from tests._each import each

PACKAGE = Path(cnncalc.__file__).parent
KEYS = frozenset(names())
# The catalogue itself; what reads and writes the words of other programs and of patterns; what
# writes layers of certain types; and the commands that make one layer.
LEFT_OUT = (
    "layers/",
    "spec/foreign",
    "program/elsewhere",
    "pattern/",
    "render/pattern_spec",
    "rewrites/",
    "importers/",
    "folding/",
    "exporters/",
    "pytorch/capture/",
    "commands/conv.py",
    "commands/pool.py",
    "commands/fc.py",
    "commands/window.py",
)
OPERATIONS = dict.fromkeys(("add", "sub", "mul", "div", "pow", "maximum", "minimum"), "PyTorch's operation")
# Words that are names of layers and mean something else here.
HOMONYMS = {
    "memory/allocated/optimizers/adagrad.py": {"std": "a tensor", "sum": "a tensor"},
    "memory/allocated/optimizers/adam.py": {"sqrt": "a tensor"},
    "memory/allocated/optimizers/adamw.py": {"sqrt": "a tensor"},
    "pytorch/proof/weights.py": {
        "permute": "a change of a tensor's axes",
        "reshape": "a change of a tensor's axes",
        "slice": "a change of a tensor's axes",
    },
    "pytorch/folding.py": {
        "max": "an argument of torch.clamp",
        "maximum": "PyTorch's operation",
        "minimum": "PyTorch's operation",
    },
    "schema/document.py": {"minimum": "a word of JSON Schema"},
    "schema/values.py": {"maximum": "a word of JSON Schema", "minimum": "a word of JSON Schema"},
    "text/arithmetic.py": {"abs": "a function in an expression", "max": "a function in an expression"},
    "vocabulary/arithmetic.py": OPERATIONS,
    "vocabulary/arithmetic_backward.py": dict.fromkeys(
        ("mul", "div", "pow", "maximum", "minimum"), "an operation"
    ),
    "vocabulary/operations.py": OPERATIONS,
    "vocabulary/wide_statistics.py": {"mean": "a tensor"},
    "pytorch/carried.py": {"reshape": "a method of a tensor"},
    "commands/_memory_setup.py": {"attention": "an option"},
    "render/memory/json.py": {"attention": "a field of the report"},
    "quantity.py": {"bn": "billion"},
    "render/outline.py": {"learned": "a word for parameters"},
    "render/report/totals.py": {"conv": "a word in a count of layers", "fc": "a word in a count of layers"},
    "render/sliding.py": {"crop": "a place in a larger image"},
    "spec/item_types.py": {"identity": "a word of `shortcut`"},
    "text/faults.py": {"relu": "a whole spec, which is an example"},
    "vocabulary/families.py": {"attention": "a family", "linear": "a family"},
    "vocabulary/product.py": {"learned": "an argument of the module that multiplies"},
    "vocabulary/recurrent.py": {"dropout": "a field of recurrent layers, and an argument of PyTorch's"},
    "vocabulary/interpolation.py": {"linear": "a mode of PyTorch's"},
    "vocabulary/layer_norm.py": {"mean": "a tensor"},
    "webpage/markup.py": {"div": "an element of HTML"},
    "zoo.py": {"std": "a folder"},
    "vocabulary/scaled.py": {"scale": "a field"},
    "vocabulary/window_problems.py": {"slice": "a stretch of a volume's depth"},
}
FILES = {
    name: file
    for file in sorted(PACKAGE.rglob("*.py"))
    if not (name := file.relative_to(PACKAGE).as_posix()).startswith(LEFT_OUT)
}


def named(text: str) -> Iterator[tuple[str, int]]:
    """The strings in a file that are layer types' names, or are made of nothing else, each with its line."""
    tree = ast.parse(text)
    sentences = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr) and len(node.values) > 1
        for part in node.values
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in sentences:
            words = re.split(r"[\s,|]+", node.value.strip())
            if KEYS.issuperset(words):
                yield node.value, node.lineno


@each("name", FILES)
def test_no_layer_is_named(name: str) -> None:
    named_words = list(named(FILES[name].read_text(encoding="utf-8")))
    unexpected = [f"line {line}: {word}" for word, line in named_words if word not in HOMONYMS.get(name, {})]
    assert not unexpected, "ask for a trait, a family or a base of the layer instead (cnncalc/vocabulary)"


@each("name", HOMONYMS)
def test_each_exception_is_needed(name: str) -> None:
    assert {word for word, _ in named(FILES[name].read_text(encoding="utf-8"))} == HOMONYMS[name].keys()


def test_what_is_left_out_is_there() -> None:
    assert [start for start in LEFT_OUT if not list(PACKAGE.glob(f"{start}*"))] == []


@pytest.mark.parametrize(
    "planted",
    [
        'KINDS = ("conv", "fc")',
        'if node.kind == "dropout":\n    pass',
        'LOSSES = {"softmax": 1}',
        'named_words = analysis.by_kind.get("maxpool")',
        'match layer.key:\n    case "relu":\n        pass',
        'POOLS = frozenset({"avgpool"})',
        'POOLS = "maxpool, avgpool".split(", ")',
        'PAIR = f"{kind}" in "conv fc"',
        'ALONE = f"conv"',
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
        'help = f"`global_avgpool` in place of `{node.name}`"',
        'message = f"add {text}"',
    ],
)
def test_text_for_people_and_types_are_not_names(text: str) -> None:
    assert not list(named(text))
