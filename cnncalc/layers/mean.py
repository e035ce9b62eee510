"""The mean over positions."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from cnncalc.shape import Shape
from cnncalc.vocabulary import faults
from cnncalc.vocabulary.field import choice
from cnncalc.vocabulary.groups import (
    KeepsNothing,
    NoScratch,
    NoStatistics,
    OwnOutput,
    PicksValues,
    Weightless,
)
from cnncalc.vocabulary.layer import Call, Example, Inputs, Problem, Reach, TorchCall, Work, layer
from cnncalc.vocabulary.strides import Lying, elementwise, lies, steps


@layer
class Mean(NoStatistics, PicksValues, Weightless, NoScratch, OwnOutput, KeepsNothing):
    """The mean of each channel over all positions, which gives features; or over one axis, which is removed."""

    family: ClassVar[str] = "pooling"
    takes = "volume"
    autocast = "input"
    linear = True
    source: ClassVar[str] = "torch.mean"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({}, (Shape(64, (7, 7)),)),
        Example({"axis": "height"}, (Shape(4, (5, 6)),)),
        Example({}, (Shape(8, (30,)),)),
        Example({"axis": "depth"}, (Shape(8, (3, 4, 5)),)),
    )

    axis: Literal["all", "length", "depth", "height", "width"] = choice(
        "all", "the axis to average over, or all", ("all", "length", "depth", "height", "width"), main=True
    )

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        if self.axis not in ("all", *inputs[0].axes):
            axes = ", ".join(inputs[0].axes)
            yield Problem(
                faults.WRONG_AXES, f"the input ({inputs[0]}) has no {self.axis}: its axes are {axes}", "axis"
            )

    def _over(self, axis: str) -> bool:
        return self.axis in ("all", axis)

    def output(self, inputs: Inputs) -> Shape:
        volume = inputs[0]
        left = (size for axis, size in zip(volume.axes, volume.spatial, strict=True) if not self._over(axis))
        return Shape(volume.channels, tuple(left))

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        """As that of the output, which is the same for every position that is gone."""
        volume, means = inputs[0], steps(self.output(inputs).torch, call.grad)
        left = [self._over(axis) for axis in volume.axes]
        sizes = tuple(1 if gone else size for gone, size in zip(left, volume.spatial, strict=True))
        strides = iter(means[2:])
        spread = (*means[:2], *(0 if gone else next(strides) for gone in left))
        return elementwise(
            volume.torch, [((volume.channels, *sizes), lies((volume.channels, *sizes), spread))]
        )

    def work(self, inputs: Inputs) -> Work:
        means = self.output(inputs).size
        return Work(adds=inputs[0].size - means, divides=means)

    def reach(self, inputs: Inputs) -> tuple[Reach, ...]:
        """The remaining axes are renumbered: one less for each removed axis before them."""
        volume = inputs[0]
        left = [axis for axis in volume.axes if not self._over(axis)]
        if not left:
            return tuple(Reach.window(size, size) for size in volume.spatial)
        return tuple(
            Reach.everywhere(size)._replace(axis=0) if self._over(axis) else Reach(axis=left.index(axis))
            for axis, size in zip(volume.axes, volume.spatial, strict=True)
        )

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        dimensions = tuple(index for index, axis in enumerate(inputs[0].axes, 2) if self._over(axis))
        return (TorchCall("own.Mean", {"dim": dimensions}),)

    def label(self, inputs: Inputs) -> str:
        return "MEAN"
