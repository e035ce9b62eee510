"""Drafts of graphs, as an importer would make them: flat, with a module call for each use of a block."""

from typing import Any

from cnncalc.graph import BlockUse, Graph, Node
from cnncalc.importers import Draft, DraftNode, Scope
from cnncalc.layers import REQUIRED, Layer, main_field, stated
from cnncalc.vocabulary.unknown import UnknownOperation
from cnncalc.vocabulary.values import Mapped


def draft_of(graph: Graph, *, scopes: bool = True) -> Draft:
    """The draft of a graph; with `scopes`, the blocks of its spec are modules."""
    names = {node.index: f"n{node.index}" for node in graph.layers}
    names |= {node.index: node.name for node in graph.inputs}
    nodes = []
    for node in graph.layers:
        owner = names[node.owner] if node.owner != node.index else None
        nodes.append(
            DraftNode(
                names[node.index],
                node.kind,
                fields_of(node),
                tuple(names[index] for index in node.inputs),
                node.shape,
                shares=owner,
                scopes=_scopes(node) if scopes else (),
                controls={"freeze": True} if node.frozen else {},
            )
        )
    inputs = {node.name: node.shape for node in graph.inputs if node.shape is not None}
    return Draft(graph.spec.name or "net", inputs, nodes, tuple(names[index] for index in graph.outputs))


def fields_of(node: Node) -> dict[str, Any]:
    """All fields of a layer, as a spec has them."""
    assert node.fit is not None
    layer = node.fit.layer
    if isinstance(layer, UnknownOperation):
        counts = {"params": layer.params, "buffers": layer.buffers_count, "macs": layer.macs}
        given = {name: "unknown" if count is None else count for name, count in counts.items()}
        assert node.shape is not None
        return {"op": layer.op, "shape": dict(node.shape.asdict()), **given}
    numbers = getattr(layer, "numbers", ())
    return {**_fields_of(layer), **({"numbers": numbers} if numbers else {})}


def _fields_of(layer: Layer) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, (_, default) in stated(type(layer)).items():
        value = getattr(layer, name)
        if name == "bias" and value is None:
            value = True
        if value is None or (default is not REQUIRED and value == default):
            continue
        if layer.reads_indices and name == main_field(type(layer)):
            continue
        if isinstance(value, Mapped):
            value = value.asdict()
        fields[name] = list(value) if isinstance(value, tuple) else value
    return fields


def _scopes(node: Node) -> tuple[Scope, ...]:
    scopes: list[Scope] = []
    frame: BlockUse | None = node.frame
    while frame is not None:
        scopes.insert(0, Scope(frame.name, frame.item.block))
        frame = frame.parent
    return (Scope("", "Network"), *scopes)
