"""Values held between two bounds."""

from collections.abc import Iterator
from math import inf
from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary import field_faults
from cnncalc.vocabulary.activation import Function
from cnncalc.vocabulary.field import number
from cnncalc.vocabulary.groups import KeepsInput
from cnncalc.vocabulary.layer import Example, Inputs, Problem, Step, Tensor, TorchCall, Work, layer
from cnncalc.vocabulary.limits import Limits


@layer
class Clamp(Function, KeepsInput):
    """x, but at least `min` and at most `max`; one of the bounds can be left out."""

    autocast = "input"
    kept_first = True
    function: ClassVar[str] = "torch.clamp"
    source: ClassVar[str] = "torch.clamp"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"min": 0, "max": 1}, (Shape(16, (8, 8)),)),
        Example({"min": -0.5}, (Shape(4, (20,)),)),
        Example({"max": 2}, (Shape(10),)),
    )

    min: float | None = number(None, "the smallest value (default: none)")
    max: float | None = number(None, "the largest value (default: none)")

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        if self.min is None and self.max is None:
            yield Problem(
                field_faults.ONE_OF_TWO_FIELDS,
                "clamp has neither `min` nor `max`, so it would change nothing",
                help="write `clamp: {min: 0}`, for example",
            )
        elif self.min is not None and self.max is not None and self.min > self.max:
            yield Problem(
                field_faults.EMPTY_RANGE,
                f"`min` is {self.min:g} and `max` is {self.max:g}: no value lies between them, and all would be "
                f"{self.max:g}",
                "min",
                help=f"exchange them: `clamp: {{min: {self.max:g}, max: {self.min:g}}}`",
                blocking=False,
            )

    @property
    def gives(self) -> Limits:  # type: ignore[override]
        high = inf if self.max is None else self.max
        return Limits(-inf if self.min is None else min(self.min, high), high)

    @property
    def leaves(self) -> Limits:  # type: ignore[override]
        return self.gives

    @property
    def keeps_sign(self) -> bool:  # type: ignore[override]
        return self.gives.high >= 0

    def limits(self, inputs: Inputs, before: tuple[Limits, ...]) -> Limits:
        (entering,), (low, high) = before, self.gives
        return Limits(min(max(entering.low, low), high), max(min(entering.high, high), low))

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """The gradient where the input is within the bounds, and 0 elsewhere."""
        shape = inputs[0].torch
        bounds = [
            bound
            for bound in ("above", "below")
            if getattr(self, {"above": "min", "below": "max"}[bound]) is not None
        ]
        masks = tuple(Tensor(bound, shape, "bool", batched=True) for bound in bounds)
        return (Step((Tensor("zero", ()), *masks, Tensor("grad0", shape, batched=True)), ("zero", *bounds)),)

    def work(self, inputs: Inputs) -> Work:
        return Work(compares=inputs[0].size * ((self.min is not None) + (self.max is not None)))

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        bounds = {"min": self.min, "max": self.max}
        return (
            TorchCall(self.function, {name: bound for name, bound in bounds.items() if bound is not None}),
        )
