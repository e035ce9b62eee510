"""A tensor repeated along its axes."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.axes import absent, dimensions
from cnncalc.vocabulary.field import REQUIRED, integer
from cnncalc.vocabulary.gradients import passed
from cnncalc.vocabulary.groups import KeepsNothing, MovesValues, NoScratch, OwnOutput, Weightless
from cnncalc.vocabulary.layer import Call, Example, Inputs, Problem, Reach, Step, TorchCall, Work, layer
from cnncalc.vocabulary.reach import MOST_PHASES, Taps
from cnncalc.vocabulary.strides import Lying
from cnncalc.vocabulary.values import AxisNames
from cnncalc.vocabulary.word_fields import POSITIONS, axes


@layer
class Tile(MovesValues, Weightless, NoScratch, OwnOutput, KeepsNothing):
    """Repeats the whole input `times` times along each axis of `over`, one copy after the other.

    The values are copied, as PyTorch's `repeat` and `tile` do. To use one value at many positions without a copy, let
    `add` or `mul` broadcast it. To repeat each value next to itself, use `upsample`.
    """

    family: ClassVar[str] = "shape"
    source: ClassVar[str] = "torch.Tensor.repeat, torch.tile; numpy.tile"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"times": 2}, (Shape(16, (7, 5)),)),
        Example({"times": 3, "over": "channels"}, (Shape(4, (5, 6)),)),
        Example({"times": 4, "over": ("channels", "width")}, (Shape(4, (3, 1)),)),
        Example({"times": 3}, (Shape(8, (10,)),)),
        Example({"times": 2, "over": ("depth", "width")}, (Shape(2, (2, 3, 4)),)),
        Example({"times": 5, "over": "channels"}, (Shape(10),)),
        Example({"times": 1}, (Shape(4, (5, 6)),)),
    )

    times: int = integer(REQUIRED, "how often the input is repeated along each axis", main=True)
    over: AxisNames = axes(
        POSITIONS,
        "the axes: channels (also of features), height, width, depth, length, a list of them, or positions (all "
        "spatial axes)",
    )

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        if problem := absent(inputs[0], self.over):
            yield problem

    def _repeats(self, shape: Shape) -> tuple[int, ...]:
        """How often each dimension is repeated, the channels first."""
        dims = dimensions(shape, self.over)
        return tuple(self.times if index in dims else 1 for index in range(shape.rank + 1))

    def output(self, inputs: Inputs) -> Shape:
        pairs = zip(inputs[0].torch, self._repeats(inputs[0]), strict=True)
        channels, *spatial = (size * count for size, count in pairs)
        return Shape(channels, tuple(spatial))

    def work(self, inputs: Inputs) -> Work:
        return Work()

    def reach(self, inputs: Inputs) -> tuple[Reach, ...] | None:
        reaches = []
        for size, count in zip(inputs[0].spatial, self._repeats(inputs[0])[1:], strict=True):
            if count > 1 and size > MOST_PHASES:
                return None
            # Position o reads o mod W.
            reaches.append(Reach(tuple(map(Taps, range(size))), 0, step=1) if count > 1 else Reach())
        return tuple(reaches)

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """The sum over the copies; of a single copy the gradient is handed on."""
        return (passed(wanted),) if self.times == 1 else super().backward(inputs, wanted)

    def reads_view(self, inputs: Inputs) -> bool:
        return self.times == 1

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        return call.grad if self.times == 1 else None

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall("own.Tile", {"repeats": (1, *self._repeats(inputs[0]))}),)

    def label(self, inputs: Inputs) -> str:
        return f"TILE{self.times}"
