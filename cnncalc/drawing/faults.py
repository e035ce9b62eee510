"""What does not fit, for the picture: tensors that a layer can't take, and the messages of each layer."""

from cnncalc.diagnostic import Diagnostic, Severity, Span
from cnncalc.drawing.words import volume
from cnncalc.graph import Graph, Node
from cnncalc.graph.faults import EXPECT_MISMATCH
from cnncalc.spec import Item, LayerItem, MergeItem


class DrawnFaults:
    """The errors of a graph. All are empty for one without errors.

    `refused` has a text for each pair of a layer and a tensor that it can't take, by their indices; `unexpected` one
    for each tensor of another shape than `expect` says; `messages` the messages of each layer.
    """

    def __init__(self, graph: Graph) -> None:
        self.refused: dict[tuple[int, int], str] = {}
        self.unexpected: dict[int, str] = {}
        self.messages: dict[int, list[str]] = {}
        if graph.ok:
            return
        for node in graph.layers:
            self._problems(graph, node)
        self._place(graph, [item for item in graph.diagnostics if item.severity is Severity.ERROR])

    def text(self, tensor: int, reader: Node | None) -> str:
        """What is wrong with a tensor on its way to a layer; empty if nothing is."""
        wrong = "" if reader is None else self.refused.get((reader.index, tensor), "")
        return wrong or self.unexpected.get(tensor, "")

    def _problems(self, graph: Graph, node: Node) -> None:
        for problem in node.fit.problems if node.fit is not None else ():
            if not problem.blocking:
                continue
            operand = min(problem.operand, len(node.inputs) - 1)
            if operand < 0:
                continue
            others = [
                volume(graph.nodes[index].shape)
                for place, index in enumerate(node.inputs)
                if place != operand
            ]
            tensor = node.inputs[operand]
            own = volume(graph.nodes[tensor].shape)
            others = list(dict.fromkeys(other for other in others if other != own))
            self.refused[node.index, tensor] = f"{own} ≠ {', '.join(others)}" if others else own
            self.messages.setdefault(node.index, []).append(problem.message)

    def _place(self, graph: Graph, errors: list[Diagnostic]) -> None:
        """The messages at the layers whose items they point into: the innermost item that has the place."""
        last: dict[int, tuple[Item, Node]] = {}
        for node in graph.layers:
            frame = node.frame
            if node.item is not None:
                last[id(node.item)] = (node.item, node)
            while frame is not None:
                last[id(frame.item)] = (frame.item, node)
                frame = frame.parent
        inherited = _inherited(graph)
        for error in errors:
            # A bad value in `defaults` is a fault of every layer that takes it.
            for span, nodes in inherited.items():
                if _holds(span, error.span):
                    for node in nodes:
                        self._add(node, error.message)
            around = [pair for pair in last.values() if _holds(pair[0].whole, error.span)]
            if not around:
                continue
            _, node = min(around, key=lambda pair: _length(pair[0].whole))
            self._add(node, error.message)
            if error.code == EXPECT_MISMATCH.code:
                self.unexpected[node.index] = error.message.partition("gives ")[2].partition(":")[0]

    def _add(self, node: Node, message: str) -> None:
        messages = self.messages.setdefault(node.index, [])
        if message not in messages:
            messages.append(message)


def _inherited(graph: Graph) -> dict[Span, list[Node]]:
    """The places of values in `defaults`, each with the layers that take it."""
    taken: dict[Span, list[Node]] = {}
    for node in graph.layers:
        item = node.item
        if isinstance(item, LayerItem | MergeItem) and node.kind == item.layer.key:
            for span in item.call.inherited.values():
                taken.setdefault(span, []).append(node)
    return taken


def _holds(whole: Span, place: Span) -> bool:
    start, end = (place.line, place.column), (place.end_line, place.end_column)
    return (
        whole.file == place.file
        and (whole.line, whole.column) <= start
        and end <= (whole.end_line, whole.end_column)
    )


def _length(span: Span) -> tuple[int, int]:
    return span.end_line - span.line, span.end_column - span.column
