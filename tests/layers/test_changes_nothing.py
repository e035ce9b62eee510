"""Layers that say that they change nothing give their input, in each mode."""

from types import ModuleType

import pytest

import cnncalc
from cnncalc.layers import layer_type, names
from cnncalc.pytorch import build
from cnncalc.shape import Shape
from cnncalc.vocabulary.arithmetic import Arithmetic
from tests.layers._twin import twin


@pytest.mark.parametrize("training", [False, True])
def test_what_changes_nothing_gives_its_input(training: bool, torch: ModuleType) -> None:
    seen = set()
    for key in names():
        kind = layer_type(key)
        for example in kind.examples:
            layer = kind(**example.fields)
            if not layer.changes_nothing(example.inputs, training=training):
                continue
            seen.add(key)
            (shape,) = example.inputs
            graph = cnncalc.load(
                {
                    "cnncalc": 1,
                    "input": dict(shape.asdict()) if shape.spatial else shape.channels,
                    "layers": [{key: dict(example.fields)}],
                }
            )
            model = build(graph).train(training)
            x = torch.randn(2, *shape.torch)
            assert torch.equal(model(x).flatten(), x.flatten()), (key, example)
    assert {"identity", "flatten"} <= seen
    assert ("dropout" in seen) is not training


def test_a_neutral_number_changes_nothing_as_the_operand_that_it_is(torch: ModuleType) -> None:
    shape, x = Shape(3, (4, 5)), torch.randn(2, 3, 4, 5)
    seen = set()
    for key in names():
        kind = layer_type(key)
        if not issubclass(kind, Arithmetic):
            continue
        for neutral in {kind.neutral, 0.0, 1.0} - {None}:
            for numbers in ((None, neutral), (neutral, None)):
                layer = kind(numbers=numbers)
                if layer.changes_nothing((shape,), training=False):
                    seen.add(key)
                    assert torch.equal(twin(torch, layer, (shape,))(x), x), (key, numbers)
    assert seen == {"add", "sub", "mul", "div", "pow"}


def test_the_layer_that_code_is_read_as_gives_the_same(torch: ModuleType) -> None:
    seen = set()
    for key in names():
        kind = layer_type(key)
        for example in kind.examples:
            layer = kind(**example.fields)
            if layer.in_code is layer:
                continue
            seen.add(key)
            batch = [torch.randn(2, *shape.torch) for shape in example.inputs]
            pair = [twin(torch, each, example.inputs) for each in (layer, layer.in_code)]
            assert torch.equal(*(each(*batch) for each in pair)), (key, example)
    assert seen == {"mul"}
