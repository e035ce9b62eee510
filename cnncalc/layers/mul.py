"""Product of two or more volumes."""

from collections.abc import Iterator
from functools import reduce
from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.layer import (
    Call,
    Example,
    Inputs,
    Kept,
    Problem,
    Step,
    Tensor,
    TorchCall,
    Work,
    layer,
)
from cnncalc.vocabulary.layouts import LikeOperands
from cnncalc.vocabulary.limits import Limits
from cnncalc.vocabulary.merge import Merge, broadcast_shape, elementwise_problems
from cnncalc.vocabulary.strides import Lying, elementwise


@layer
class Mul(LikeOperands, Merge):
    """The elementwise product of its operands. An axis (or the channels) of size 1 is broadcast."""

    takes_one_value_twice: ClassVar[bool] = True
    is_product: ClassVar[bool] = True
    linear = False
    source: ClassVar[str] = "torch.mul; Hu et al. 2017, arXiv 1709.01507 (squeeze and excitation)"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({}, (Shape(64, (14, 14)), Shape(64, (1, 1)))),
        Example({}, (Shape(10),) * 2),
        Example({}, (Shape(8, (4, 4)),) * 3),
    )

    def limits(self, inputs: Inputs, before: tuple[Limits, ...]) -> Limits:
        return reduce(Limits.times, before)

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        yield from elementwise_problems(inputs, broadcast=True)

    def _partial(self, inputs: Inputs) -> tuple[Shape, ...]:
        """Shapes of the products of the first two, three, ... operands."""
        shapes = [inputs[0]]
        for shape in inputs[1:]:
            shapes.append(broadcast_shape(shapes[-1], shape) or shapes[-1])
        return tuple(shapes[1:])

    def output(self, inputs: Inputs) -> Shape:
        return reduce(lambda source, other: broadcast_shape(source, other) or source, inputs)

    def work(self, inputs: Inputs) -> Work:
        return Work(multiplies=sum(shape.size for shape in self._partial(inputs)))

    def _products(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """With three or more operands, the partial products: PyTorch multiplies two at a time."""
        between = self._partial(inputs)[:-1]
        return tuple(
            Tensor(f"product{index}", shape.torch, batched=True) for index, shape in enumerate(between, 1)
        )

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return (*range(len(inputs)), *self._products(inputs))

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        return self._products(inputs)[-1:]

    def forward(self, inputs: Inputs, *, training: bool) -> tuple[Step, ...]:
        products = self._products(inputs)
        read: list[tuple[int | str, ...]] = [(0, 1)]
        read += [(f"product{index - 1}", index) for index in range(2, len(inputs))]
        return tuple(Step(products[index : index + 1], names) for index, names in enumerate(read))

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """Product by product, the last one first: the gradient of one factor is the gradient times the other factor."""
        shapes = inputs[0], *self._partial(inputs)
        steps: list[Step] = []
        for index in reversed(range(1, len(inputs))):
            # The gradient of a partial product is used further; those of operands are final.
            factors = (
                (
                    "grad0" if index == 1 else f"grad_product{index - 1}",
                    shapes[index - 1],
                    any(wanted[:index]),
                ),
                (f"grad{index}", inputs[index], wanted[index]),
            )
            before = "grad" if index == len(inputs) - 1 else f"grad_product{index}"
            read = (before, index, 0 if index == 1 else f"product{index - 1}")
            steps += _of_product(
                shapes[index], [(name, shape) for name, shape, want in factors if want], read
            )
        return tuple(steps)

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        """Has the layout of the gradient and the other factor; for a broadcast factor, in order."""
        if call.grad is None and not call.lying:
            return None
        shape = self.output(inputs).torch
        if inputs[which].torch != shape:
            return None
        others = [(shape.torch, call.lies(index)) for index, shape in enumerate(inputs) if index != which]
        return elementwise(shape, [(shape, call.grad), *others])

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall("torch.mul", operands="fold"),)


def _of_product(
    product: Shape, factors: list[tuple[str, Shape]], read: tuple[int | str, ...]
) -> tuple[Step, ...]:
    """The gradients of a product's factors (`mul_tensor_backward`), as large as the product at first.

    The gradient of a broadcast factor is summed (`validate_outputs` in torch/csrc/autograd/engine.cpp) when both are
    computed, and is final when both are summed.
    """
    summed = [
        (name, Tensor(f"summed_{name}", shape.torch, batched=True))
        for name, shape in factors
        if shape != product
    ]
    steps = [Step(tuple(Tensor(f"whole_{name}", product.torch, batched=True) for name, _ in factors))]
    steps += [Step((values,), (f"whole_{name}",)) for name, values in summed]
    given = dict(summed)
    passes = tuple((name, given[name].name if name in given else f"whole_{name}") for name, _ in factors)
    spent = tuple(old for _, old in passes)
    return (*steps, Step((), (*read, *spent), passes))
