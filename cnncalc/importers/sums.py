"""What code does not say of a graph: layers that change nothing, and whether a sum of several operands is one layer."""

from collections import defaultdict
from collections.abc import Set

from cnncalc.graph import Graph, Node
from cnncalc.vocabulary.layer import Layer


def idle_layers(graph: Graph) -> Set[int]:
    """Layers that change nothing."""
    training = graph.mode == "training"
    return {
        node.index
        for node in graph.nodes
        if node.fit is not None
        and len(node.inputs) == 1
        and node.fit.layer.changes_nothing(node.fit.inputs, training=training)
    }


def inner_sums(graph: Graph, idle: Set[int]) -> Set[int]:
    """Sums that only another such sum reads: it can be one sum of all operands."""

    def before(index: int) -> int:
        while index in idle:
            (index,) = graph.nodes[index].inputs
        return index

    readers: dict[int, list[Node]] = defaultdict(list)
    for node in graph.nodes:
        if node.index not in idle:
            for index in node.inputs:
                readers[before(index)].append(node)
    outputs = set(map(before, graph.outputs))
    return {
        node.index
        for node in graph.nodes
        if node.index not in idle | outputs and len(readers[node.index]) == 1
        if (layer := sum_layer(node)) is not None and sum_layer(readers[node.index][0]) == layer
    }


def sum_layer(node: Node) -> Layer | None:
    """The layer without its numbers, if the order of its operands is no matter, however many they are; else None."""
    if node.fit is None or not node.fit.layer.commutes or node.fit.layer.in_code is not node.fit.layer:
        return None
    numbers = getattr(node.fit.layer, "numbers", ())
    if len(node.inputs) < 2 and not numbers:
        return None
    return node.fit.layer.with_fields(numbers=()) if numbers else node.fit.layer


def commutes(node: Node) -> bool:
    """Whether the order of its operands is no matter: those of a sum of two."""
    return (
        node.fit is not None
        and node.fit.layer.commutes
        and len(node.inputs) == 2
        and not getattr(node.fit.layer, "numbers", ())
    )
