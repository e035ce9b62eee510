"""The graph as JSON: every layer with its operands, its fields and its figures."""

from typing import Any

from cnncalc.exporters._described import as_json, blocks, fields
from cnncalc.exporters._exporter import Exporter
from cnncalc.graph import Graph, Node

# The version of this layout: it only grows.
VERSION = 1


class Json(Exporter):
    """Nodes in the order of computation; `inputs` and `outputs` are names. An unknown figure is null."""

    title = "graph as JSON"
    suffixes = (".json",)
    takes_unknown = True

    @classmethod
    def write(cls, graph: Graph) -> str:
        from cnncalc.analysis import Analysis

        analysis = Analysis(graph)
        totals = analysis.totals
        rows = analysis.rows()
        document = {
            "cnncalc_graph": VERSION,
            "name": graph.title,
            "mode": graph.mode,
            "inputs": [node.name for node in graph.inputs],
            "outputs": [graph.nodes[index].name for index in graph.outputs],
            "totals": {"params": totals.params, "buffers": totals.buffers, "macs": totals.macs},
            "nodes": [_node(graph, node, row) for node, row in zip(graph.nodes, rows, strict=True)],
        }
        return as_json(document)


def _node(graph: Graph, node: Node, row: dict[str, Any]) -> dict[str, Any]:
    names = ("activations", "params", "trainable_params", "buffers", "macs")
    field_words = {key: value for key, value in row.items() if key.startswith(("receptive_field", "stride_"))}
    return {
        "name": node.name,
        "type": "input" if node.is_input else node.kind,
        "inputs": [graph.nodes[source].name for source in node.inputs],
        "output": None if node.shape is None else node.shape.asdict(),
        "fields": fields(node),
        "blocks": list(blocks(node)),
        "weights_of": None if node.owner == node.index else graph.nodes[node.owner].name,
        **{name: row[name] for name in names},
        **field_words,
        "line": row["line"],
    }
