"""The middle of a volume, or a volume without its sides."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.exact import counted, shown
from cnncalc.shape import Shape
from cnncalc.vocabulary import field_faults, shape_faults
from cnncalc.vocabulary.field import padding, per_axis
from cnncalc.vocabulary.gradients import uncut
from cnncalc.vocabulary.layer import Example, Inputs, Problem, Reach, Step, TorchCall, layer
from cnncalc.vocabulary.padding import Ends, ends_of
from cnncalc.vocabulary.part import Part
from cnncalc.vocabulary.region import Ranges
from cnncalc.vocabulary.values import Padding, PerAxis, Sides
from cnncalc.vocabulary.window import axiswise, sliding


@layer
class Crop(Part):
    """Keeps the middle `size` positions of each axis, or all positions but the `sides`.

    If the number of removed positions is odd, one more is removed at the end.
    """

    takes = "volume"
    one_of_views = False
    source: ClassVar[str] = "torch.narrow; Ronneberger et al. 2015, arXiv 1505.04597 (U-Net)"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"size": 12}, (Shape(16, (17, 17)),)),
        Example({"size": (3, 4)}, (Shape(4, (8, 9)),)),
        Example({"sides": Sides(top=1, left=2)}, (Shape(4, (8, 9)),)),
        Example({"sides": 2}, (Shape(4, (10,)),)),
        Example({"size": 2}, (Shape(2, (4, 5, 6)),)),
    )

    size: PerAxis | None = per_axis(None, "positions of the output, from the middle", main=True)
    sides: Padding | None = padding(None, "positions removed at both ends", by_window=False)

    def _cut(self, volume: Shape) -> Ends:
        """Positions removed before and after, for each axis."""
        if self.sides is not None:
            return ends_of(sliding(volume, 1, 1, self.sides))
        sizes = axiswise(1 if self.size is None else self.size, volume.rank)
        rests = [size - kept for size, kept in zip(volume.spatial, sizes, strict=True)]
        return tuple((rest // 2, rest - rest // 2) for rest in rests)

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        if (self.size is None) == (self.sides is None):
            both = self.size is not None
            yield Problem(
                field_faults.ONE_OF_TWO_FIELDS,
                "crop has both `size` and `sides`" if both else "crop has neither `size` nor `sides`",
                "sides" if both else None,
                help="give exactly one of them",
            )
            return
        volume = inputs[0]
        for axis, size, (before, after) in zip(volume.axes, volume.spatial, self._cut(volume), strict=True):
            if before + after >= size or min(before, after) < 0:
                message = (
                    f"takes {counted(size - before - after, 'position')}"
                    if self.sides is None
                    else f"removes {counted(before + after, 'position')}"
                )
                yield Problem(
                    shape_faults.OUT_OF_RANGE,
                    f"{axis}: crop {message}, but the input has {size}",
                    "size" if self.sides is None else "sides",
                    help=self._inside(volume),
                )
                return

    def _inside(self, volume: Shape) -> str:
        """What to write so that something is left of a volume."""
        if self.sides is None:
            asked = axiswise(1 if self.size is None else self.size, volume.rank)
            sizes = [min(kept, size) for kept, size in zip(asked, volume.spatial, strict=True)]
            return f"write `size: {min(sizes) if isinstance(self.size, int) else shown(sizes)}`"
        most = (min(volume.spatial) - 1) // 2
        return f"write `sides: {most}`" + (" or less" if most else ", or leave out the crop")

    def output(self, inputs: Inputs) -> Shape:
        volume = inputs[0]
        sizes = zip(volume.spatial, self._cut(volume), strict=True)
        return Shape(volume.channels, tuple(size - sum(ends) for size, ends in sizes))

    def reach(self, inputs: Inputs) -> tuple[Reach, ...]:
        return tuple(Reach.window(1, 1, before) for before, _ in self._cut(inputs[0]))

    def part(self, inputs: Inputs) -> Ranges:
        volume = inputs[0]
        cut = zip(volume.spatial, self._cut(volume), strict=True)
        return range(volume.channels), *(range(before, size - after) for size, (before, after) in cut)

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        return uncut(inputs[0], self.output(inputs))

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        start = tuple(before for before, _ in self._cut(inputs[0]))
        return (TorchCall("own.Crop", {"start": start, "size": self.output(inputs).spatial}),)
