"""Paths through a graph that rules follow: the only reader of a layer, what passes values on, what mixes channels."""

from collections.abc import Callable

from cnncalc.analysis import Analysis
from cnncalc.graph import BoundLayer, Graph, Node
from cnncalc.vocabulary.activation import OfOutputs
from cnncalc.vocabulary.families import ACTIVATION
from cnncalc.vocabulary.limits import ANY, Limits
from cnncalc.vocabulary.traits import is_elementwise


def only_reader(analysis: Analysis, node: Node) -> Node | None:
    """The only layer that reads a node; None if there are several, or if the node is an output."""
    readers = analysis.readers[node.index]
    if len(readers) != 1 or node.index in analysis.graph.outputs:
        return None
    return analysis.graph.nodes[readers[0]]


def ends(analysis: Analysis, through: Callable[[Node], bool]) -> set[int]:
    """The last layers before the outputs of the network, and the inputs of those that paths go `through`."""
    graph = analysis.graph
    indices: set[int] = set()
    waiting = list(graph.outputs)
    while waiting:
        node = graph.nodes[waiting.pop()]
        if node.index not in indices:
            indices.add(node.index)
            if through(node):
                waiting += node.inputs
    return indices


def has_activation(analysis: Analysis) -> bool:
    """Whether the network has an activation anywhere."""
    return any(
        nodes[0].fit and nodes[0].fit.layer.family == ACTIVATION for nodes in analysis.by_kind.values()
    )


def heads(analysis: Analysis) -> set[int]:
    """The layers that produce an output of the network. The task decides their number of channels, not the design.

    A network that ends in an activation that is not for outputs, or has none at all, counts as a part of a network.
    """
    if not has_activation(analysis):
        return set()

    def through(node: Node) -> bool:
        if node.fit is None or isinstance(node.fit.layer, OfOutputs):
            return True
        return node.fit.layer.family != ACTIVATION and not mixes_channels(node.fit)

    return ends(analysis, through)


def mixes_channels(fit: BoundLayer) -> bool:
    """Whether an output channel reads more than one channel of the input."""
    return fit.layer.reads_channels(fit.inputs) == "mixed"


def limited_by(analysis: Analysis, node: Node, within: Limits) -> list[Node]:
    """The layers that keep all values of a node within limits, the last one first; none if some values are not.

    The output of each is within the limits, and all layers between them and the node keep it there.
    """
    graph = analysis.graph
    nodes: list[Node] = []
    seen: set[int] = set()
    waiting = [node.index]
    while waiting:
        source = graph.nodes[waiting.pop()]
        if source.index in seen:
            continue
        seen.add(source.index)
        if source.fit is None:
            return []
        layer, inputs = source.fit.layer, source.fit.inputs
        if layer.limits(inputs, (ANY,) * len(inputs)).within(within):
            nodes.append(source)
        elif layer.limits(inputs, (within,) * len(inputs)).within(within):
            waiting += source.values_of
        else:
            return []
    return sorted(nodes, key=lambda node: -node.index)


def flattening(graph: Graph, node: Node) -> Node | None:
    """The layer that turned a volume with several positions into the features that a layer reads, if it reads all.

    Layers between the two must leave every feature in place: an activation, a norm, a dropout.
    """
    before = graph.nodes[node.inputs[0]]
    while (fit := before.fit) is not None:
        volume = fit.inputs[0]
        if fit.output is None or fit.output.rank:
            return None
        if volume.rank:
            whole = fit.output.size == volume.size and not mixes_channels(fit)
            return before if whole and volume.positions > 1 else None
        # Flattening features gives the same features.
        if not is_elementwise(fit.layer, fit.inputs):
            return None
        before = graph.nodes[before.inputs[0]]
    return None
