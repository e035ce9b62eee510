"""What layers have in common that return a part of their input: a view, without a copy."""

from typing import ClassVar

from cnncalc.vocabulary.groups import KeepsNothing, MovesValues, NoScratch, ViewOutput, Weightless
from cnncalc.vocabulary.layer import Inputs, Reach, Work
from cnncalc.vocabulary.strides import Strides


class Part(MovesValues, Weightless, NoScratch, ViewOutput, KeepsNothing):
    """A part of the input."""

    family: ClassVar[str] = "shape"

    def work(self, inputs: Inputs) -> Work:
        return Work()

    def reach(self, inputs: Inputs) -> tuple[Reach, ...]:
        return (Reach(),) * inputs[0].rank

    def strides(self, inputs: Inputs, strides: Strides) -> Strides:
        return strides

    def label(self, inputs: Inputs) -> str:
        return self.key.upper().replace("_", "-")
