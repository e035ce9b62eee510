"""Layers that say that they change nothing give their input, in each mode."""

from types import ModuleType

import pytest

import cnncalc
from cnncalc.layers import layer_type, names
from cnncalc.pytorch import build


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
