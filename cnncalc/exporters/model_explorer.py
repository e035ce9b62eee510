"""Graphs for Google's Model Explorer."""

from collections import defaultdict
from typing import Any

from cnncalc.exact import grouped
from cnncalc.exporters._described import as_json, blocks, fields
from cnncalc.exporters._exporter import Exporter
from cnncalc.graph import Graph, Node

# Figures by their column, and as Model Explorer shows them.
FIGURES = {"params": "params", "buffers": "buffers", "macs": "MACs", "activation_bytes": "output bytes"}


class ModelExplorer(Exporter):
    """A list of one graph collection, with a layer for each use of a block, and the figures of each as attributes.

    Source: `GraphCollection`, `Graph`, `GraphNode` in model_explorer/graph_builder.py.
    """

    title = "graph for Model Explorer"
    suffixes = (".graph.json",)
    takes_unknown = True

    @classmethod
    def write(cls, graph: Graph) -> str:
        from cnncalc.analysis import Analysis

        rows = Analysis(graph).rows()
        places = {node.index: "/".join(map(_part, blocks(node))) for node in graph.nodes}
        nodes = [_node(graph, node, row, places) for node, row in zip(graph.nodes, rows, strict=True)]
        content = {
            "id": graph.title,
            "nodes": nodes,
            "groupNodeAttributes": _groups(places, rows),
        }
        collection = [{"label": graph.title, "graphs": [content]}]
        return as_json(collection)


def _part(name: str) -> str:
    """One part of a namespace: the block's own name, without the blocks around it. A slash would begin another part."""
    return name.rpartition(".")[2].replace("/", "_")


def _node(graph: Graph, node: Node, row: dict[str, Any], places: dict[int, str]) -> dict[str, Any]:
    attributes = {name: _words(value) for name, value in fields(node).items()}
    attributes |= {shown: _words(row[name]) for name, shown in FIGURES.items()}
    seen = [f"{row[key]}" for key in row if key.startswith("receptive_field_")]
    if any(value != "None" for value in seen):
        attributes["receptive field"] = "x".join(seen)
    return {
        "id": str(node.index),
        "label": "input" if node.is_input else node.kind,
        "namespace": places[node.index],
        "attrs": [
            {"key": "name", "value": node.name},
            *({"key": key, "value": value} for key, value in attributes.items()),
        ],
        "incomingEdges": [
            {"sourceNodeId": str(source), "sourceNodeOutputId": "0", "targetNodeInputId": str(place)}
            for place, source in enumerate(node.inputs)
        ],
        "outputsMetadata": [
            {
                "id": "0",
                "attrs": [
                    {"key": "__tensor_tag", "value": node.name},
                    {"key": "shape", "value": "?" if node.shape is None else str(node.shape)},
                ],
            }
        ],
    }


def _words(value: Any) -> str:
    if value is None:
        return "?"
    return grouped(value) if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _groups(places: dict[int, str], rows: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    """The sums of each block, and of the network (whose namespace is empty)."""
    sums: dict[str, dict[str, Any]] = defaultdict(lambda: dict.fromkeys(FIGURES, 0))
    for index, row in enumerate(rows):
        parts = places[index].split("/") if places[index] else []
        for depth in range(len(parts) + 1):
            totals = sums["/".join(parts[:depth])]
            for name in FIGURES:
                known = totals[name] is not None and row[name] is not None
                totals[name] = totals[name] + row[name] if known else None
    return {
        place: {FIGURES[name]: _words(value) for name, value in totals.items()}
        for place, totals in sums.items()
    }
