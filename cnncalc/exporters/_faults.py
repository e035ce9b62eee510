"""What a target has no form for."""

from cnncalc.diagnostic import Diagnostic, Span
from cnncalc.graph import Graph, Node
from cnncalc.importers.faults import NO_FORM
from cnncalc.vocabulary.unknown import UnknownOperation


def no_form(graph: Graph, node: Node, why: str = "") -> Diagnostic:
    """The finding for a node that cannot be written."""
    span = node.item.span if node.item is not None else graph.places.get(node.index)
    layer = node.fit.layer if node.fit is not None else None
    if isinstance(layer, UnknownOperation):
        message = f"`{node.name}` is `{layer.op}`, an operation without a layer here: it can't be exported"
    else:
        message = (
            f"`{node.name}` can't be exported: {why or f'the target has no `{node.kind}` with these fields'}"
        )
    return NO_FORM.at(span or Span(graph.spec.file, 1, 1, 1, 1), message)
