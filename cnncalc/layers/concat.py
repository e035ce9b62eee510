"""Volumes joined along their channels."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.gradients import PassesGradient
from cnncalc.vocabulary.groups import KeepsNothing, NoScratch, PicksValues
from cnncalc.vocabulary.layer import Call, Example, Inputs, Problem, TorchCall, Work, layer
from cnncalc.vocabulary.merge import Merge, mismatch
from cnncalc.vocabulary.strides import Lying, channels_last, lies, steps, suggests_last


@layer
class Concat(PicksValues, PassesGradient, Merge, KeepsNothing, NoScratch):
    """Joins the channels of its operands, one operand after the other. All have the same spatial size."""

    linear = True
    source: ClassVar[str] = "torch.cat; Szegedy et al. 2014, arXiv 1409.4842 (inception)"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({}, (Shape(64, (28, 28)), Shape(128, (28, 28)))),
        Example({}, (Shape(10), Shape(3), Shape(3))),
    )

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        for which in range(1, len(inputs)):
            if problem := mismatch(inputs, inputs[0], which, inputs[0].axes):
                yield problem
                return

    def output(self, inputs: Inputs) -> Shape:
        return Shape(sum(shape.channels for shape in inputs), inputs[0].spatial)

    def work(self, inputs: Inputs) -> Work:
        return Work()

    def lies(self, inputs: Inputs, call: Call) -> Lying:
        """In channels-last format if all operands are (`cat_compute_output_memory_format`)."""
        last = all(suggests_last(shape.torch, call.lies(which)) for which, shape in enumerate(inputs))
        return channels_last(self.output(inputs).torch) if last else None

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        """Part of the gradient of the output."""
        output = call.output or self.output(inputs)
        return lies(inputs[which].torch, steps(output.torch, call.grad))

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall("torch.cat", {"dim": 1}, operands="list"),)
