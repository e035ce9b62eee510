"""Arithmetic of tensors and numbers."""

from typing import Any

from cnncalc.pytorch.capture.arranging import joined
from cnncalc.pytorch.capture.drafting import Drafting, Tensor
from cnncalc.pytorch.capture.learned import combined_with_learned
from cnncalc.pytorch.capture.mapping import Unmapped, maps
from cnncalc.pytorch.capture.scores import Scores
from cnncalc.pytorch.capture.values import Own, Value


def combine(drafting: Drafting, type: str, first: Any, second: Any) -> Tensor:
    """An operation on two operands, of which one at least depends on the input."""
    if isinstance(first, Scores) and not first.weights and type in ("mul", "div"):
        factor = number(second)
        if factor is not None and not first.added:
            return first.times(factor if type == "mul" else 1 / factor)
    for scores, other in ((first, second), (second, first)):
        if type == "add" and _is_added(scores, other):
            sum: Tensor = scores.plus(other)
            return sum
    first, second = drafting.settled(first), drafting.settled(second)
    if isinstance(first, bool | str) or isinstance(second, bool | str):
        raise Unmapped("an operand is not a number")
    if isinstance(first, Value) and isinstance(second, Value):
        return _of_values(drafting, type, first, second)
    value, other = (first, second) if isinstance(first, Value) else (second, first)
    if not isinstance(value, Value):
        raise Unmapped("it does not depend on the input of the network")
    if isinstance(other, Own):
        return combined_with_learned(drafting, type, value, other, swapped=value is second)
    if not isinstance(other, int | float):
        raise Unmapped("an operand is neither a tensor nor a number")
    swapped = value is second
    if value.expanded:
        raise Unmapped("its input is repeated by `expand`")
    if not swapped and (type, other) in (("add", 0), ("sub", 0), ("mul", 1), ("div", 1)):
        return value
    if type == "mul":
        return drafting.elementwise("scale", value, factor=float(other))
    return drafting.elementwise(type, value, numbers=(other, None) if swapped else (None, other))


def number(given: Any) -> float | None:
    """A factor that is a number; None for others."""
    return float(given) if isinstance(given, int | float) and not isinstance(given, bool) else None


def _is_added(scores: Any, other: Any) -> bool:
    """Whether a tensor of the model is added to scores of attention, which then may be a table or a mask."""
    if not isinstance(scores, Scores) or scores.weights or not isinstance(other, Own):
        return False
    return other.number >= 0 and len(other.shape) <= len(scores.shape)


def _of_values(drafting: Drafting, type: str, first: Value, second: Value) -> Value:
    first, second = _plain(first, second), _plain(second, first)
    base, other = joined(drafting, first, second)
    axes = tuple(axis or same for axis, same in zip(base.axes, other.axes, strict=True))
    dims = tuple(part or same for part, same in zip(base.dims, _dims(other, len(base.dims)), strict=True))
    return drafting.emit(type, [base, other], axes, dims)


def _dims(value: Value, count: int) -> tuple[Any, ...]:
    return ((),) * (count - len(value.dims)) + value.dims


def _plain(value: Value, other: Value) -> Value:
    """The value without the repetition by `expand`, which the operation does itself."""
    if value.expanded and value.shape == other.shape:
        return Value(value.node, value.axes, value.dims)
    return value


@maps("add", pending=True)
def add(drafting: Drafting, input: Any, other: Any, alpha: Any = 1) -> Tensor:
    if alpha != 1:
        raise Unmapped("its second operand has a factor")
    return combine(drafting, "add", input, other)


@maps("radd", pending=True)
def radd(drafting: Drafting, input: Any, other: Any) -> Tensor:
    return combine(drafting, "add", other, input)


@maps("mul", "multiply", "rmul", pending=True)
def mul(drafting: Drafting, input: Any, other: Any) -> Tensor:
    return combine(drafting, "mul", input, other)


@maps("sub", "subtract")
def sub(drafting: Drafting, input: Any, other: Any, alpha: Any = 1) -> Tensor:
    if alpha != 1:
        raise Unmapped("its second operand has a factor")
    return combine(drafting, "sub", input, other)


@maps("rsub")
def rsub(drafting: Drafting, input: Any, other: Any, alpha: Any = 1) -> Tensor:
    if alpha != 1:
        raise Unmapped("its second operand has a factor")
    return combine(drafting, "sub", other, input)


@maps("div", "divide", "true_divide", "truediv", pending=True)
def div(drafting: Drafting, input: Any, other: Any, rounding_mode: Any = None) -> Tensor:
    if rounding_mode is not None:
        raise Unmapped("it rounds")
    return combine(drafting, "div", input, other)


@maps("rdiv", "rtruediv")
def rdiv(drafting: Drafting, input: Any, other: Any) -> Tensor:
    return combine(drafting, "div", other, input)


@maps("pow")
def pow(drafting: Drafting, input: Any, exponent: Any) -> Tensor:
    return combine(drafting, "pow", input, exponent)


@maps("maximum")
def maximum(drafting: Drafting, input: Any, other: Any) -> Tensor:
    return combine(drafting, "maximum", input, other)


@maps("minimum")
def minimum(drafting: Drafting, input: Any, other: Any) -> Tensor:
    return combine(drafting, "minimum", input, other)


@maps("neg", "negative")
def neg(drafting: Drafting, input: Any) -> Value:
    return drafting.elementwise("scale", drafting.value(input), factor=-1.0)


@maps("square")
def square(drafting: Drafting, input: Any) -> Tensor:
    return combine(drafting, "pow", input, 2)


@maps("rsqrt")
def rsqrt(drafting: Drafting, input: Any) -> Tensor:
    return combine(drafting, "pow", input, -0.5)


@maps("reciprocal")
def reciprocal(drafting: Drafting, input: Any) -> Tensor:
    return combine(drafting, "div", 1.0, input)


@maps("addcmul")
def addcmul(drafting: Drafting, input: Any, tensor1: Any, tensor2: Any, value: Any = 1) -> Tensor:
    """A sum of a tensor and a product."""
    if value != 1:
        raise Unmapped("its product has a factor")
    product = combine(drafting, "mul", tensor1, tensor2)
    return combine(drafting, "add", input, product)
