"""The middle of a volume, at the size of another volume."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.exact import counted
from cnncalc.shape import Shape
from cnncalc.vocabulary import operand_faults
from cnncalc.vocabulary.gradients import uncut
from cnncalc.vocabulary.groups import MovesValues, ViewOutput
from cnncalc.vocabulary.layer import Example, Inputs, Problem, Reach, Step, TorchCall, Work, layer
from cnncalc.vocabulary.region import Ranges
from cnncalc.vocabulary.size_of import SizeOf
from cnncalc.vocabulary.strides import Strides


@layer
class CropTo(MovesValues, SizeOf, ViewOutput):
    """The middle of the first operand, at the size of the second. An odd remainder is removed at the end."""

    one_of_views = False
    source: ClassVar[str] = "Shelhamer et al. 2016, arXiv 1605.06211 (FCN: its crop layers); torch.narrow"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({}, (Shape(21, (34, 35)), Shape(512, (16, 16)))),
        Example({}, (Shape(4, (10,)), Shape(3, (10,)))),
        Example({}, (Shape(2, (4, 5, 6)), Shape(3, (3, 3, 3)))),
    )

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        if problems := list(super().problems(inputs)):
            yield from problems
            return
        for axis, size, wanted in zip(inputs[0].axes, inputs[0].spatial, inputs[1].spatial, strict=True):
            if wanted > size:
                message = f"{axis}: {inputs[1]} has {counted(wanted, 'position')}, but {inputs[0]} has {size}"
                yield Problem(
                    operand_faults.MERGE_MISMATCH,
                    message,
                    help="`resize_to` enlarges, and `pad_to` adds zeros",
                    operand=1,
                )
                return

    def work(self, inputs: Inputs) -> Work:
        return Work()

    def reach(self, inputs: Inputs) -> tuple[Reach, ...]:
        sizes = zip(inputs[0].spatial, inputs[1].spatial, strict=True)
        return tuple(Reach.window(1, 1, (size - wanted) // 2) for size, wanted in sizes)

    def part(self, inputs: Inputs) -> Ranges:
        starts = (
            (size - wanted) // 2 for size, wanted in zip(*(shape.spatial for shape in inputs), strict=True)
        )
        sizes = zip(starts, inputs[1].spatial, strict=True)
        return range(inputs[0].channels), *(range(start, start + size) for start, size in sizes)

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        return uncut(inputs[0], self.output(inputs)) if wanted[0] else (Step(),)

    def strides(self, inputs: Inputs, strides: Strides) -> Strides:
        return strides

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall("own.CropTo", {"rank": inputs[0].rank}),)
