"""Every layer's examples go through `verify` in its modes: as predicted, or refused in a sentence."""

import json
from types import ModuleType
from typing import Any

import pytest

import cnncalc
from cnncalc.layers import layer_type, names, stated
from cnncalc.vocabulary.layer import Example
from cnncalc.vocabulary.values import SIDES, Mapped, Sides
from tests._depth import DEEP

# Device, type, batch, training: the corners of what can be asked for.
MODES = [
    ("cpu", "float32", 1, True),
    ("cpu", "float64", 2, False),
    ("cpu", "float16", 2, False),
    ("meta", "bfloat16", 1, True),
    ("meta", "float32", 2, False),
]
# Values of an input from which on a smaller example does as well.
LARGE = 20_000
# Odd norms of negative sums are not numbers, in PyTorch as well.
NOT_A_NUMBER = ("lppool", "log", "pow", "sqrt")


def written(value: Any) -> Any:
    """A field's value as a spec writes it."""
    if isinstance(value, Sides):
        ends = {name: getattr(value, name) for name in SIDES}
        return {name: end for name, end in ends.items() if end}
    if isinstance(value, Mapped):
        return value.spelt()
    return list(value) if isinstance(value, tuple) else value


def spec(name: str, example: Example) -> str:
    """A network of one layer; features come of a `flatten` before it."""
    fields = {field: written(value) for field, value in example.fields.items()}
    if (pooled := example.fields.get("pooled")) is not None:
        # An unpooling, of a pooling that reads the second input.
        said = {field: written(getattr(pooled.pool, field)) for field in stated(layer_type(pooled.kind))}
        both = [{pooled.kind: said, "from": "in1", "name": "pool1"}, {name: "pool1", "from": "in0"}]
        inputs = {"in0": str(example.inputs[0]), "in1": str(example.inputs[2])}
        return json.dumps({"cnncalc": 1, "inputs": inputs, "layers": both}, indent=1) + "\n"
    shapes = [str(shape) if shape.rank else f"1x1x{shape.channels}" for shape in example.inputs]
    inputs = {f"in{index}": shape for index, shape in enumerate(shapes)}
    words = iter(inputs)
    # Operands in order: a number, or (None) the next input.
    operands = [
        next(words) if number is None else number for number in fields.pop("numbers", [None] * len(inputs))
    ]
    items: list[Any]
    if not inputs:
        # What reads nothing is added to an input of the same size.
        entering = layer_type(name)(**example.fields).output(()).asdict()
        items = [{"add": ["prev", [{name: fields}]]}]
        return json.dumps({"cnncalc": 1, "input": entering, "layers": items}, indent=1) + "\n"
    items = [] if example.inputs[0].rank else ["flatten"]
    if layer_type(name).arity is None:
        items = [{name: {"of": operands, **fields} if fields else operands}]
    else:
        items.append({name: fields or None})
    return json.dumps({"cnncalc": 1, "inputs": inputs, "layers": items}, indent=1) + "\n"


@pytest.mark.fuzz
@pytest.mark.parametrize("name", names())
def test_is_as_predicted_or_refused(torch: ModuleType, name: str) -> None:
    from cnncalc.pytorch.fitness import Unbuildable
    from cnncalc.pytorch.verify import verify

    refused: set[str] = set()
    for index, example in enumerate(layer_type(name).examples):
        if max((shape.size for shape in example.inputs), default=0) > LARGE:
            continue
        # One mode for each further example, another for each.
        for device, dtype, batch, training in MODES if DEEP or not index else MODES[index % len(MODES) :][:1]:
            graph = cnncalc.load(spec(name, example), mode="training" if training else "inference")
            assert graph.ok, (example, graph.diagnostics)
            try:
                verification = verify(graph, device=device, dtype=dtype, batch=batch, training=training)
            except Unbuildable as error:
                refused |= {item.code for item in error.diagnostics}
                continue
            figures = [figure for layer in verification.layers for figure in layer.figures] + list(
                verification.totals
            )
            wrong = {figure.what for figure in figures if figure.ok is False}
            # Receptive fields have tests of their own.
            allowed = {"receptive field"} | ({"no NaN in the output"} if name in NOT_A_NUMBER else set())
            assert wrong <= allowed, (example, device, dtype, batch, training, wrong)
    assert refused <= {"T001", "T003", "T004"}


def test_a_network_without_parameters_has_the_type_and_the_device_that_are_asked_for(
    torch: ModuleType,
) -> None:
    from cnncalc.pytorch.verify import verify

    graph = cnncalc.load("cnncalc: 1\ninput: 4x4x3\nlayers:\n  - tanh\n  - maxpool: 2\n")
    for dtype in ("float64", "bfloat16"):
        assert verify(graph, dtype=dtype).ok
    verification = verify(graph, device="meta")
    assert verification.ok
    assert verification.run.nan is None


@pytest.mark.parametrize(
    ("image", "layers"),
    [
        ("12x2x32", "- mean: height\n- relu"),
        ("16x4", "- patch_embed: {filters: 4, patch: 1}\n- conv: 4"),
        ("8x16x8", "- patch_embed: {filters: 5, patch: 2}\n- select_token"),
    ],
)
def test_axes_may_change_on_the_way(torch: ModuleType, image: str, layers: str) -> None:
    from cnncalc.pytorch.verify import verify

    assert verify(cnncalc.load(f"cnncalc: 1\ninput: {image}\nlayers:\n{layers}\n")).ok


def test_one_value_to_normalise_is_refused_without_a_device_too(torch: ModuleType) -> None:
    from cnncalc.pytorch.fitness import Unbuildable
    from cnncalc.pytorch.verify import verify

    graph = cnncalc.load("cnncalc: 1\ninput: 4x4x3\nlayers:\n  - global_avgpool\n  - bn\n", mode="training")
    for device in ("cpu", "meta"):
        with pytest.raises(Unbuildable) as caught:
            verify(graph, device=device, batch=1, training=True)
        assert [item.code for item in caught.value.diagnostics] == ["T004"]
