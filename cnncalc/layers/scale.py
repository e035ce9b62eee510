"""A constant factor."""

from typing import ClassVar

from cnncalc.vocabulary.activation import SHAPES
from cnncalc.vocabulary.field import REQUIRED, number
from cnncalc.vocabulary.groups import Elementwise, KeepsNothing, OwnOutput
from cnncalc.vocabulary.layer import Example, Inputs, TorchCall, Work, layer
from cnncalc.vocabulary.limits import Limits


@layer
class Scale(Elementwise, OwnOutput, KeepsNothing):
    """Multiplies each value by a constant. Nothing is learned."""

    family: ClassVar[str] = "merge"
    autocast = "input"
    linear = True
    source: ClassVar[str] = "torch.mul; Szegedy et al. 2016, arXiv 1602.07261 (scaling of the residuals)"
    examples: ClassVar[tuple[Example, ...]] = tuple(
        Example({"factor": 0.17}, example.inputs) for example in SHAPES
    )

    factor: float = number(REQUIRED, "the factor", main=True)

    def limits(self, inputs: Inputs, before: tuple[Limits, ...]) -> Limits:
        return before[0].times(Limits(self.factor, self.factor))

    def changes_nothing(self, inputs: Inputs, *, training: bool) -> bool:
        return self.factor == 1

    def work(self, inputs: Inputs) -> Work:
        return Work(multiplies=inputs[0].size)

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall("torch.mul", {"other": self.factor}, operands="first"),)
