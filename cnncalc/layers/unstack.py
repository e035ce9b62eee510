"""One position of an axis, without the axis."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.exact import counted
from cnncalc.shape import Shape
from cnncalc.vocabulary import shape_faults
from cnncalc.vocabulary.axes import absent
from cnncalc.vocabulary.field import REQUIRED, integer
from cnncalc.vocabulary.layer import Change, Example, Inputs, Problem, Reach, TorchCall, layer
from cnncalc.vocabulary.part import Part
from cnncalc.vocabulary.reach import Taps
from cnncalc.vocabulary.region import Ranges
from cnncalc.vocabulary.strides import Strides
from cnncalc.vocabulary.word_fields import SPATIAL_WORDS, choice


@layer
class Unstack(Part):
    """Takes one position along a spatial axis, and removes the axis: the reverse of `stack`, of which it gives one
    operand.

    Several of them, with `from` and another `index` each, give all operands. `slice` keeps the axis.
    """

    takes = "volume"
    one_of_views = False
    source: ClassVar[str] = "torch.select, torch.unbind"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"index": 1}, (Shape(16, (3, 7, 5)),)),
        Example({"index": 4, "over": "width"}, (Shape(4, (3, 4, 5)),)),
        Example({"index": 0}, (Shape(8, (2, 10)),)),
        Example({"index": 9, "over": "width"}, (Shape(8, (4, 10)),)),
        Example({"index": 2}, (Shape(10, (5,)),)),
    )

    index: int = integer(REQUIRED, "the position along the axis, counted from 0", low=0, main=True)
    over: str | None = choice(None, "the axis that is removed (default: the first one)", SPATIAL_WORDS)

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        shape = inputs[0]
        if self.over is not None and (problem := absent(shape, self.over)):
            yield problem
            return
        axis = shape.axes[self._axis(shape)]
        size = shape.spatial[self._axis(shape)]
        if self.index >= size:
            yield Problem(
                shape_faults.OUT_OF_RANGE,
                f"there is no position {self.index} along the {axis}, which has {counted(size, 'position')}",
                "index",
                help=f"they count from 0: the last one is {size - 1}",
                changes=(Change("index", size - 1),),
            )

    def _axis(self, shape: Shape) -> int:
        return 0 if self.over is None else shape.axes.index(self.over)

    def output(self, inputs: Inputs) -> Shape:
        axis = self._axis(inputs[0])
        left = (size for index, size in enumerate(inputs[0].spatial) if index != axis)
        return Shape(inputs[0].channels, tuple(left))

    def reach(self, inputs: Inputs) -> tuple[Reach, ...]:
        """The other axes are renumbered; along the removed one every output position reads one position."""
        axis, rank = self._axis(inputs[0]), inputs[0].rank
        taken = Reach((Taps(self.index),), 0, axis=None if rank == 1 else 0)
        return tuple(taken if index == axis else Reach(axis=index - (index > axis)) for index in range(rank))

    def part(self, inputs: Inputs) -> Ranges:
        taken = [range(size) for size in inputs[0].torch]
        taken[1 + self._axis(inputs[0])] = range(self.index, self.index + 1)
        return tuple(taken)

    def strides(self, inputs: Inputs, strides: Strides) -> Strides:
        dimension = 1 + self._axis(inputs[0])
        return (*strides[:dimension], *strides[dimension + 1 :])

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall("own.Unstack", {"dim": 2 + self._axis(inputs[0]), "index": self.index}),)
