"""Arithmetic of operands and numbers: two at a time, from the first to the last, with broadcasting by name."""

from collections.abc import Iterator
from functools import reduce
from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary import operand_faults
from cnncalc.vocabulary.arithmetic_backward import Broadcast, gradient_lies, steps_back
from cnncalc.vocabulary.field import base
from cnncalc.vocabulary.layer import Call, Inputs, Kept, Problem, Reach, Step, Tensor, TorchCall, Work
from cnncalc.vocabulary.layer_type import unwritten
from cnncalc.vocabulary.layouts import LikeOperands
from cnncalc.vocabulary.limits import Limits
from cnncalc.vocabulary.merge import Merge, aligned, broadcast_shape, elementwise_problems
from cnncalc.vocabulary.operations import ArithmeticOperation, Kind, Term
from cnncalc.vocabulary.strides import Lying, elementwise, in_order

# What one value of a result costs, by operation.
COSTS = {
    "add": "adds",
    "sub": "adds",
    "mul": "multiplies",
    "div": "divides",
    "reciprocal": "divides",
    "pow": "exponentials",
    "maximum": "compares",
    "minimum": "compares",
}
# Python's operator for each, which PyTorch takes numbers with.
OPERATORS = {"div": "truediv"}
NOTHING = Term(None, None)


