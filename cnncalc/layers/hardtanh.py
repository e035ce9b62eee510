"""Clipping to a range."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary import field_faults
from cnncalc.vocabulary.activation import SHAPES, CopyingActivation, OfOutputs
from cnncalc.vocabulary.field import number
from cnncalc.vocabulary.layer import Example, Inputs, Problem, TorchCall, Work, layer
from cnncalc.vocabulary.limits import Limits


@layer
class HardTanh(OfOutputs, CopyingActivation):
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
            yield Problem(
                field_faults.EMPTY_RANGE,
                f"there is no value between {self.min_val:g} and {self.max_val:g}",
                "min_val",
            )

    def work(self, inputs: Inputs) -> Work:
        return Work(compares=2 * inputs[0].size)

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        (call,) = super().torch(inputs)
        return (TorchCall(call.target, {"min_val": self.min_val, "max_val": self.max_val, **call.arguments}),)
