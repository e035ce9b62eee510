"""How views lie in memory, and which of them PyTorch copies."""

from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnncalc.layers import layer_type, names
from cnncalc.shape import Shape
from cnncalc.vocabulary.groups import ViewOutput
from cnncalc.vocabulary.strides import in_order, regrouped
from tests._depth import cases

VIEWS = [name for name in names() if issubclass(layer_type(name), ViewOutput)]
CASES = cases(15, 300, of=5)
LAX = [HealthCheck.too_slow, HealthCheck.filter_too_much]


def of(tensor: Any) -> tuple[int, ...]:
    """The strides of the images of a batch."""
    return tuple(tensor.stride()[1:])


def same(torch: ModuleType, first: Any, other: Any) -> bool:
    return bool(first.untyped_storage()._cdata == other.untyped_storage()._cdata)


@pytest.mark.fuzz
@given(data=st.data())
@settings(max_examples=CASES, suppress_health_check=LAX)
def test_views_of_views_have_pytorch_s_strides(
    torch: ModuleType, random_case: Any, data: st.DataObject
) -> None:
    """Some views on each other, and in the end the values under another shape."""
    from cnncalc.pytorch import modules

    name = data.draw(st.sampled_from(VIEWS))
    layer, inputs = data.draw(random_case(name))
    tensor = torch.zeros(2, *inputs[0].torch)
    strides: tuple[int, ...] | None = in_order(inputs[0].torch)
    assert of(tensor) == strides
    for _ in range(data.draw(st.integers(1, 3))):
        assert isinstance(layer, ViewOutput)
        assert strides is not None
        (called,) = layer.torch(inputs)
        room, _, target = called.target.partition(".")
        module = getattr(torch.nn if room == "nn" else modules, target)(**called.arguments)
        others = [torch.zeros(2, *shape.torch) for shape in inputs[1:]]
        view = module(tensor, *others)
        shape = layer.output(inputs)
        strides = layer.strides(inputs, strides)
        assert same(torch, view, tensor) == (strides is not None)
        if strides is None:
            return
        assert of(view) == strides
        tensor = view
        sizes = data.draw(st.permutations((shape.channels, *shape.spatial, 2, 3)))
        channels = next((size for size in sizes if shape.size % size == 0), 1)
        fields: dict[str, Any] = {"channels": channels, "length": shape.size // channels}
        layer, inputs = layer_type("reshape")(**fields), (shape,)


def viewed(torch: ModuleType, tensor: Any, wanted: tuple[int, ...]) -> tuple[int, ...] | None:
    """The strides of PyTorch's view; None if it refuses one."""
    try:
        return tuple(tensor.view(wanted).stride())
    except RuntimeError:
        return None


@pytest.mark.parametrize(
    ("sizes", "strides", "wanted"),
    [
        ((4, 3, 3), (9, 3, 1), (36,)),
        ((4, 2, 3), (9, 3, 1), (24,)),
        ((4, 2, 3), (9, 3, 1), (2, 2, 6)),
        ((4, 2, 3), (9, 3, 1), (8, 3)),
        ((5,), (2,), (1, 5, 1)),
        ((1, 1), (7, 7), (1,)),
        ((8,), (1,), (1, 4, 2)),
    ],
)
def test_values_under_another_shape(
    torch: ModuleType, sizes: tuple[int, ...], strides: tuple[int, ...], wanted: tuple[int, ...]
) -> None:
    assert regrouped(sizes, strides, wanted) == viewed(torch, torch.empty_strided(sizes, strides), wanted)


@pytest.mark.fuzz
@given(data=st.data())
@settings(max_examples=CASES)
def test_any_values_under_any_shape(torch: ModuleType, data: st.DataObject) -> None:
    """Axes of size 1 have strides too: PyTorch tells channels-last from the usual order by them."""
    stored = data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    order = data.draw(st.permutations(range(len(stored))))
    kept = [data.draw(st.integers(1, size)) for size in stored]
    tensor = torch.empty(stored)[tuple(slice(size) for size in kept)].permute(order)
    factors = [factor for size in tensor.shape for factor in ((2, 2) if size == 4 else (size,))]
    wanted = [1]
    for factor in factors:
        if data.draw(st.booleans()):
            wanted[-1] *= factor
        else:
            wanted.append(factor)
    assert regrouped(tuple(tensor.shape), tensor.stride(), tuple(wanted)) == viewed(
        torch, tensor, tuple(wanted)
    )


def test_in_order() -> None:
    assert in_order(Shape(3, (4, 5)).torch) == (20, 5, 1)
    assert in_order((7,)) == (1,)
