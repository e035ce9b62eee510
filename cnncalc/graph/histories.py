"""The strides and receptive fields of inputs that are features of another network."""

from collections.abc import Mapping, Sequence
from typing import Any

from cnncalc.exact import counted, grouped, plain
from cnncalc.graph.dollar_names import readable
from cnncalc.graph.findings import GraphFindings
from cnncalc.graph.model import InputHistory
from cnncalc.graph.node import Node
from cnncalc.layers import shown
from cnncalc.shape import Shape
from cnncalc.spec import Spec, UnreadableValue, ValueExpr
from cnncalc.spec import faults as language
from cnncalc.text import ExpressionError, escaped


def histories(
    spec: Spec, parameters: Mapping[str, Any], inputs: Sequence[Node], findings: GraphFindings
) -> dict[int, InputHistory]:
    """The history of every input that has one, by its node; errors in them are reported."""
    known = {}
    for node in inputs:
        given = spec.histories.get(node.name)
        if given is None or node.shape is None:
            continue
        stride = _sizes(given.stride, "stride", node.shape, parameters, findings)
        field = (
            None if given.field is None else _sizes(given.field, "field", node.shape, parameters, findings)
        )
        if stride is not None:
            known[node.index] = InputHistory(stride, field)
    return known


def _sizes(
    given: ValueExpr, name: str, shape: Shape, parameters: Mapping[str, Any], findings: GraphFindings
) -> tuple[int, ...] | None:
    """One number for each axis; None if they can't be read, which is reported."""
    try:
        value = given.evaluate(lambda word: readable(parameters[word]))
    except UnreadableValue:
        return None
    except ExpressionError as error:
        findings.add(language.BAD_ARITHMETIC.at(given.span, error.message, help=error.help), None, None)
        return None
    numbers = [plain(item) for item in (value if isinstance(value, tuple) else (value,) * shape.rank)]
    if shape.rank and len(numbers) == shape.rank and all(map(_is_size, numbers)):
        return tuple(int(number) for number in numbers)
    if not shape.rank:
        message, help = f"features have no `{name}`: {grouped(shape.channels)} is their number", "remove it"
    else:
        axes = f"{counted(shape.rank, 'number')} ({', '.join(shape.axes)})"
        message = (
            f"`{name}` of an input must be a whole number, 1 or more, or {axes}, not {escaped(shown(value))}"
        )
        help = f"write `{name}: 16`, for example: pixels of the image"
    findings.add(language.WRONG_VALUE.at(given.span, message, help=help), None, None)
    return None


def _is_size(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
