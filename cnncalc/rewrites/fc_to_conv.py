"""Fully-connected layers as convolutions: a classifier that reads images of any size and gives a map of scores."""

from typing import Any, ClassVar

from cnncalc.graph import Graph, Node
from cnncalc.rewrites._draft import (
    RewriteDraft,
    RewriteRefused,
    layer_of,
    names_of,
    new_layer,
    readers,
    shape_of,
)
from cnncalc.rewrites._rewrite import Effect, Rewrite, Rewritten, WeightSource
from cnncalc.shape import Shape
from cnncalc.vocabulary.traits import is_elementwise, keeps_positions


class FcToConv(Rewrite):
    """The first `fc` becomes a convolution as large as its volume, later ones become 1x1; `flatten` goes.

    A global pooling before them becomes a pooling of the volume's size, so that a larger image gives a map too.
    """

    summary = "Each fc as the convolution that computes the same."
    effect: ClassVar[Effect] = "equal"
    by_layer = False
    source = "CS231n notes, Converting FC layers to CONV layers"

    def apply(self, graph: Graph, only: frozenset[str]) -> Rewritten:
        head = _head(graph)
        if not any(_is_fc(graph.nodes[index]) for index in head):
            raise _no_fc(graph)
        draft, changes, carried = RewriteDraft(graph), [], {}
        for node in graph.layers:
            if node.index not in head:
                draft.copy(node)
            elif _is_fc(node):
                conv = _conv(node, draft)
                owner = graph.nodes[node.owner]
                draft.put(
                    node, conv, node.name, draft.reads(node), None if owner is node else draft.now(owner.name)
                )
                carried[node.name] = WeightSource("reshape", (node.name,))
                changes.append(
                    f"{node.name}: fc {conv.filters} -> conv {_size(conv.kernel)}, {conv.filters} filters"
                )
            elif _flattens(node):
                draft.drop(node)
                changes.append(f"{node.name}: left out")
            elif (pool := _windowed(node)) is not None:
                draft.put(node, pool, node.name, draft.reads(node))
                changes.append(f"{node.name}: {node.kind} -> {pool.key} {_size(pool.kernel)}, stride 1")
            else:
                _copy_over_volume(draft, node)
            if (
                node.index in graph.outputs
                and draft.shape(draft.now(node.name)).positions != shape_of(node).positions
            ):
                raise RewriteRefused(
                    f"`{node.name}` is an output of the network, and would be a volume", node
                )
        return Rewritten(draft.graph("fully connected layers as convolutions"), tuple(changes), carried)


def _head(graph: Graph) -> frozenset[int]:
    """The nodes after the last volume: each gives one position, and so does everything that reads it."""
    head: set[int] = set()
    reading = readers(graph)
    for node in reversed(graph.layers):
        one_position = shape_of(node).positions == 1
        if one_position and all(reader.index in head for reader in reading[node.index]):
            head.add(node.index)
    return frozenset(head)


def _is_fc(node: Node) -> bool:
    return layer_of(node).torch(_entering(node))[-1:] != () and (
        layer_of(node).torch(_entering(node))[-1].target == "nn.Linear"
    )


def _entering(node: Node) -> tuple[Shape, ...]:
    assert node.fit is not None
    return node.fit.inputs


def _conv(node: Node, draft: RewriteDraft) -> Any:
    """The convolution over the whole input volume."""
    volume = draft.shape(draft.reads(node)[0])
    if not volume.rank:
        raise RewriteRefused(f"`{node.name}` reads features that are no flattened or pooled volume", node)
    fc, size = layer_of(node), volume.spatial
    has_bias = any(weight.is_bias for weight in fc.weights(_entering(node)))
    kernel = size[0] if len(set(size)) == 1 else size
    way = getattr(fc, "parametrize", "none")
    return new_layer("conv", filters=shape_of(node).channels, kernel=kernel, bias=has_bias, parametrize=way)


def _flattens(node: Node) -> bool:
    """Whether a node flattens a volume, or passes features on unchanged."""
    calls = layer_of(node).torch(_entering(node))
    return bool(calls) and all(call.target == "nn.Flatten" for call in calls)


def _windowed(node: Node) -> Any:
    """A pooling over all positions as one over a window of that size; None for other layers."""
    (volume, *others) = _entering(node)
    if others or volume.positions == 1 or shape_of(node) != Shape(volume.channels, (1,) * volume.rank):
        return None
    kinds = {"nn.AdaptiveAvgPool": "avgpool", "nn.AdaptiveMaxPool": "maxpool"}
    calls = layer_of(node).torch(_entering(node))
    kind = next((kind for start, kind in kinds.items() if calls and calls[0].target.startswith(start)), None)
    size = volume.spatial
    kernel = size[0] if len(set(size)) == 1 else size
    return None if kind is None else new_layer(kind, kernel=kernel, stride=1)


def _copy_over_volume(draft: RewriteDraft, node: Node) -> None:
    """Copy a layer that computes the same from features and from the volume before they were flattened."""
    layer, reads = layer_of(node), draft.reads(node)
    volumes = tuple(draft.shape(read) for read in reads)
    if volumes == _entering(node):
        draft.copy(node)
        return
    one_position = all(volume.positions == 1 for volume in volumes)
    alike = len({volume.spatial for volume in volumes}) == 1
    same = (
        (is_elementwise(layer, volumes) and not layer.weights(volumes))
        or (one_position and keeps_positions(layer, volumes))
        or (layer.arity is None and alike)
    )
    if not same:
        raise RewriteRefused(
            f"`{node.name}` ({node.kind}) reads features, and over a volume it would compute something else",
            node,
        )
    draft.copy(node)
    if draft.shape(node.name).size != shape_of(node).size:
        raise RewriteRefused(
            f"`{node.name}` ({node.kind}) would give another number of values over a volume", node
        )


def _no_fc(graph: Graph) -> RewriteRefused:
    inside = [node for node in graph.layers if _is_fc(node)]
    if not inside:
        return RewriteRefused("the network has no fc layer", help="there is nothing to convert")
    return RewriteRefused(
        f"no fc layer is at the end of the network: {names_of(inside[:3])} gives values that a volume reads",
        inside[0],
    )


def _size(kernel: int | tuple[int, ...]) -> str:
    return f"{kernel}x{kernel}" if isinstance(kernel, int) else "x".join(map(str, kernel))
