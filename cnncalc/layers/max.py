"""The largest value along axes."""

from typing import ClassVar

from cnncalc.vocabulary.groups import PicksValues
from cnncalc.vocabulary.layer import Call, Example, Inputs, Kept, Step, Tensor, Work, layer
from cnncalc.vocabulary.reduction import REDUCTIONS, Reduction
from cnncalc.vocabulary.strides import Lying, elementwise


@layer
class Max(Reduction, PicksValues):
    """The largest value along axes, for each channel separately unless they are channels."""

    autocast = "input"
    linear = False
    module: ClassVar[str] = "own.Max"
    source: ClassVar[str] = "torch.amax; Woo et al. 2018, arXiv 1807.06521 (over channels)"
    examples: ClassVar[tuple[Example, ...]] = REDUCTIONS

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return (0, "output")

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """The gradient goes to the largest values; several equal ones share it (`scale_grad_by_count`)."""
        shape = inputs[0].torch
        largest = Tensor("largest", shape, "bool", batched=True)
        count, share = self.of_output("count", inputs, "int64"), self.of_output("share", inputs)
        return (Step((largest, count, share, Tensor("grad0", shape, batched=True))),)

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        shape, small = inputs[0].torch, self.one_sized(inputs[0]).torch
        largest = elementwise(shape, [(small, None), (shape, call.lies())])
        share = elementwise(small, [(small, self.restored(inputs, call)), (small, None)])
        return elementwise(shape, [(small, share), (shape, largest)])

    def work(self, inputs: Inputs) -> Work:
        return Work(compares=inputs[0].size - self.output(inputs).size)
