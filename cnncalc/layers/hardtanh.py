"""Clipping to a range."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary import field_faults
from cnncalc.vocabulary.activation import SHAPES, ClippingActivation, OfOutputs
from cnncalc.vocabulary.field import number
from cnncalc.vocabulary.layer import Example, Inputs, Problem, TorchCall, Work, layer
from cnncalc.vocabulary.limits import Limits


@layer
class HardTanh(OfOutputs, ClippingActivation):
    """min(max(min_val, x), max_val)."""

    decomposed = True
    autocast = "input"
    loss = None
    source: ClassVar[str] = "torch.nn.Hardtanh"
    module: ClassVar[str] = "nn.Hardtanh"
    examples: ClassVar[tuple[Example, ...]] = (
        *SHAPES,
        Example({"min_val": 0.0, "inplace": True}, (Shape(8, (4, 4)),)),
    )

    min_val: float = number(-1.0, "the smallest value")
    max_val: float = number(1.0, "the largest value")

    @property
    def gives(self) -> Limits:  # type: ignore[override]
        return Limits(self.min_val, self.max_val)

    @property
    def leaves(self) -> Limits:  # type: ignore[override]
        return self.gives

    @property
    def keeps_sign(self) -> bool:  # type: ignore[override]
        return self.max_val >= 0

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        if self.min_val >= self.max_val:
            low, high = sorted((self.min_val, self.max_val))
            instead = (
                f"min_val: {_text(low)}, max_val: {_text(high if low < high else low + max(1.0, abs(low)))}"
            )
            yield Problem(
                field_faults.EMPTY_RANGE,
                f"`min_val` is {self.min_val:g} and `max_val` is {self.max_val:g}: no value lies between them",
                "min_val",
                help=f"the smaller number is `min_val`: write `{instead}`"
                if low < high
                else f"`max_val` must be larger: write `{instead}`, for example",
            )

    def work(self, inputs: Inputs) -> Work:
        return Work(compares=2 * inputs[0].size)

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        (call,) = super().torch(inputs)
        return (TorchCall(call.target, {"min_val": self.min_val, "max_val": self.max_val, **call.arguments}),)


def _text(value: float) -> str:
    """A number, without `.0` if it is a whole one."""
    short = f"{value:g}"
    return short if float(short) == value else repr(value)