@base
class Arithmetic(LikeOperands, Merge):
    """An operation on two operands, or on more two at a time. Operands can be numbers, but one at least is a tensor."""

    takes_numbers = True
    without_batch = "all"
    # The operation, and what a partial result is called.
    operation: ClassVar[Kind]
    partial: ClassVar[str] = "partial"
    # The number that changes no value as the second operand; None if there is none.
    neutral: ClassVar[float | None] = None

    # If there are numbers among the operands: all operands, with None for tensors. A spec has them in its list.
    numbers: tuple[float | None, ...] = unwritten(())

    @property
    def one_tensor(self) -> bool:
        """Whether all other operands are numbers."""
        return self.numbers.count(None) == 1

    def changes_nothing(self, inputs: Inputs, *, training: bool) -> bool:
        """Whether it takes one tensor, and a number that leaves every value as it is."""
        number = self.single_number
        return number is not None and number == self.neutral

    @property
    def single_number(self) -> float | None:
        """The operand beside a tensor, if it is a number; as the first operand it must commute."""
        if len(self.numbers) != 2 or not self.one_tensor:
            return None
        first, second = self.numbers
        return second if first is None else first if self.commutes else None

    def terms(self, inputs: Inputs) -> tuple[Term, ...]:
        """Operands and numbers, in order; one value has the axes of the other operands."""
        operands = iter(enumerate(aligned(inputs)))
        return tuple(
            Term(*next(operands)) if number is None else Term(None, None, number)
            for number in self.numbers or (None,) * len(inputs)
        )

    def of_numbers(self, first: float, other: float) -> float:
        """The result for two numbers."""
        raise NotImplementedError

    def operations(self, inputs: Inputs) -> tuple[ArithmeticOperation, ...]:
        """PyTorch's operations, in order."""
        terms = self.terms(inputs)
        pairs: list[tuple[Kind, Term, Term, Shape]] = []
        value = terms[0]
        for term in terms[1:]:
            if value.number is not None and term.number is not None:
                value = Term(None, None, self.of_numbers(value.number, term.number))
                continue
            shapes = [each.shape for each in (value, term) if each.shape is not None]
            shape = reduce(lambda source, other: broadcast_shape(source, other) or source, shapes)
            if self.operation == "div" and value.number is not None:
                pairs.append(("reciprocal", term, NOTHING, shape))
                value, term = Term(f"{self.partial}{len(pairs)}", shape), value
                pairs.append(("mul", value, term, shape))
            elif self.operation in ("maximum", "minimum", "add", "mul") and value.number is not None:
                pairs.append((self.operation, term, value, shape))
            else:
                pairs.append((self.operation, value, term, shape))
            value = Term(f"{self.partial}{len(pairs)}", shape)
        last = len(pairs)
        return tuple(
            ArithmeticOperation(
                kind, left, right, Term("output" if index == last else f"{self.partial}{index}", shape)
            )
            for index, (kind, left, right, shape) in enumerate(pairs, 1)
        )

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        unfit = tuple(elementwise_problems(inputs, broadcast=True))
        yield from unfit
        result = None if unfit else self.output(inputs).torch
        if result is not None and all(shape.torch != result for shape in aligned(inputs)):
            shapes = " and ".join(map(str, inputs))
            yield Problem(
                operand_faults.BROADCAST_TO_LARGER,
                f"{shapes} are broadcast to {self.output(inputs)}, a shape that no operand has",
                help="if that is meant, write `allow: {S026: broadcast on purpose}` beside it",
                blocking=False,
                operand=1,
            )

    def output(self, inputs: Inputs) -> Shape:
        return self.operations(inputs)[-1].shape

    def reach(self, inputs: Inputs) -> tuple[Reach, ...]:
        """Along the axes of the output: one value, which the first operand may be, has others."""
        return (Reach(),) * self.output(inputs).rank

    def work(self, inputs: Inputs) -> Work:
        counts: dict[str, int] = {}
        for operation in self.operations(inputs):
            cost = COSTS[operation.kind]
            counts[cost] = counts.get(cost, 0) + operation.shape.size
        return Work(**counts)

    def of_limits(self, first: Limits, other: Limits) -> Limits:
        """The limits of the result of two operands."""
        raise NotImplementedError

    def limits(self, inputs: Inputs, before: tuple[Limits, ...]) -> Limits:
        operands = iter(before)
        return reduce(
            self.of_limits,
            (
                next(operands) if term.number is None else Limits(term.number, term.number)
                for term in self.terms(inputs)
            ),
        )

    def _partials(self, inputs: Inputs) -> dict[int | str, Tensor]:
        return {
            str(operation.result.name): Tensor(
                str(operation.result.name), operation.shape.torch, batched=operation.shape.batched
            )
            for operation in self.operations(inputs)[:-1]
        }

    def _wanted(
        self, inputs: Inputs, wanted: tuple[bool, ...]
    ) -> Iterator[tuple[ArithmeticOperation, tuple[bool, bool]]]:
        """Every operation, and whether its terms need a gradient."""
        needs: dict[int | str | None, bool] = {None: False, **dict(enumerate(wanted))}
        for operation in self.operations(inputs):
            both = needs[operation.left.name], needs[operation.right.name]
            needs[operation.result.name] = any(both)
            yield operation, both

    def _kept(self, inputs: Inputs, wanted: tuple[bool, ...]) -> set[int | str]:
        return {
            name
            for operation, both in self._wanted(inputs, wanted)
            if any(both)
            for name in operation.kept(both)
        }

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        names, partials = self._kept(inputs, (True,) * len(inputs)), self._partials(inputs)
        operands = sorted(name for name in names if isinstance(name, int))
        result: tuple[Kept, ...] = ("output",) if "output" in names else ()
        return (*operands, *(tensor for name, tensor in partials.items() if name in names), *result)

    def spared(self, inputs: Inputs, passes: tuple[bool, ...]) -> set[int | str]:
        return self._kept(inputs, (True,) * len(inputs)) - self._kept(inputs, passes)

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """With several operations, the last partial result."""
        return tuple(self._partials(inputs).values())[-1:]

    def forward(self, inputs: Inputs, *, training: bool) -> tuple[Step, ...]:
        partials = self._partials(inputs)
        # A number over a tensor is one call of two operations: the tensor is there until the end.
        last_use = {
            name: index + (item.kind == "reciprocal")
            for index, item in enumerate(self.operations(inputs))
            for name in item.tensors
        }
        return tuple(
            Step(
                (partials[item.result.name],) if item.result.name in partials else (),
                tuple(name for name, last in last_use.items() if last == index),
            )
            for index, item in enumerate(self.operations(inputs))
        )

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        return tuple(steps_back(self._wanted(inputs, wanted), {}))

    def _narrow(self, inputs: Inputs, call: Call) -> dict[int | str | None, str]:
        """The partial results that autocast computes in the lower type, though the output is in float32."""
        lower = call.lower
        if lower is None or self.autocast == "float32" or set(call.entering) <= {lower}:
            return {}
        narrow: dict[int | str | None, str] = {
            which: lower for which, dtype in enumerate(call.entering) if dtype == lower
        }
        for operation in self.operations(inputs)[:-1]:
            if all(name in narrow for name in operation.tensors):
                narrow[operation.result.name] = lower
        return {name: dtype for name, dtype in narrow.items() if isinstance(name, str)}

    def keeps_of(self, inputs: Inputs, call: Call) -> tuple[Kept, ...]:
        narrow = self._narrow(inputs, call)
        return tuple(
            item._replace(dtype=narrow.get(item.name, item.dtype)) if isinstance(item, Tensor) else item
            for item in self.keeps(inputs)
        )

    def forward_of(self, inputs: Inputs, call: Call) -> tuple[Step, ...]:
        narrow = self._narrow(inputs, call)
        steps = self.forward(inputs, training=call.training)
        return tuple(
            step._replace(
                makes=tuple(item._replace(dtype=narrow.get(item.name, item.dtype)) for item in step.makes)
            )
            for step in steps
        )

    def backward_of(self, inputs: Inputs, wanted: tuple[bool, ...], call: Call) -> tuple[Step, ...]:
        narrow = self._narrow(inputs, call)
        return (
            tuple(steps_back(self._wanted(inputs, wanted), narrow))
            if narrow
            else self.backward(inputs, wanted)
        )

    def _layouts(self, inputs: Inputs, call: Call) -> list[Broadcast]:
        """The sizes and the layout of each operand as it is broadcast: no step leads from one image to the next."""
        return [
            (
                shape.torch,
                (0, *in_order(shape.torch))
                if not shape.batched
                else call.lies(which)
                if shape == inputs[which]
                else None,
            )
            for which, shape in enumerate(aligned(inputs))
        ]

    def lies(self, inputs: Inputs, call: Call) -> Lying:
        """The layout of the operands, as far as they agree; of learned tensors alone, in order."""
        output = self.output(inputs)
        return elementwise(output.torch, self._layouts(inputs, call)) if output.batched else None

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        """The layout of the gradient, and of what it is multiplied by; for a broadcast operand, in order."""
        if call.grad is None and not call.lying:
            return None
        output = self.output(inputs)
        shape = output.torch
        if inputs[which].torch != shape or inputs[which].batched != output.batched or not output.batched:
            return None
        operation = next(item for item in self.operations(inputs) if which in item.tensors)
        return gradient_lies(operation, which, self._layouts(inputs, call), (shape, call.grad))

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        # PyTorch itself gives more axes to a tensor that has fewer, if it has no batch.
        views = tuple(
            None
            if own == shape or (not shape.batched and shape.rank < own.rank)
            else (*(-1,) * shape.batched, *own.torch)
            for shape, own in zip(inputs, aligned(inputs), strict=True)
        )
        views = views if any(views) else ()
        if not self.numbers:
            return (TorchCall(f"torch.{self.operation}", operands="fold", views=views),)
        function = OPERATORS.get(self.operation, self.operation)
        return (TorchCall(f"operator.{function}", operands="fold", numbers=self.numbers, views=views),)

    def label(self, inputs: Inputs) -> str:
        return self.key.upper()
