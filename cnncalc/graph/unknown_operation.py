"""From an `unknown` item to its node: evaluates its figures, and notes that nothing checks them."""

from cnncalc.diagnostic import Diagnostic, Severity
from cnncalc.exact import plain
from cnncalc.graph import faults
from cnncalc.graph.bind import Binder, Unbound
from cnncalc.graph.expect import bad_shape
from cnncalc.graph.growing import Growing
from cnncalc.graph.model import Graph
from cnncalc.graph.scope import Scope
from cnncalc.layers import shown
from cnncalc.shape import Shape
from cnncalc.spec import BadShape, UnknownItem, read_shape
from cnncalc.spec import faults as language
from cnncalc.spec.controls import is_count
from cnncalc.spec.unknown_item import COUNTS, UNKNOWN
from cnncalc.text import escaped
from cnncalc.vocabulary.unknown import UnknownOperation


def operation(
    growing: Growing, binder: Binder, item: UnknownItem, entering: Shape | None, scope: Scope
) -> UnknownOperation:
    """The operation with its shape and its counts. Raises `Unbound` if one can't be read, which is reported."""
    shape = None
    if item.shape is not None:
        read = read_shape(binder.value(item.shape, entering, scope))
        if isinstance(read, BadShape):
            growing.report(bad_shape(read, item.shape), scope)
            raise Unbound(reported=True)
        shape = read
    counts: dict[str, int | None] = dict.fromkeys(COUNTS)
    for name, given in item.counts.items():
        value = plain(binder.value(given, entering, scope))
        if value != UNKNOWN and not is_count(value):
            message = (
                f"`{name}` must be a whole number, 0 or more, or `{UNKNOWN}`, not {escaped(shown(value))}"
            )
            growing.report(language.WRONG_VALUE.at(given.span, message), scope)
            raise Unbound(reported=True)
        counts[name] = None if value == UNKNOWN else value
    return UnknownOperation(
        op=escaped(item.op),
        shape=shape,
        params=counts["params"],
        buffers_count=counts["buffers"],
        macs=counts["macs"],
        note=escaped(item.note, 200),
    )


def note(item: UnknownItem, name: str, layer: UnknownOperation, shape: Shape) -> Diagnostic:
    """The note that nothing checks an operation: its shape, and which of its figures are unknown."""
    known = {"parameters": layer.params, "buffers": layer.buffers_count, "MACs": layer.macs}
    missing = [word for word, value in known.items() if value is None]
    words = f"{', '.join(missing[:-1])} and {missing[-1]}" if len(missing) > 1 else "".join(missing)
    rest = f"; its {words} are unknown" if missing else ""
    trusted = (
        f"its shape, {shape}, is not checked" if shape.rank or layer.shape else "its shape is not checked"
    )
    message = f"`{name}` is `{layer.op}`, an operation without a layer here: {trusted}{rest}"
    return faults.UNKNOWN_OPERATION.at(item.span, message, help=layer.note or None)


def not_computed(graph: Graph, what: str) -> Diagnostic:
    """The error for a figure of a network that has an operation without a layer: its name is the reason."""
    node = graph.opaque[0]
    assert node.item is not None
    assert node.fit is not None
    more = f" (and {len(graph.opaque) - 1} more)" if len(graph.opaque) > 1 else ""
    layer = node.fit.layer
    assert isinstance(layer, UnknownOperation)
    message = f"{what} is unknown: `{node.name}`{more} is `{layer.op}`, an operation without a layer here"
    return faults.UNKNOWN_OPERATION.at(node.item.span, message, severity=Severity.ERROR)
