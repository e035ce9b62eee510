"""The values of a volume as features."""

from typing import TYPE_CHECKING, ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.groups import KeepsNothing, MovesValues, NoScratch, ViewOutput, Weightless
from cnncalc.vocabulary.layer import Call, Example, Inputs, Reach, Step, TorchCall, Work, gradients, layer
from cnncalc.vocabulary.strides import Lying, Strides, lies, regrouped, steps

if TYPE_CHECKING:
    from cnncalc.vocabulary.region import Ranges


@layer
class Flatten(MovesValues, Weightless, NoScratch, ViewOutput, KeepsNothing):
    """All values as one row of features, in PyTorch's order: channel by channel."""

    family: ClassVar[str] = "shape"
    one_of_views = False
    source: ClassVar[str] = "torch.nn.Flatten"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({}, (Shape(512, (7, 7)),)),
        Example({}, (Shape(3, (10,)),)),
        Example({}, (Shape(12),)),
    )

    def reach(self, inputs: Inputs) -> tuple[Reach, ...]:
        return tuple(Reach.window(size, size)._replace(parts=True) for size in inputs[0].spatial)

    def output(self, inputs: Inputs) -> Shape:
        return Shape(inputs[0].size)

    def work(self, inputs: Inputs) -> Work:
        return Work()

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """A view of the gradient; features pass through unchanged."""
        if not inputs[0].rank:
            return ()
        from cnncalc.vocabulary.gradients import passed

        return (passed(wanted),)

    def backward_of(self, inputs: Inputs, wanted: tuple[bool, ...], call: Call) -> tuple[Step, ...]:
        """A view of the gradient, or a copy if its memory layout does not allow a view."""
        if not self.backward(inputs, wanted) or self._back(inputs, call) is not None:
            return self.backward(inputs, wanted)
        return (Step(gradients(inputs, wanted), ("grad",)),)

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        back = self._back(inputs, call)
        return None if back is None else lies(inputs[0].torch, back)

    def _back(self, inputs: Inputs, call: Call) -> Strides | None:
        """The strides of the gradient in the shape of the input; None if no strides describe it."""
        shape = self.output(inputs).torch
        batch, *image = steps(shape, call.grad)
        strides = regrouped(shape, tuple(image), inputs[0].torch)
        return None if strides is None else (batch, *strides)

    def reads_view(self, inputs: Inputs) -> bool:
        return True

    def part(self, inputs: Inputs) -> "Ranges | None":
        return None

    def strides(self, inputs: Inputs, strides: Strides) -> Strides | None:
        return regrouped(inputs[0].torch, strides, self.output(inputs).torch)

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall("nn.Flatten"),)

    def label(self, inputs: Inputs) -> str:
        return "FLATTEN"
