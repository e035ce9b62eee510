"""Sums, products and other functions of two tensors; with numbers and learned tensors."""

from dataclasses import replace
from typing import Any

from cnncalc.importers.onnx.call import OnnxCall, operator
from cnncalc.importers.onnx.operators._broadcast import TYPES, functions, of_values
from cnncalc.importers.onnx.operators._learned import with_learned
from cnncalc.importers.onnx.operators._numbers import rounded
from cnncalc.importers.onnx.operators.activation import curved
from cnncalc.importers.onnx.operators.attention import with_bias
from cnncalc.importers.onnx.reading import OnnxReading
from cnncalc.importers.onnx.values import (
    Constant,
    Entry,
    NoLayer,
    OnnxScores,
    OnnxWeight,
    Values,
)


@operator(*TYPES, "Mean")
def arithmetic(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """The layer with the same name; one operand after another where there are more than two."""
    if call.op == "Mean" or not call.inputs:
        raise NoLayer("")
    first, *others = call.inputs
    op = "Add" if call.op == "Sum" else call.op
    result = first
    for index, other in enumerate(others, 1):
        result = _two(reading, call, op, result, other, (call.names[0], call.names[index]))
    assert result is not None
    return [result]


def _two(
    reading: OnnxReading,
    call: OnnxCall,
    op: str,
    left: Entry | None,
    right: Entry | None,
    names: tuple[str, str],
) -> Entry:
    for scores, other in ((left, right), (right, left)):
        if isinstance(scores, OnnxScores):
            return _of_scores(reading, op, scores, other, is_first=scores is left)
    numbers = tuple(
        reading.number(entry) if not isinstance(entry, Values) else None for entry in (left, right)
    )
    if isinstance(left, Values) and isinstance(right, Values):
        return of_values(reading, op, left, right)
    if isinstance(left, Values) and numbers[1] is not None:
        return _with_number(reading, op, left, rounded(numbers[1]), is_first=True)
    if isinstance(right, Values) and numbers[0] is not None:
        return _with_number(reading, op, right, rounded(numbers[0]), is_first=False)
    if isinstance(left, Values) and isinstance(right, OnnxWeight | Constant):
        return with_learned(reading, op, left, _weight(reading, right, names[1]), names[0], is_first=True)
    if isinstance(right, Values) and isinstance(left, OnnxWeight | Constant):
        return with_learned(reading, op, right, _weight(reading, left, names[0]), names[1], is_first=False)
    raise NoLayer("")


def _weight(reading: OnnxReading, entry: OnnxWeight | Constant, name: str) -> OnnxWeight:
    if isinstance(entry, OnnxWeight):
        return entry
    if not reading.model.is_of_torch and entry.array.dtype.kind == "f":
        return OnnxWeight((entry.name or name,), entry.sizes)
    raise NoLayer("one operand is a constant tensor")


def _of_scores(
    reading: OnnxReading, op: str, scores: OnnxScores, other: Entry | None, *, is_first: bool
) -> Entry:
    """The factor of an attention, its biases and its mask."""
    number = reading.number(other) if not isinstance(other, Values | OnnxScores) else None
    if (
        number is not None
        and not scores.is_softmax
        and not scores.biases
        and is_first
        and op in ("Mul", "Div")
    ):
        return replace(scores, scale=scores.scale * (number if op == "Mul" else 1 / number))
    if number is not None and not scores.is_softmax and op == "Mul" and not scores.biases:
        return replace(scores, scale=scores.scale * number)
    if op == "Add" and not scores.is_softmax:
        return with_bias(reading, scores, other)
    return replace(scores, unclear=scores.unclear or "its scores are changed in another way")


def _with_number(reading: OnnxReading, op: str, values: Values, number: float, *, is_first: bool) -> Values:
    neutral = {"Add": 0, "Sub": 0, "Mul": 1, "Div": 1, "Pow": 1}
    if neutral.get(op) == number and (is_first or op in ("Add", "Mul")):
        return values
    function = functions()[op]

    def curve(x: Any) -> Any:
        return function(x, number) if is_first else function(number, x)

    if op == "Mul" or (op == "Div" and is_first and number):
        factor = number if op == "Mul" else rounded(1 / number)
        return curved(reading, values, "scale", {"factor": factor}, curve)
    operands = [values.node, number] if is_first else [number, values.node]
    return curved(reading, values, TYPES[op], {"of": operands}, curve)
