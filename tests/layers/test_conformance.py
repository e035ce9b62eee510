"""Every layer type keeps the catalogue's promises. A new layer type is tested as soon as its file exists."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

import cnncalc.layers
from cnncalc.layers import Layer, layer_type, names, problems
from cnncalc.vocabulary.activation import SHAPES, Activation
from cnncalc.vocabulary.field import REQUIRED, stated
from cnncalc.vocabulary.groups import KeepsOutput
from cnncalc.vocabulary.layer import Example, Storage, Tensor
from cnncalc.vocabulary.values import Mapped
from tests._each import each

FOLDER = Path(cnncalc.layers.__file__).parent
VOCABULARY = FOLDER.parent / "vocabulary"
EXAMPLES = [
    pytest.param(name, example, id=f"{name}-{index}")
    for name in names()
    for index, example in enumerate(layer_type(name).examples)
]
# Layers that may put positions into an order for which there is no field.
MOVE_AXES = {"permute", "reshape", "stack"}
# Modules that cost nothing at start-up.
LIGHT = {
    "abc",
    "collections",
    "enum",
    "fractions",
    "functools",
    "itertools",
    "math",
    "struct",
    "types",
    "typing",
}


def built(name: str, example: Example) -> Layer:
    return layer_type(name)(**example.fields)


def facts(layer: Layer, example: Example) -> dict[str, Any]:
    inputs = example.inputs
    asked = ("output", "weights", "buffers", "work", "reach", "keeps", "scratch", "torch", "label")
    facts = {fact: getattr(layer, fact)(inputs) for fact in (*asked, "macs_formula", "arithmetic")}
    storages: dict[str, Any] = {f"storage {mode}": layer.storage(training=mode) for mode in (True, False)}
    return facts | storages


def evaluated(formula: str) -> int:
    """What a printed product comes to."""
    assert re.fullmatch(r"[\d*+ ()]+", formula), formula
    return int(eval(formula, {"__builtins__": {}}))


@each("name", names())
def test_says_what_it_is(name: str) -> None:
    layer = layer_type(name)
    assert layer.key == name
    assert "declared" in vars(layer)
    assert layer.source.strip()
    assert layer.family.strip()
    assert layer.__doc__
    assert not layer.__doc__.startswith(f"{layer.__name__}("), (
        "a dataclass writes that where nobody wrote a doc"
    )
    assert len(layer.examples) >= 2, "one example shows too little"


@each("name", names())
def test_every_field_is_stated_once(name: str) -> None:
    layer = layer_type(name)
    declared = stated(layer)
    # Numbers are written in the list of operands; `exact` is what a residual says.
    unwritten = {"numbers", "exact"} if layer.takes_numbers else set()
    # What the network knows of a pooling and its unpooling.
    unwritten |= {"pooled"} if layer.reads_indices else {"indexed"} if layer.gives_indices else set()
    names_of_fields = layer.declared.keys() - unwritten
    assert set(declared) == names_of_fields, "a field without a statement cannot be written in a spec"
    for field, (statement, default) in declared.items():
        assert statement.doc.strip(), field
        if default is not REQUIRED and default is not None:
            assert statement.kind.read(default) == default, f"{field}: its own reader refuses the default"
    assert sum(statement.main for statement, _ in declared.values()) <= 1


@each("name", names())
def test_examples_show_every_required_field_and_several_axes(name: str) -> None:
    layer = layer_type(name)
    required = {field for field, (_, default) in stated(layer).items() if default is REQUIRED}
    assert all(required <= set(example.fields) for example in layer.examples)
    ranks = {shape.rank for example in layer.examples for shape in example.inputs[:1]}
    fit = set(layer.ranks) | ({0} if layer.takes == "any" else set())
    assert len(ranks) > 1 or len(fit) == 1 or not layer.arity, "examples over one number of axes only"


@each(("name", "example"), EXAMPLES)
def test_examples_are_sound(name: str, example: Example) -> None:
    layer = built(name, example)
    assert not [problem for problem in problems(layer, example.inputs) if problem.blocking]
    for field, value in example.fields.items():
        if field in ("numbers", "pooled"):
            continue
        statement, _ = stated(type(layer))[field]
        spelt = value.spelt() if isinstance(value, Mapped) else value
        assert statement.kind.read(spelt) == value
    output = layer.output(example.inputs)
    assert output.size > 0
    reach = layer.reach(example.inputs)
    assert reach is not None or name in MOVE_AXES
    assert reach is None or len(reach) == (example.inputs[0].rank if example.inputs else 0)
    # Every axis is read by one that the output has.
    for axis, reach_of_axis in enumerate(reach or ()):
        assert not output.rank or (axis if reach_of_axis.axis is None else reach_of_axis.axis) < output.rank


@each(("name", "example"), EXAMPLES)
def test_formulas_give_the_figures(name: str, example: Example) -> None:
    layer = built(name, example)
    work, formula = layer.work(example.inputs), layer.macs_formula(example.inputs)
    assert (evaluated(formula) if formula else 0) == work.macs
    for weight in layer.weights(example.inputs):
        assert evaluated(weight.formula) == weight.size
    assert all(count >= 0 and isinstance(count, int) for count in work)


@each(("name", "example"), EXAMPLES)
def test_facts_are_the_same_twice(name: str, example: Example) -> None:
    layer = built(name, example)
    assert hash(layer) == hash(built(name, example))
    once = facts(layer, example)
    assert once == facts(built(name, example), example)
    for fact in ("output", "weights", "buffers", "work", "reach", "keeps", "scratch"):
        hash(once[fact])


@each(("name", "example"), EXAMPLES)
def test_kept_and_allocated_tensors_have_different_names(name: str, example: Example) -> None:
    layer = built(name, example)
    for tensors in (layer.keeps(example.inputs), layer.scratch(example.inputs)):
        own = [tensor.name for tensor in tensors if isinstance(tensor, Tensor)]
        assert len(set(own)) == len(own)
    operands = [kept for kept in layer.keeps(example.inputs) if isinstance(kept, int)]
    assert all(kept < len(example.inputs) for kept in operands)


@each(("name", "example"), EXAMPLES)
def test_a_layer_that_shares_its_input_s_storage_is_no_larger(name: str, example: Example) -> None:
    layer = built(name, example)
    values = layer.output(example.inputs).size
    if layer.storage(training=True) is Storage.VIEW:
        assert values <= example.inputs[0].size
    elif layer.storage(training=True) is not Storage.OWN:
        assert values == example.inputs[0].size


FORGETFUL = ["work", "keeps", "storage"]


@each("fact", FORGETFUL)
def test_a_layer_that_forgets_a_fact_is_not_a_layer(fact: str) -> None:
    groups = {"keeps": (Activation,), "storage": (KeepsOutput, Activation), "work": (KeepsOutput, Activation)}

    def work(self: Layer, inputs: Any) -> Any:
        raise NotImplementedError

    answers: dict[str, Any] = {"source": "none", "examples": SHAPES, "module": "nn.ReLU"}
    if fact != "work":
        answers["work"] = work
    if fact == "storage":
        answers["storage"] = Layer.storage
    forgetful: Any = type("Forgetful", groups[fact], answers)
    with pytest.raises(TypeError, match=f"abstract method '?{fact}'?"):
        forgetful()


def imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{file.name}: relative import"
            yield node.module or ""


def test_every_file_is_a_layer_type() -> None:
    assert {file.stem for file in FOLDER.glob("*.py")} == {*names(), "__init__"}


@each(
    "file",
    [*sorted(FOLDER.glob("*.py")), *sorted(VOCABULARY.glob("*.py"))],
    ids=lambda file: f"{file.parent.name}-{file.stem}",
)
def test_layers_import_nothing_heavy(file: Path) -> None:
    for module in imports(file):
        top, _, rest = module.partition(".")
        assert top in LIGHT or (
            top == "cnncalc"
            and rest.split(".")[0]
            in ("", "layers", "vocabulary", "shape", "diagnostic", "exact", "figure_words", "record")
        )


class Course:
    """AlexNet's first layer, as the course counts it."""

    example: ClassVar = layer_type("locally_connected").examples[0]

    def parameters(self, name: str) -> int:
        layer = layer_type(name)(**self.example.fields)
        return sum(weight.size for weight in layer.weights(self.example.inputs))


def test_parameter_sharing_saves_what_the_course_says() -> None:
    course = Course()
    assert course.parameters("conv") == 34_944
    assert course.parameters("locally_connected") == 105_705_600
