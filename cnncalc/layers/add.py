"""Sum of two or more volumes."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.layers._groups import KeepsNothing
from cnncalc.layers._layer import Example, Inputs, Problem, Tensor, TorchCall, Work, layer
from cnncalc.layers._merge import Merge, elementwise_problems
from cnncalc.shape import Shape


@layer
class Add(Merge, KeepsNothing):
    """The sum of its operands, value by value. All have one shape: nothing is broadcast in silence."""

    source: ClassVar[str] = "torch.add; He et al. 2015, arXiv 1512.03385 (residual connections)"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({}, (Shape(64, (56, 56)),) * 2),
        Example({}, (Shape(10),) * 3),
    )

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        yield from elementwise_problems(inputs, broadcast=False)

    def output(self, inputs: Inputs) -> Shape:
        return inputs[0]

    def work(self, inputs: Inputs) -> Work:
        return Work(adds=inputs[0].size * (len(inputs) - 1))

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """Of three or more, the sum of all but the last: PyTorch adds two at a time."""
        return (Tensor("sum", inputs[0].torch, batched=True),) if len(inputs) > 2 else ()

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall("torch.add", operands="fold"),)
