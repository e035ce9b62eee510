"""Pools whose padding is a step of its own, under autocast: what is padded is cast after it, and is held meanwhile."""

from types import ModuleType

import pytest

from cnncalc.layers import layer_type
from cnncalc.shape import Shape
from tests.memory import _agreement
from tests.memory._replayed import network

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.mark.parametrize("name", ["maxpool", "avgpool", "lppool"])
@pytest.mark.parametrize("spatial", [(6,), (6, 5), (6, 5, 4)])
@pytest.mark.parametrize("padding", ["causal", "same"])
def test_the_padded_input_is_cast_where_the_pool_computes_otherwise(
    torch: ModuleType, name: str, spatial: tuple[int, ...], padding: str
) -> None:
    layer = layer_type(name)(kernel=3, stride=2, padding=padding)
    inputs = (Shape(2, spatial, batched=True),)
    for mode in ("training", "inference"):
        graph = network(layer, inputs, mode, "conv", None)
        _agreement.check(torch, graph, batch=3, autocast="bfloat16", about=f"{name} {padding}")
