"""Global average pooling in place of the fully-connected layers before the last one."""

from typing import ClassVar

from cnncalc.graph import Graph, Node
from cnncalc.rewrites._draft import RewriteDraft, RewriteRefused, names_of, new_layer, readers, shape_of
from cnncalc.rewrites._rewrite import Effect, Rewrite, Rewritten


class GapHead(Rewrite):
    """What is between the last volume and the last fc becomes one global average pooling."""

    summary = "The classifier as global average pooling and one fc."
    effect: ClassVar[Effect] = "same shapes"
    by_layer = False
    source = "Lin et al. 2013, arXiv 1312.4400; GoogLeNet and ResNet"

    def apply(self, graph: Graph, only: frozenset[str]) -> Rewritten:
        last = _last_fc(graph)
        gone = _before(graph, last)
        draft = RewriteDraft(graph)
        gap = "global_avgpool"
        while gap in graph.by_name or gap in {node.name for node in graph.nodes}:
            gap += "_"
        for node in graph.layers:
            if node is last:
                draft.put(node, new_layer("global_avgpool"), gap, draft.reads(gone[0]))
                fc = node.fit
                assert fc is not None
                draft.put(node, fc.layer, node.name, (gap,))
            elif node not in gone:
                draft.copy(node)
        changes = (f"{names_of(gone).replace('`', '')}: left out", f"{gap}: before {last.name}")
        return Rewritten(draft.graph("global average pooling"), changes, {})


def _last_fc(graph: Graph) -> Node:
    layers = [node for node in graph.layers if _family(node) == "linear"]
    if not layers:
        raise RewriteRefused("the network has no fc layer")
    return layers[-1]


def _family(node: Node) -> str:
    assert node.fit is not None
    return node.fit.layer.family


def _before(graph: Graph, last: Node) -> list[Node]:
    """The layers between the last volume and the last fc, in order."""
    reading = readers(graph)
    chain: list[Node] = []
    node = graph.nodes[last.inputs[0]]
    while not node.is_input and shape_of(node).rank == 0:
        if len(node.inputs) > 1 or len(reading[node.index]) > 1 or node.index in graph.outputs:
            raise RewriteRefused(
                f"`{node.name}` is an output, or others than the last fc read it: it can't be left out", node
            )
        chain.insert(0, node)
        node = graph.nodes[node.inputs[0]]
    if not chain or shape_of(node).positions == 1:
        raise RewriteRefused("before the last fc there is no flatten of a volume of several positions", last)
    shared = [
        layer for layer in graph.layers if layer.owner != layer.index and graph.nodes[layer.owner] in chain
    ]
    if shared:
        raise RewriteRefused(f"{names_of(shared[:3])} uses weights of a layer that would go", shared[0])
    return chain
