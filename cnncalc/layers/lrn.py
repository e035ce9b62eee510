"""Local response normalisation."""

from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.field import REQUIRED, integer, number
from cnncalc.vocabulary.gradients import (
    in_type,
    power,
    quotient,
)
from cnncalc.vocabulary.groups import ChannelsScaled, NoStatistics, OwnOutput, Pointwise, Weightless
from cnncalc.vocabulary.layer import (
    Call,
    Example,
    Inputs,
    Kept,
    Precision,
    Step,
    Tensor,
    TorchCall,
    Work,
    layer,
)
from cnncalc.vocabulary.layouts import LikeOperands
from cnncalc.vocabulary.limits import ANY, NOT_NEGATIVE, Limits


@layer
class LRN(ChannelsScaled, NoStatistics, LikeOperands, Weightless, Pointwise, OwnOutput):
    """Divides each value by (k + alpha/size * sum of squares of the `size` channels around it)^beta.

    As in PyTorch, alpha is divided by the size. In the paper (k = 2, size 5) it is not.
    """

    family: ClassVar[str] = "normalisation"
    autocast = "float32"
    takes = "volume"
    linear = False
    source: ClassVar[str] = "torch.nn.LocalResponseNorm; Krizhevsky et al. 2012, section 3.3"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"size": 5}, (Shape(96, (27, 27)),)),
        Example({"size": 4, "alpha": 2e-5, "beta": 0.5, "k": 2}, (Shape(8, (12,)),)),
        Example({"size": 3}, (Shape(2, (3, 4, 5)),)),
    )

    size: int = integer(REQUIRED, "number of neighbouring channels in the sum", main=True, example=5)
    alpha: float = number(1e-4, "weight of the sum")
    beta: float = number(0.75, "the exponent")
    k: float = number(1.0, "added to the sum")

    def autocast_on_cpu(self, inputs: Inputs) -> Precision:
        """The sum is an `avg_pool3d`, except with one axis, and its quotient is float32 too."""
        return "promotes" if inputs[0].rank > 1 else "input"

    def autocast_on_cuda(self, inputs: Inputs, lower: str) -> Precision:
        """Only the power of the sum is in float32, and so is the quotient."""
        return "promotes"

    def limits(self, inputs: Inputs, before: tuple[Limits, ...]) -> Limits:
        divides = self.k > 0 and self.alpha >= 0
        return NOT_NEGATIVE if divides and before[0].low >= 0 else ANY

    def work(self, inputs: Inputs) -> Work:
        values = inputs[0].size
        return Work(multiplies=2 * values, adds=self.size * values, divides=2 * values, exponentials=values)

    def _padded(self, inputs: Inputs) -> Tensor:
        """The squares, with zeros for the missing neighbours of the first and last channels."""
        volume = inputs[0]
        return Tensor("squares", (volume.channels + self.size - 1, *volume.spatial), batched=True)

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        shape = inputs[0].torch
        return (
            0,
            self._padded(inputs),
            Tensor("sum", shape, batched=True),
            Tensor("divisor", shape, batched=True),
        )

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        # At first the squares and the padded squares are alive together, later three tensors of the input's size.
        _, squares, *steps = self.keeps(inputs)
        assert isinstance(squares, Tensor)
        if squares.size > 2 * inputs[0].size:
            return (squares,)
        return tuple(step for step in steps if isinstance(step, Tensor))

    def _narrows(self, inputs: Inputs, call: Call) -> bool:
        """Whether the squares are in the lower type, and cast for the sum."""
        return inputs[0].rank > 1 and call.narrow_on_cpu

    def _narrow_sums(self, call: Call) -> bool:
        """Whether the sums are in the lower type too, and cast for the power."""
        return call.device == "cuda" and call.enters_narrow

    def keeps_of(self, inputs: Inputs, call: Call) -> tuple[Kept, ...]:
        kept = self.keeps(inputs)
        if not self._narrow_sums(call):
            return kept
        return tuple(
            item._replace(dtype=call.lower) if isinstance(item, Tensor) and item.name == "squares" else item
            for item in kept
        )

    def _with_narrow_sums(self, inputs: Inputs, call: Call) -> tuple[Step, ...]:
        shape, padded = inputs[0].torch, self._padded(inputs)._replace(dtype=call.lower)
        powers, mean, scaled, narrow = (
            Tensor(name, shape, call.lower, batched=True) for name in ("powers", "mean", "scaled", "narrow")
        )
        sums, divisor = (Tensor(name, shape, batched=True) for name in ("sum", "divisor"))
        return (
            Step((powers,)),
            Step((padded,), ("powers",)),
            Step((mean,), ("squares",)),
            Step((scaled,)),
            Step((narrow,), ("scaled",)),
            Step((sums, divisor), ("sum", "narrow", "mean")),
            Step(),
        )

    def forward_of(self, inputs: Inputs, call: Call) -> tuple[Step, ...]:
        if self._narrow_sums(call):
            return self._with_narrow_sums(inputs, call)
        if not self._narrows(inputs, call):
            return super().forward_of(inputs, call)
        shape, padded = inputs[0].torch, self._padded(inputs)
        mean, scaled, sums, divisor = (
            Tensor(name, shape, batched=True) for name in ("mean", "scaled", "sum", "divisor")
        )
        return (
            Step((Tensor("powers", shape, call.lower, batched=True),)),
            Step((padded._replace(name="narrow", dtype=call.lower),), ("powers",)),
            Step((padded, mean), ("narrow", padded.name)),
            Step((scaled,)),
            Step((sums,), ("scaled",)),
            Step((divisor,), ("mean", "sum")),
            Step(frees=("divisor",)),
        )

    def backward_of(self, inputs: Inputs, wanted: tuple[bool, ...], call: Call) -> tuple[Step, ...]:
        steps = self.backward(inputs, wanted)
        if self._narrow_sums(call):
            index = next(index for index, step in enumerate(steps) if step.makes[-1].name == "grad_sum")
            narrow = Tensor("grad_narrow", inputs[0].torch, call.lower, batched=True)
            return (
                *steps[: index + 1],
                Step((narrow,), ("grad_sum",)),
                *in_type(steps[index + 1 :], call.lower, {"grad_sum": narrow.name}),
            )
        if not self._narrows(inputs, call):
            return steps
        index = next(index for index, step in enumerate(steps) if step.makes[-1].name == "grad_padded")
        narrow = self._padded(inputs)._replace(name="grad_narrow", dtype=call.lower)
        return (
            *steps[: index + 1],
            Step((narrow,), ("grad_padded",)),
            *in_type(steps[index + 1 :], call.lower, {"grad_padded": narrow.name}),
        )

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """The steps of the forward pass in reverse.

        The input has three gradients: one as dividend, two from its square.
        """
        shape = inputs[0].torch
        padded = self._padded(inputs)._replace(name="grad_padded")

        def grad(of: str) -> tuple[Tensor]:
            return (Tensor(f"grad_{of}", shape, batched=True),)

        return (
            *quotient(shape, "divisor"),
            power("grad_divisor", "grad_sum", shape, "sum"),
            Step(grad("mean"), ("grad_sum",)),
            Step((padded,), ("grad_mean", "squares")),
            Step(grad("squares"), ("grad_padded",)),
            Step((*grad("left"), *grad("right")), ("grad_squares", 0)),
            Step(passes=(("grad0", "grad_left"),)),
            Step(passes=(("grad0", "grad_right"),)),
        )

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        arguments = {"size": self.size, "alpha": self.alpha, "beta": self.beta, "k": self.k}
        return (TorchCall("nn.LocalResponseNorm", arguments),)

    def label(self, inputs: Inputs) -> str:
        return "LRN"
