"""A 3x3 convolution between two of 1x1."""

from typing import Any, ClassVar

from cnncalc.graph import Graph, Node
from cnncalc.rewrites._draft import RewriteDraft, RewriteRefused, layer_of, new_layer
from cnncalc.rewrites._rewrite import Effect, Rewrite, Rewritten
from cnncalc.vocabulary.window import axiswise


class Bottleneck(Rewrite):
    """A 1x1 to half of the filters, a 3x3 over these, a 1x1 back: 3.25*C^2 weights where a 3x3 has 9*C^2."""

    summary = "Each 3x3 convolution as 1x1, 3x3 over half of the channels, 1x1."
    effect: ClassVar[Effect] = "same shapes"
    by_layer = True
    source = "He et al. 2015, arXiv 1512.03385; Lin et al. 2013, arXiv 1312.4400"

    def apply(self, graph: Graph, only: frozenset[str]) -> Rewritten:
        draft, changes = RewriteDraft(graph), []
        for node in graph.layers:
            if (only and node.name not in only) or not _is_3x3(node):
                draft.copy(node)
                continue
            conv: Any = layer_of(node)
            half, name = conv.filters // 2, node.name
            small = new_layer("conv", filters=half, kernel=1)
            draft.put(node, small, f"{name}.reduce", draft.reads(node))
            draft.put(node, new_layer("relu"), f"{name}.reduce.relu", (f"{name}.reduce",))
            draft.put(node, conv.with_fields(filters=half), f"{name}.3x3", (f"{name}.reduce.relu",))
            draft.put(node, new_layer("relu"), f"{name}.3x3.relu", (f"{name}.3x3",))
            draft.put(
                node,
                new_layer("conv", filters=conv.filters, kernel=1, bias=conv.bias),
                name,
                (f"{name}.3x3.relu",),
            )
            changes.append(
                f"{name}: conv 3x3 -> conv 1x1, {half} filters; conv 3x3; conv 1x1, {conv.filters} filters"
            )
        if not changes:
            raise RewriteRefused(
                "no 3x3 convolution without groups has an even number of filters, and more channels than half of it"
            )
        return Rewritten(draft.graph("bottlenecks"), tuple(changes), {})


def _is_3x3(node: Node) -> bool:
    conv: Any = layer_of(node)
    if conv.key != "conv" or node.fit is None or node.owner != node.index:
        return False
    (volume,) = node.fit.inputs
    square = set(axiswise(conv.kernel, volume.rank)) == {3}
    # With few channels before it, the 1x1 would make more of them, not fewer.
    return square and conv.groups == 1 and conv.filters % 2 == 0 and volume.channels > conv.filters // 2
