"""A volume's values as features."""

from typing import ClassVar

from cnncalc.layers._gradients import passed
from cnncalc.layers._groups import KeepsNothing, NoScratch, ViewOutput, Weightless, WholeInput
from cnncalc.layers._layer import Example, Inputs, Step, TorchCall, Work, layer
from cnncalc.layers._region import Ranges
from cnncalc.layers._strides import Strides, regrouped
from cnncalc.shape import Shape


@layer
class Flatten(Weightless, NoScratch, ViewOutput, KeepsNothing, WholeInput):
    """All values in one row of features, channels outermost as PyTorch has them."""

    family: ClassVar[str] = "shape"
    source: ClassVar[str] = "torch.nn.Flatten"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({}, (Shape(512, (7, 7)),)),
        Example({}, (Shape(3, (10,)),)),
        Example({}, (Shape(12),)),
    )

    def output(self, inputs: Inputs) -> Shape:
        return Shape(inputs[0].size)

    def work(self, inputs: Inputs) -> Work:
        return Work()

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """A view back; features are handed on themselves."""
        return (passed(wanted),) if inputs[0].rank else ()

    def reads_view(self, inputs: Inputs) -> bool:
        return True

    def part(self, inputs: Inputs) -> Ranges | None:
        return None

    def strides(self, inputs: Inputs, strides: Strides) -> Strides | None:
        return regrouped(inputs[0].torch, strides, self.output(inputs).torch)

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall("nn.Flatten"),)

    def label(self, inputs: Inputs) -> str:
        return "FLATTEN"
