"""What layers have in common that bring a volume to the size of a second operand."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary import operand_faults
from cnncalc.vocabulary.gradients import first_only
from cnncalc.vocabulary.groups import ChannelsApart, KeepsNothing, NoScratch, NoStatistics, Weightless
from cnncalc.vocabulary.layer import Inputs, Problem, Step


class SizeOf(NoStatistics, ChannelsApart, Weightless, NoScratch, KeepsNothing):
    """The first operand, at the spatial size of the second."""

    family: ClassVar[str] = "shape"
    takes = "volume"
    arity = None
    reads_first = True

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        if len(inputs) != 2:
            message = (
                f"{self.key} takes two inputs, a volume and one with the new size, but it has {len(inputs)}"
            )
            yield Problem(operand_faults.MERGE_MISMATCH, message, operand=2)
        elif inputs[0].rank != inputs[1].rank:
            message = f"the operands have different axes: {inputs[0]} and {inputs[1]}"
            yield Problem(operand_faults.MERGE_MISMATCH, message, operand=1)

    def output(self, inputs: Inputs) -> Shape:
        return Shape(inputs[0].channels, inputs[1].spatial)

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        return super().backward(inputs, first_only(wanted))

    def label(self, inputs: Inputs) -> str:
        return self.key.upper().replace("_", "-")
