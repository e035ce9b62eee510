"""Drawings in Markdown: Mermaid flowcharts."""

from cnncalc.exporters._described import label
from cnncalc.exporters._exporter import Exporter
from cnncalc.exporters._nested import Entered, Left, walked
from cnncalc.graph import Graph

STEP = "    "
# What ends a text or begins markup in Mermaid, and how to write it.
_ENTITIES = {ord(char): f"#{ord(char)};" for char in '#"&<>`\\|{}[]()'} | {ord("\r"): "", ord("\n"): " "}


class Mermaid(Exporter):
    """A box for each layer, an arrow for each tensor, and a frame for each use of a block."""

    title = "Mermaid flowchart, for Markdown"
    suffixes = (".mmd", ".mermaid")
    takes_unknown = True

    @classmethod
    def write(cls, graph: Graph) -> str:
        lines = ["flowchart TD"]
        frames = 0
        margin = STEP
        for item in walked(graph):
            if isinstance(item, Entered):
                frames += 1
                lines.append(f'{margin}subgraph b{frames}["{text(item.name)}"]')
                margin += STEP
            elif isinstance(item, Left):
                margin = margin[: -len(STEP)]
                lines.append(f"{margin}end")
            else:
                begin, end = ("([", "])") if item.is_input else ("[", "]")
                parts = "<br/>".join(text(part) for part in dict.fromkeys(label(item)))
                lines.append(f'{margin}n{item.index}{begin}"{parts}"{end}')
        for node in graph.nodes:
            lines += [f"{STEP}n{source} --> n{node.index}" for source in node.inputs]
        return "\n".join([*lines, ""])


def text(words: str) -> str:
    """Text inside quotes, as Mermaid reads it: every sign of its own is written as a number."""
    return words.translate(_ENTITIES)
