"""Edits of one layer's text: a field set to another value, a field added, a layer repeated."""

from collections.abc import Mapping

from cnncalc.diagnostic import Edit, Span
from cnncalc.graph import Graph, Node
from cnncalc.graph.edits import beside, insertion
from cnncalc.spec import LayerItem
from cnncalc.spec.item_types import Controls
from cnncalc.text import Source


def setting(graph: Graph, node: Node, fields: Mapping[str, str]) -> tuple[Edit, ...]:
    """Edits that set fields of a layer, in place or next to another field; none if impossible."""
    call, item = node.call, node.item
    if (
        call is None
        or not isinstance(item, LayerItem)
        or item.layer.key != node.kind
        or item.first is not None
    ):
        return ()
    if any(name in call.computed for name in fields):
        return ()
    written = {name: text for name, text in fields.items() if name in call.spans}
    added = {name: text for name, text in fields.items() if name not in call.spans}
    edits = [_put(graph, call.spans[name], text) for name, text in written.items()]
    if not added:
        return tuple(edits)
    if (edit := beside(graph.sources, item.layer.key, call.spans, written, added)) is None:
        return ()
    return (*(change for change in edits if change.span != edit.span), edit)


def _put(graph: Graph, span: Span, text: str) -> Edit:
    """An edit that replaces a value; if none is written (`padding:`, or `{padding}`), it inserts one after the key."""
    source = graph.sources.get(span.file)
    if source is None or span.start != (span.end_line, span.end_column):
        return Edit(span, text)
    before = source.line(span.line)[: span.column - 1]
    return Edit(span, f" {text}" if before.endswith(":") else text if before.endswith(" ") else f": {text}")


def repeated(graph: Graph, node: Node, times: int) -> Edit | None:
    """Adds `repeat` to a layer that has no other control key."""
    item = node.item
    if item is None or item.controls != Controls():
        return None
    source = graph.sources.get(item.whole.file)
    line, column = (source.line(item.whole.line), item.whole.column - 1) if source else ("", 0)
    if line[column : column + 1] == "{":
        inside = Span(item.whole.file, item.whole.line, column + 2, item.whole.line, column + 2)
        return Edit(inside, f"repeat: {times}, ")
    # Within a flow list a second key would be a separate item.
    if not line[:column].rstrip().endswith(("-", "{")):
        return None
    return insertion(graph.sources, item.whole, f"repeat: {times}", item=False)


def word(graph: Graph, node: Node, key: str) -> Edit | None:
    """Replaces a layer type, if all written arguments exist for both types."""
    item = node.item
    source: Source | None = graph.sources.get(item.span.file) if item is not None else None
    if item is None or source is None or not isinstance(item, LayerItem) or item.layer.key != node.kind:
        return None
    written = source.line(item.span.line)[item.span.column - 1 : item.span.end_column - 1]
    return Edit(item.span, key) if written == node.kind else None


def alone(node: Node) -> Span | None:
    """The whole text of a layer's item, if it contains nothing but the layer."""
    item = node.item
    if not isinstance(item, LayerItem) or item.layer.key != node.kind:
        return None
    return item.whole if item.controls == Controls() and item.norm is None and item.act is None else None
