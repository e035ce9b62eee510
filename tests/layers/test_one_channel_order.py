"""Volumes of one channel lie in order and with channels last at once: PyTorch's strides then say what follows them."""

from contextlib import nullcontext
from types import ModuleType
from typing import Any

import pytest

from cnncalc.layers import layer_type
from cnncalc.shape import Shape
from cnncalc.vocabulary.layer import Call
from cnncalc.vocabulary.strides import lies, steps
from tests._each import each

pytestmark = pytest.mark.usefixtures("one_thread")

CASES = [(2, Shape(4, (3, 5))), (2, Shape(8, (3, 5))), (3, Shape(9, (2, 4))), (2, Shape(4, (1, 1)))]


@each("fake", [False, True], ids=["cpu", "fake"])
@each("last", [False, True])
@each("gradient", ["in order", "channels last", "turned"])
@each(("factor", "shape"), CASES)
def test_pixel_shuffle_has_pytorch_s_strides(
    torch: ModuleType, factor: int, shape: Shape, gradient: str, last: bool, fake: bool
) -> None:
    from torch._subclasses import FakeTensorMode

    kind: Any = layer_type("pixel_shuffle")
    layer = kind(upscale_factor=factor)
    output = layer.output((shape,))
    reached: list[tuple[int, ...]] = []
    with FakeTensorMode(allow_non_fake_inputs=True) if fake else nullcontext():
        batch = torch.randn(2, *shape.torch)
        batch = batch.to(memory_format=torch.channels_last) if last else batch
        operand = batch.requires_grad_().view_as(batch)
        operand.register_hook(lambda tensor: reached.append(tensor.stride()))
        given = torch.nn.PixelShuffle(factor)(operand)
        arriving = torch.randn(2, *output.torch)
        if gradient == "channels last":
            arriving = arriving.to(memory_format=torch.channels_last)
        elif gradient == "turned":
            arriving = torch.randn(2, *output.torch[1:], output.channels).permute(0, 3, 1, 2)
        given.backward(arriving)
    call = Call(
        lying=(lies(shape.torch, batch.stride()),),
        grad=lies(output.torch, arriving.stride()),
        subclasses=fake,
        output=output,
    )
    # Strides along axes of one value too.
    assert given.stride() == steps(output.torch, layer.lies((shape,), call))
    assert reached == [steps(shape.torch, layer.gradient_lies((shape,), 0, call))]
