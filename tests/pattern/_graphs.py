"""What two networks have in common: their layers and shapes, whatever their names."""

from typing import Any

import cnncalc
from cnncalc.diagnostic import Diagnostic
from cnncalc.graph import Graph


def loaded(text: str, **options: Any) -> Graph:
    """The graph of a text, which must have no error."""
    graph = cnncalc.load(text, **options)
    assert graph.ok, [item.message for item in graph.diagnostics]
    return graph


def layers(graph: Graph) -> list[tuple[object, ...]]:
    """Of each layer its type, its inputs, its output, its weights and the calls of PyTorch that build it."""
    layers: list[tuple[object, ...]] = []
    for node in graph.layers:
        fit = node.fit
        assert fit is not None
        layer = fit.layer
        layers.append(
            (node.kind, node.inputs, node.shape, layer.weights(fit.inputs), layer.torch(fit.inputs))
        )
    return layers


def pointed(graph: Graph, item: Diagnostic) -> str:
    """The text under the caret."""
    span = item.span
    assert span.line == span.end_line
    return graph.sources[span.file].line(span.line)[span.column - 1 : span.end_column - 1]


def faults(text: str, **options: Any) -> list[tuple[str, str, str]]:
    """The errors of a text: code, the text under the caret, and the message."""
    graph = cnncalc.load(text, **options)
    return [
        (item.code, pointed(graph, item), item.message)
        for item in graph.diagnostics
        if item.severity.word == "error"
    ]
