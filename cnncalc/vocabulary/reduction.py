"""What reductions have in common: all values along some axes become one value."""

from collections.abc import Iterator
from typing import Any, ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.axes import absent, dimensions
from cnncalc.vocabulary.field import base, flag
from cnncalc.vocabulary.groups import NoScratch, NoStatistics, OwnOutput, Weightless
from cnncalc.vocabulary.layer import Call, Channels, Example, Inputs, Problem, Reach, Tensor, TorchCall
from cnncalc.vocabulary.strides import Lying, elementwise, lies, steps
from cnncalc.vocabulary.values import AxisNames
from cnncalc.vocabulary.word_fields import POSITIONS, axes

OVER = "the axes to reduce: channels, height, width, depth, length, a list of them, or positions (all spatial axes)"
# Examples that fit every reduction.
REDUCTIONS: tuple[Example, ...] = (
    Example({}, (Shape(64, (7, 7)),)),
    Example({"over": "channels"}, (Shape(8, (5, 6)),)),
    Example({"over": "height"}, (Shape(4, (5, 6)),)),
    Example({"over": ("channels", "width")}, (Shape(4, (5, 6)),)),
    Example({"keep": True}, (Shape(8, (30,)),)),
    Example({"over": ("depth", "width"), "keep": True}, (Shape(8, (3, 4, 5)),)),
    Example({"over": "channels"}, (Shape(10),)),
)


@base
class Reduction(NoStatistics, Weightless, NoScratch, OwnOutput):
    """One value for all values along some axes, which are removed, or kept with size 1. Channels are always kept."""

    family: ClassVar[str] = "pooling"
    # The module in `cnncalc.pytorch.modules`.
    module: ClassVar[str]

    over: AxisNames = axes(POSITIONS, OVER, main=True)
    keep: bool = flag(False, "keep the reduced axes, with size 1 (channels are always kept)")

    @property
    def field(self) -> str:
        """The field that says what is reduced."""
        return "over"

    @property
    def reduced(self) -> AxisNames:
        """The axes to reduce, as written."""
        return self.over

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        if problem := absent(inputs[0], self.reduced, self.field):
            yield problem

    def _gone(self, volume: Shape) -> tuple[bool, ...]:
        """Whether each spatial axis is reduced."""
        dims = dimensions(volume, self.reduced)
        return tuple(index in dims for index in range(1, volume.rank + 1))

    def one_sized(self, volume: Shape) -> Shape:
        """The output with all reduced axes, each of size 1."""
        sizes = zip(self._gone(volume), volume.spatial, strict=True)
        channels = 1 if 0 in dimensions(volume, self.reduced) else volume.channels
        return Shape(channels, tuple(1 if gone else size for gone, size in sizes))

    def joins(self, volume: Shape) -> int:
        """How many values become one."""
        return volume.size // self.one_sized(volume).size

    def output(self, inputs: Inputs) -> Shape:
        shape = self.one_sized(inputs[0])
        if self.keep:
            return shape
        left = (size for gone, size in zip(self._gone(inputs[0]), shape.spatial, strict=True) if not gone)
        return Shape(shape.channels, tuple(left))

    def reads_channels(self, inputs: Inputs) -> Channels:
        return "mixed" if 0 in dimensions(inputs[0], self.reduced) else "apart"

    def gives_view(self, inputs: Inputs) -> bool:
        """PyTorch keeps all reduced axes or none: with the channels it keeps all, and the others are removed after."""
        dims = dimensions(inputs[0], self.reduced)
        return 0 in dims and len(dims) > 1 and not self.keep

    def reads_view(self, inputs: Inputs) -> bool:
        return False

    def restored(self, inputs: Inputs, call: Call) -> Lying:
        """The layout of the gradient of the output with all reduced axes again, each of size 1."""
        batch, channels, *left = steps(self.output(inputs).torch, call.grad)
        strides: list[int] = []
        for removed in reversed(self._gone(inputs[0])):
            stays = self.keep or not removed
            strides.append(left.pop() if stays else strides[-1] if strides else 1)
        return lies(self.one_sized(inputs[0]).torch, (batch, channels, *reversed(strides)))

    def spread_gradient(self, inputs: Inputs, call: Call) -> Lying:
        """The gradient of the output, expanded to the input: the same for all values that became one."""
        volume, small = inputs[0].torch, self.one_sized(inputs[0]).torch
        batch, *strides = steps(small, self.restored(inputs, call))
        sizes = zip(strides, small, volume, strict=True)
        return lies(volume, (batch, *(0 if have < size else step for step, have, size in sizes)))

    def reach(self, inputs: Inputs) -> tuple[Reach, ...]:
        """Without `keep`, the remaining axes are renumbered: one less for each removed axis before them."""
        volume, gone = inputs[0], self._gone(inputs[0])
        left = [axis for axis, removed in zip(volume.axes, gone, strict=True) if not removed]
        reaches = []
        for axis, size, removed in zip(volume.axes, volume.spatial, gone, strict=True):
            if removed:
                whole = Reach.everywhere(size) if self.keep else Reach.everywhere(size)._replace(axis=0)
                reaches.append(whole if left else Reach.window(size, size))
            else:
                reaches.append(Reach() if self.keep else Reach(axis=left.index(axis)))
        return tuple(reaches)

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        dims = tuple(index + 1 for index in dimensions(inputs[0], self.reduced))
        arguments: dict[str, Any] = {"dim": dims, **({"keep": True} if self.keep else {})}
        return (TorchCall(self.module, arguments),)

    def of_output(self, name: str, inputs: Inputs, dtype: str | None = None) -> Tensor:
        """A tensor with one value for each value of the output."""
        return Tensor(name, self.one_sized(inputs[0]).torch, dtype, batched=True)

    def label(self, inputs: Inputs) -> str:
        return self.key.upper().replace("_", "-")


def divided_gradient(layer: Reduction, inputs: Inputs, call: Call) -> Lying:
    """The layout of the gradient of the output, expanded and divided by a number."""
    volume = inputs[0]
    return elementwise(volume.torch, [(volume.torch, layer.spread_gradient(inputs, call))])
