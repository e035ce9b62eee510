"""The vector norm along axes."""

from math import inf
from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.field import number
from cnncalc.vocabulary.groups import FullOnCudaWithin
from cnncalc.vocabulary.layer import Call, Example, Inputs, Kept, Step, Tensor, TorchCall, Work, layer
from cnncalc.vocabulary.limits import Limits
from cnncalc.vocabulary.reduction import REDUCTIONS, Reduction
from cnncalc.vocabulary.strides import Lying, elementwise


@layer
class VectorNorm(FullOnCudaWithin, Reduction):
    """The p-th root of the sum of |x|^p along axes, for each channel separately unless they are channels.

    With p = 2 it is the length of the vector. (`l2_norm` divides by it.)
    """

    autocast = "float32"
    linear = False
    module: ClassVar[str] = "own.VectorNorm"
    source: ClassVar[str] = "torch.linalg.vector_norm; Woo et al. 2023, arXiv 2301.00808 (GRN)"
    examples: ClassVar[tuple[Example, ...]] = (
        *REDUCTIONS,
        Example({"p": 1}, (Shape(8, (4, 4)),)),
        Example({"p": 1.5}, (Shape(8, (4, 4)),)),
        Example({"p": 3, "over": "channels"}, (Shape(8, (4, 4)),)),
    )

    p: float = number(2.0, "the exponent", low=1)

    def limits(self, inputs: Inputs, before: tuple[Limits, ...]) -> Limits:
        return Limits(0, inf)

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return (0, "output")

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """`linalg_vector_norm_backward`, which has four ways: p is 1, below 2, 2, or above 2."""
        shape = inputs[0].torch
        grad = Tensor("product", shape, batched=True)
        # What it made on the way is gone when autograd gets the product.
        last = Step(passes=(("grad0", "product"),))
        if self.p == 1:
            return (Step((Tensor("signs", shape, batched=True), grad), ("signs",)), last)
        quotient, zeros = self.of_output("quotient", inputs), self.of_output("zeros", inputs, "bool")
        if self.p == 2:
            directions = Tensor("directions", shape, batched=True)
            return (Step((directions, zeros, grad), ("directions", "zeros")), last)
        sizes, scaled = Tensor("sizes", shape, batched=True), Tensor("scaled", shape, batched=True)
        signs = (Tensor("signs", shape, batched=True),) if self.p < 2 else ()
        power = self.of_output("power", inputs)
        return (
            Step((*signs, sizes, scaled), ("sizes", *(item.name for item in signs))),
            Step((power, quotient), ("power",)),
            Step((zeros,), ("zeros",)),
            Step((grad,), ("quotient", "scaled")),
            last,
        )

    def backward_of(self, inputs: Inputs, wanted: tuple[bool, ...], call: Call) -> tuple[Step, ...]:
        """On CUDA autocast casts nothing first: what is computed of the input alone is in its type."""
        steps = self.backward(inputs, wanted)
        if not (call.device == "cuda" and call.enters_narrow):
            return steps
        return tuple(
            step._replace(
                makes=tuple(
                    item._replace(dtype=call.lower) if item.name in ("signs", "sizes", "scaled") else item
                    for item in step.makes
                )
            )
            for step in steps
        )

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        shape, small = inputs[0].torch, self.one_sized(inputs[0]).torch
        signs = elementwise(shape, [(shape, call.lies())])
        if self.p == 1:
            return elementwise(shape, [(shape, signs), (shape, self.spread_gradient(inputs, call))])
        if self.p == 2:
            directions = elementwise(shape, [(shape, call.lies()), (small, None)])
            return elementwise(shape, [(small, self.restored(inputs, call)), (shape, directions)])
        quotient = elementwise(small, [(small, self.restored(inputs, call)), (small, None)])
        return elementwise(shape, [(shape, signs), (small, quotient)])

    def work(self, inputs: Inputs) -> Work:
        values, results = inputs[0].size, self.output(inputs).size
        if self.p == 2:
            return Work(multiplies=values, adds=values - results, exponentials=results)
        if self.p == 1:
            return Work(adds=values - results, compares=values)
        return Work(adds=values - results, compares=values, exponentials=values + results)

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        (call,) = super().torch(inputs)
        return (TorchCall(call.target, {"p": self.p, **call.arguments}),)

    def label(self, inputs: Inputs) -> str:
        return f"NORM{self.p:g}"
