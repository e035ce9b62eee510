"""What keeps a graph from being a PyTorch module, told before anything is allocated."""

from cnncalc.diagnostic import Diagnostic, Span
from cnncalc.graph import Graph, Node
from cnncalc.pytorch import _faults


class Unbuildable(ValueError):
    """A graph that no module can be built from; `diagnostics` say why, layer by layer."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__("; ".join(item.message for item in diagnostics))
        self.diagnostics = diagnostics


def faults(graph: Graph) -> tuple[Diagnostic, ...]:
    """Every layer that is in the way: its own diagnostics first where the spec has errors."""
    if not graph.ok or any(node.shape is None for node in graph.nodes):
        errors = tuple(item for item in graph.diagnostics if item.severity.word == "error")
        return errors or (_faults.NOT_WHOLE.at(_start(graph), "the network has a layer of unknown shape"),)
    found = [
        _faults.NO_TWIN.at(
            _place(graph, node),
            f"PyTorch has no layer that is `{node.name}`: {node.kind} with these arguments",
        )
        for node in graph.nodes
        if node.fit is not None and not node.fit.layer.torch(node.fit.inputs)
    ]
    return tuple({item.span: item for item in found}.values())


def _place(graph: Graph, node: Node) -> Span:
    return node.item.span if node.item is not None else _start(graph)


def _start(graph: Graph) -> Span:
    return Span(graph.spec.file, 1, 1, 1, 1)
