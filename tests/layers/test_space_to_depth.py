"""space_to_depth and depth_to_space: both channel orders, by hand and beside PyTorch's own."""

from types import ModuleType
from typing import Any

import pytest

from cnncalc.layers import layer_type, problems
from cnncalc.shape import Shape
from tests.layers._twin import twin


def run(torch: ModuleType, name: str, batch: Any, **fields: Any) -> Any:
    channels, *spatial = batch.shape[1:]
    return twin(torch, layer_type(name)(**fields), (Shape(channels, tuple(spatial)),))(batch)


def test_channels_of_one_position_come_first_in_order_dcr(torch: ModuleType) -> None:
    batch = torch.randn(2, 3, 4, 6)
    pieces = [batch[..., row::2, column::2] for row in range(2) for column in range(2)]
    result = run(torch, "space_to_depth", batch, block=2)
    torch.testing.assert_close(result, torch.cat(pieces, dim=1), rtol=0, atol=0)
    torch.testing.assert_close(run(torch, "depth_to_space", result, block=2), batch, rtol=0, atol=0)


def test_order_crd_is_that_of_pytorch_s_pixel_shuffle(torch: ModuleType) -> None:
    batch = torch.randn(2, 2, 6, 9)
    result = run(torch, "space_to_depth", batch, block=3, order="crd")
    torch.testing.assert_close(result, torch.nn.PixelUnshuffle(3)(batch), rtol=0, atol=0)
    torch.testing.assert_close(
        run(torch, "depth_to_space", result, block=3, order="crd"), torch.nn.PixelShuffle(3)(result)
    )


@pytest.mark.parametrize("order", ["dcr", "crd"])
@pytest.mark.parametrize("spatial", [(4,), (2, 6), (2, 4, 6)])
def test_one_reverses_the_other(torch: ModuleType, spatial: tuple[int, ...], order: str) -> None:
    batch = torch.randn(2, 3, *spatial)
    there = run(torch, "space_to_depth", batch, block=2, order=order)
    torch.testing.assert_close(run(torch, "depth_to_space", there, block=2, order=order), batch)


@pytest.mark.parametrize(
    ("name", "shape", "message"),
    [
        ("space_to_depth", Shape(3, (7, 8)), "height: 7 = 3*2 + 1: blocks of 2 do not tile it"),
        ("depth_to_space", Shape(6, (4, 4)), "blocks of 4 do not divide 6 channels (6 = 1*4 + 2)"),
    ],
)
def test_says_what_does_not_fit(name: str, shape: Shape, message: str) -> None:
    kind: Any = layer_type(name)
    (problem,) = problems(kind(block=2), (shape,))
    assert problem.message == message
