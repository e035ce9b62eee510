"""Sum of two or more volumes."""

from collections.abc import Iterator
from functools import reduce
from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.groups import KeepsNothing
from cnncalc.vocabulary.layer import Call, Example, Inputs, Problem, Step, Tensor, TorchCall, Work, layer
from cnncalc.vocabulary.layouts import LikeOperands
from cnncalc.vocabulary.limits import Limits
from cnncalc.vocabulary.merge import Merge, elementwise_problems
from cnncalc.vocabulary.strides import Lying


@layer
class Add(LikeOperands, Merge, KeepsNothing):
    """The elementwise sum of its operands. All must have the same shape: there is no silent broadcasting."""

    linear = True
    source: ClassVar[str] = "torch.add; He et al. 2015, arXiv 1512.03385 (residual connections)"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({}, (Shape(64, (56, 56)),) * 2),
        Example({}, (Shape(10),) * 3),
    )

    def limits(self, inputs: Inputs, before: tuple[Limits, ...]) -> Limits:
        first, *others = before
        return reduce(Limits.plus, others, first)

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        yield from elementwise_problems(inputs, broadcast=False)

    def output(self, inputs: Inputs) -> Shape:
        return inputs[0]

    def work(self, inputs: Inputs) -> Work:
        return Work(adds=inputs[0].size * (len(inputs) - 1))

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """With three or more operands, the sum of all but the last: PyTorch adds two at a time."""
        return (Tensor("sum", inputs[0].torch, batched=True),) if len(inputs) > 2 else ()

    def forward(self, inputs: Inputs, *, training: bool) -> tuple[Step, ...]:
        last, shape = len(inputs) - 1, inputs[0].torch
        sums = [Tensor(f"sum{index}", shape, batched=True) for index in range(1, last)]
        read: list[tuple[int | str, ...]] = [
            (0, 1),
            *((f"sum{index - 1}", index) for index in range(2, last + 1)),
        ]
        return tuple(Step(tuple(sums[index : index + 1]), names) for index, names in enumerate(read))

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """Every operand has the gradient of the output; the last operand gets it first."""
        pairs = [(0, 1), *((index,) for index in range(2, len(inputs)))]
        return tuple(
            Step(passes=tuple((f"grad{index}", "grad") for index in pair if wanted[index]))
            for pair in reversed(pairs)
        )

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        return call.grad

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall("torch.add", operands="fold"),)
