"""Product of two or more volumes."""

from collections.abc import Iterator
from functools import reduce
from typing import ClassVar

from cnncalc.layers._layer import Example, Inputs, Kept, Problem, Tensor, TorchCall, Work, layer
from cnncalc.layers._merge import Merge, broadcast_shape, elementwise_problems
from cnncalc.shape import Shape


@layer
class Mul(Merge):
    """The product of its operands, value by value; a single position (or channel) scales all of its axis."""

    source: ClassVar[str] = "torch.mul; Hu et al. 2017, arXiv 1709.01507 (squeeze and excitation)"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({}, (Shape(64, (14, 14)), Shape(64, (1, 1)))),
        Example({}, (Shape(10),) * 2),
        Example({}, (Shape(8, (4, 4)),) * 3),
    )

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        yield from elementwise_problems(inputs, broadcast=True)

    def _partial(self, inputs: Inputs) -> tuple[Shape, ...]:
        """Shapes of the products of the first two, three, ... operands."""
        shapes = [inputs[0]]
        for shape in inputs[1:]:
            shapes.append(broadcast_shape(shapes[-1], shape) or shapes[-1])
        return tuple(shapes[1:])

    def output(self, inputs: Inputs) -> Shape:
        return reduce(lambda one, other: broadcast_shape(one, other) or one, inputs)

    def work(self, inputs: Inputs) -> Work:
        return Work(multiplies=sum(shape.size for shape in self._partial(inputs)))

    def _products(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """Of three or more, what comes between: PyTorch multiplies two at a time."""
        between = self._partial(inputs)[:-1]
        return tuple(Tensor(f"product{at}", shape.torch, batched=True) for at, shape in enumerate(between, 1))

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return (*range(len(inputs)), *self._products(inputs))

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        return self._products(inputs)[-1:]

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall("torch.mul", operands="fold"),)
