"""Drawings for Graphviz."""

from cnncalc.exporters._described import label
from cnncalc.exporters._exporter import Exporter
from cnncalc.exporters._nested import Entered, Left, walked
from cnncalc.graph import Graph

STEP = "  "


class Dot(Exporter):
    """A box for each layer, an edge for each tensor, and a frame for each use of a block."""

    title = "drawing for Graphviz (DOT)"
    suffixes = (".dot", ".gv")
    takes_unknown = True

    @classmethod
    def write(cls, graph: Graph) -> str:
        lines = [
            "digraph network {",
            f"{STEP}label={quoted(graph.title)}; labelloc=t; fontname=Helvetica;",
            f"{STEP}node [shape=box, style=rounded, fontname=Helvetica, fontsize=10];",
            f"{STEP}edge [fontname=Helvetica, fontsize=8];",
        ]
        frames = 0
        margin = STEP
        for item in walked(graph):
            if isinstance(item, Entered):
                frames += 1
                lines.append(f"{margin}subgraph cluster_{frames} {{")
                margin += STEP
                lines.append(f"{margin}label={quoted(item.name)}; labelloc=t; color=gray;")
            elif isinstance(item, Left):
                margin = margin[: -len(STEP)]
                lines.append(f"{margin}}}")
            else:
                shape = (
                    ", shape=ellipse"
                    if item.is_input
                    else ", peripheries=2"
                    if _ends(graph, item.index)
                    else ""
                )
                text = "\n".join(dict.fromkeys(label(item)))
                lines.append(f"{margin}n{item.index} [label={quoted(text)}{shape}];")
        for node in graph.nodes:
            for source in node.inputs:
                size = graph.nodes[source].shape
                note = f" [label={quoted(str(size))}]" if size is not None and len(node.inputs) > 1 else ""
                lines.append(f"{STEP}n{source} -> n{node.index}{note};")
        return "\n".join([*lines, "}", ""])


def _ends(graph: Graph, index: int) -> bool:
    return index in graph.outputs


def quoted(text: str) -> str:
    """Text in double quotes, as DOT reads it: nothing in it is markup."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\r", "").replace("\n", "\\n")
    return f'"{escaped}"'
