"""Reasons why a graph cannot be a PyTorch module, found before anything is allocated. (Needs no torch.)"""

from cnncalc.diagnostic import Diagnostic, Note, Severity, Span
from cnncalc.graph import Graph, Node
from cnncalc.pytorch import _faults
from cnncalc.vocabulary.unknown import UnknownOperation


class Unbuildable(ValueError):
    """The graph cannot be built or run as requested; `diagnostics` say why, for each layer."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__("; ".join(item.message for item in diagnostics))
        self.diagnostics = diagnostics


def faults(graph: Graph) -> tuple[Diagnostic, ...]:
    """A diagnostic for every layer that PyTorch cannot build; if the spec has errors, these."""
    if not graph.ok:
        return tuple(item for item in graph.diagnostics if item.severity is Severity.ERROR)
    diagnostics = [fault for node in graph.layers for fault in _of(graph, node)]
    # A repeated item is reported once.
    return tuple({(item.code, item.span): item for item in diagnostics}.values())


def _of(graph: Graph, node: Node) -> list[Diagnostic]:
    fit, owner = node.fit, graph.nodes[node.owner]
    assert fit is not None
    assert owner.fit is not None
    calls = fit.layer.torch(fit.inputs)
    if isinstance(fit.layer, UnknownOperation):
        message = (
            f"`{node.name}` is `{fit.layer.op}`, an operation without a layer here: PyTorch can't build it"
        )
        return [_faults.NO_TWIN.at(place(graph, node), message)]
    if not calls:
        message = f"PyTorch has no layer for `{node.name}`: {node.kind} with these arguments"
        return [_faults.NO_TWIN.at(place(graph, node), message)]
    if owner is node or not fit.layer.buffers(fit.inputs) or calls == owner.fit.layer.torch(owner.fit.inputs):
        return []
    message = f"`{node.name}` shares the buffers of `{owner.name}`, but has different arguments"
    where = Note(f"`{owner.name}` is here", place(graph, owner))
    return [_faults.SHARED_STATE.at(place(graph, node), message, notes=[where])]


def place(graph: Graph, node: Node) -> Span:
    """The place of a node in the text."""
    if node.item is not None:
        return node.item.span
    return graph.places.get(node.index) or Span(graph.spec.file, 1, 1, 1, 1)
