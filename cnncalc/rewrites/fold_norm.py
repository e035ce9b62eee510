"""Norms folded into the layers before them, as for inference."""

from typing import Any, ClassVar

from cnncalc.graph import Graph, Node
from cnncalc.layers import Layer
from cnncalc.rewrites._draft import RewriteDraft, RewriteRefused, layer_of, readers
from cnncalc.rewrites._rewrite import Effect, Rewrite, Rewritten, WeightSource
from cnncalc.vocabulary.traits import remembers_variance

# The modules whose weights a norm of their outputs can be multiplied into.
TARGETS = ("nn.Conv", "nn.Linear")


class FoldNorm(Rewrite):
    """A convolution (or fc) and the norm after it are one layer at inference.

    Its weights are w*gamma/sigma, its bias is (b - mean)*gamma/sigma + beta.
    """

    summary = "A convolution and the bn after it as one convolution."
    effect: ClassVar[Effect] = "equal"
    by_layer = True
    source = "torch.nn.utils.fusion; Ioffe & Szegedy 2015, arXiv 1502.03167"

    def apply(self, graph: Graph, only: frozenset[str]) -> Rewritten:
        if graph.mode != "inference":
            raise RewriteRefused(
                "a norm can be folded at inference only: in training it takes the statistics of each batch"
            )
        pairs = {norm.index: before for norm, before in _pairs(graph) if not only or before.name in only}
        if not pairs:
            raise RewriteRefused(
                "no convolution or fc has a norm with kept statistics (as `bn`) as its only reader"
            )
        folded = {before.index: norm for norm, before in ((graph.nodes[n], b) for n, b in pairs.items())}
        draft, changes, carried = RewriteDraft(graph), [], {}
        for node in graph.layers:
            if node.index in pairs:
                draft.drop(node)
            elif node.index in folded:
                norm = folded[node.index]
                draft.put(node, with_bias(layer_of(node)), node.name, draft.reads(node))
                carried[node.name] = WeightSource("fold", (node.name, norm.name))
                changes.append(f"{node.name}: {norm.name} folded in")
            else:
                draft.copy(node)
        return Rewritten(draft.graph("norms folded"), tuple(changes), carried)


def with_bias(layer: Layer) -> Layer:
    """The layer with a bias: the norm's shift."""
    changed: Any = layer.with_fields(bias=True)
    return changed  # type: ignore[no-any-return]


def _pairs(graph: Graph) -> list[tuple[Node, Node]]:
    """Each norm that can be folded, with the layer before it."""
    reading = readers(graph)
    shared = {node.owner for node in graph.layers if node.owner != node.index}
    pairs = []
    for norm in graph.layers:
        assert norm.fit is not None
        if not norm.inputs:
            continue
        before = graph.nodes[norm.inputs[0]]
        if before.is_input or not remembers_variance(norm.fit.layer, norm.fit.inputs):
            continue
        alone = reading[before.index] == [norm] and before.index not in graph.outputs
        own = (
            not {norm.index, before.index} & shared
            and norm.owner == norm.index
            and before.owner == before.index
        )
        if alone and own and _foldable(before):
            pairs.append((norm, before))
    return pairs


def _foldable(node: Node) -> bool:
    assert node.fit is not None
    modules = [call for call in node.fit.layer.torch(node.fit.inputs) if call.target.startswith(TARGETS)]
    return (
        len(modules) == 1
        and hasattr(node.fit.layer, "bias")
        and len(node.fit.layer.weights(node.fit.inputs)) <= 2
        # Computed filters have no place for a factor.
        and getattr(node.fit.layer, "computation", None) is None
    )
