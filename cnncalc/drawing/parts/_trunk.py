"""The trunk of a network: its longest path."""

from collections.abc import Sequence

from cnncalc.drawing.parts._part import nodes_of
from cnncalc.drawing.parts._rows import DrawnRow
from cnncalc.graph import Graph


def trunk(graph: Graph, rows: Sequence[DrawnRow]) -> list[DrawnRow]:
    """The rows on the longest path to the first output, in order; of several as long the one through the first inputs.

    A network without an output has the path to its last layer.
    """
    if not rows:
        return []
    row_of = {node.index: number for number, row in enumerate(rows) for node in nodes_of(row.uses)}
    length = [0] * len(rows)
    before: list[int | None] = [None] * len(rows)
    for number, row in enumerate(rows):
        sources = [
            row_of[tensor] for node in nodes_of(row.uses) for tensor in node.inputs if row_of[tensor] < number
        ]
        for source in sources:
            if length[source] + 1 > length[number]:
                length[number], before[number] = length[source] + 1, source
    end: int | None = row_of[graph.outputs[0]] if graph.outputs else len(rows) - 1
    path = []
    while end is not None:
        path.append(rows[end])
        end = before[end]
    return path[::-1]
