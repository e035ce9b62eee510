"""Filters of each position: with the same ones everywhere it is PyTorch's convolution; else each window has its own."""

from itertools import product
from types import ModuleType
from typing import Any

import pytest

from cnncalc.layers import layer_type
from cnncalc.shape import Shape
from cnncalc.vocabulary.values import Sides
from tests.layers._twin import twin

LOCAL: Any = layer_type("locally_connected")
CONV: Any = layer_type("conv")
CASES = [
    ({"filters": 4, "kernel": 3}, Shape(2, (9, 7))),
    ({"filters": 4, "kernel": 3, "padding": 1, "stride": 2}, Shape(3, (9, 7))),
    ({"filters": 2, "kernel": (3, 2), "padding": Sides(top=2, left=1), "dilation": (1, 2)}, Shape(3, (6, 8))),
    ({"filters": 5, "kernel": 3, "padding": "same", "dilation": 2, "bias": False}, Shape(2, (11,))),
    ({"filters": 3, "kernel": 2, "stride": (1, 2, 1), "padding": "same"}, Shape(2, (3, 5, 4))),
    ({"filters": 3, "kernel": 1}, Shape(1, (1,))),
]
parametrized = pytest.mark.parametrize(("fields", "shape"), CASES)


@parametrized
def test_of_equal_filters_is_a_convolution(torch: ModuleType, fields: dict[str, Any], shape: Shape) -> None:
    local = twin(torch, LOCAL(**fields), (shape,))
    shared = twin(torch, CONV(**fields), (shape,))
    [module], conv = local.modules, shared.modules[-1]
    rank = shape.rank
    with torch.no_grad():
        weight = conv.weight.reshape(conv.weight.shape[0], *(1,) * rank, *conv.weight.shape[1:])
        module.weight.copy_(weight.expand_as(module.weight))
        if module.bias is not None:
            module.bias.copy_(conv.bias.reshape(-1, *(1,) * rank).expand_as(module.bias))
    images = torch.randn(3, *shape.torch).requires_grad_()
    ours, theirs = local(images), shared(images)
    torch.testing.assert_close(ours, theirs)
    # The gradients too: a shared filter's is the sum over the positions.
    gradient = torch.randn_like(theirs)
    wanted = torch.autograd.grad(theirs, [images, conv.weight], gradient)
    images_gradient, weight_gradient = torch.autograd.grad(ours, [images, module.weight], gradient)
    torch.testing.assert_close(images_gradient, wanted[0])
    torch.testing.assert_close(weight_gradient.flatten(1, rank).sum(1), wanted[1])


@parametrized
def test_each_position_has_its_own_filters(torch: ModuleType, fields: dict[str, Any], shape: Shape) -> None:
    layer = LOCAL(**fields)
    model = twin(torch, layer, (shape,))
    [module] = model.modules
    images = torch.randn(2, *shape.torch)
    output = model(images)
    windows = layer.windows(shape)
    for position in product(*map(range, layer.output((shape,)).spatial)):
        wanted = module.weight[(slice(None), *position)]
        total = torch.zeros(2, wanted.shape[0])
        if module.bias is not None:
            total += module.bias[(slice(None), *position)]
        for taps in product(*(range(window.kernel) for window in windows)):
            reads = [
                start * window.stride - window.before + tap * window.dilation
                for start, tap, window in zip(position, taps, windows, strict=True)
            ]
            if all(0 <= read < window.size for read, window in zip(reads, windows, strict=True)):
                total += images[(slice(None), slice(None), *reads)] @ wanted[(..., *taps)].T
        torch.testing.assert_close(output[(slice(None), slice(None), *position)], total)


def test_autocast_multiplies_in_the_lower_type(torch: ModuleType) -> None:
    layer = LOCAL(filters=4, kernel=3)
    model = twin(torch, layer, (Shape(2, (5, 5)),))
    images = torch.randn(2, 2, 5, 5)
    with torch.autocast("cpu", torch.bfloat16):
        output = model(images)
    assert output.dtype is torch.bfloat16
    torch.testing.assert_close(output.float(), model(images), rtol=0.05, atol=0.05)
