"""A volume with zeros around it, at the size of another volume."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.exact import counted
from cnncalc.shape import Shape
from cnncalc.vocabulary import operand_faults
from cnncalc.vocabulary.groups import OwnOutput, PicksValuesOrZero
from cnncalc.vocabulary.layer import Example, Inputs, Problem, Reach, TorchCall, Work, layer
from cnncalc.vocabulary.padding import ZerosAround
from cnncalc.vocabulary.size_of import SizeOf


@layer
class PadTo(PicksValuesOrZero, SizeOf, ZerosAround, OwnOutput):
    """The first operand in the middle of zeros, at the size of the second. An odd remainder is added at the end."""

    autocast = "input"
    linear = True
    source: ClassVar[str] = "torch.nn.functional.pad; Ronneberger et al. 2015, arXiv 1505.04597 (U-Net)"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({}, (Shape(21, (16, 17)), Shape(8, (19, 18)))),
        Example({}, (Shape(4, (10,)), Shape(3, (10,)))),
        Example({}, (Shape(2, (3, 3, 3)), Shape(3, (4, 5, 6)))),
    )

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        if problems := list(super().problems(inputs)):
            yield from problems
            return
        for axis, size, wanted in zip(inputs[0].axes, inputs[0].spatial, inputs[1].spatial, strict=True):
            if wanted < size:
                message = f"{axis}: {inputs[1]} has {counted(wanted, 'position')}, but {inputs[0]} has {size}"
                yield Problem(operand_faults.MERGE_MISMATCH, message, help="`crop_to` cuts", operand=1)
                return

    def work(self, inputs: Inputs) -> Work:
        return Work()

    def reach(self, inputs: Inputs) -> tuple[Reach, ...]:
        sizes = zip(inputs[0].spatial, inputs[1].spatial, strict=True)
        return tuple(Reach.window(1, 1, -((wanted - size) // 2)) for size, wanted in sizes)

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall("own.PadTo", {"rank": inputs[0].rank}),)
