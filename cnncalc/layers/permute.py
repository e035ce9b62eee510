"""Axes in another order."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary import shape_faults
from cnncalc.vocabulary.field import REQUIRED
from cnncalc.vocabulary.gradients import PassesGradient
from cnncalc.vocabulary.groups import KeepsNothing, MovesValues, NoScratch, OwnOutput, Weightless
from cnncalc.vocabulary.layer import Call, Example, Inputs, Problem, Reach, TorchCall, Work, layer
from cnncalc.vocabulary.strides import Lying, lies, steps
from cnncalc.vocabulary.word_fields import order


@layer
class Permute(MovesValues, PassesGradient, Weightless, NoScratch, OwnOutput, KeepsNothing):
    """Reorders the axes of the input: `[channels, height, width]` turns a volume of 8x4x3 into one of 3x8x4.

    The values are copied into the new order in memory: `x.permute(...).contiguous()`. PyTorch's `permute` alone copies
    nothing, but then most of the layers after it make a copy.
    """

    family: ClassVar[str] = "shape"
    takes = "volume"
    source: ClassVar[str] = "torch.permute, torch.Tensor.contiguous"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"order": ("channels", "height", "width")}, (Shape(3, (8, 4)),)),
        Example({"order": ("width", "height", "channels")}, (Shape(16, (14, 7)),)),
        Example({"order": ("channels", "length")}, (Shape(8, (30,)),)),
        Example({"order": ("height", "channels", "depth", "width")}, (Shape(2, (3, 4, 5)),)),
        Example({"order": ("height", "width", "channels")}, (Shape(3, (8, 4)),)),
    )

    order: tuple[str, ...] = order(
        REQUIRED,
        "the axes of the input, in the order of the output's shape (channels last)",
        ("length", "depth", "height", "width", "channels"),
        main=True,
    )

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        axes = (*inputs[0].axes, "channels")
        if sorted(self.order) != sorted(axes):
            yield Problem(
                shape_faults.WRONG_AXES,
                f"`order` has {', '.join(self.order)}, but the input ({inputs[0]}) has {', '.join(axes)}",
                "order",
                help="name every axis of the input once",
            )

    def _dimensions(self, volume: Shape) -> tuple[int, ...]:
        """For each dimension of the output (channels first), the dimension of the input: 0 for the channels."""
        *spatial, channels = (("channels", *volume.axes).index(axis) for axis in self.order)
        return channels, *spatial

    def output(self, inputs: Inputs) -> Shape:
        channels, *spatial = (inputs[0].torch[dimension] for dimension in self._dimensions(inputs[0]))
        return Shape(channels, tuple(spatial))

    def work(self, inputs: Inputs) -> Work:
        return Work()

    def reach(self, inputs: Inputs) -> tuple[Reach, ...] | None:
        """None if channels become positions.

        One position then sees a whole axis, but one of its channels sees only a part.
        """
        channels, *axes = self._dimensions(inputs[0])
        if channels:
            return None
        return tuple(Reach(axis=axes.index(index + 1)) for index in range(inputs[0].rank))

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        """The layout of the output's gradient, with each dimension back in its place."""
        strides = list(steps(self.output(inputs).torch, call.grad))
        for dimension, step in zip(self._dimensions(inputs[0]), strides[1:].copy(), strict=True):
            strides[1 + dimension] = step
        return lies(inputs[0].torch, tuple(strides))

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        dimensions = (0, *(1 + dimension for dimension in self._dimensions(inputs[0])))
        return (TorchCall("own.Permute", {"dims": dimensions}),)

    def label(self, inputs: Inputs) -> str:
        return "PERMUTE"
