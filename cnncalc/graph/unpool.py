"""The pooling that an unpooling names: what it read, and that it returns its indices."""

from itertools import islice

from cnncalc.graph.bind import Unbound
from cnncalc.graph.growing import Growing
from cnncalc.graph.names import Names
from cnncalc.graph.node import BoundLayer, Node
from cnncalc.graph.scope import Scope
from cnncalc.graph.shared import fit_of, layer_with
from cnncalc.layers import Layer, main_field
from cnncalc.shape import Shape
from cnncalc.spec import LayerCall, ValueExpr
from cnncalc.vocabulary.pool import Pool
from cnncalc.vocabulary.unpooling import Pooled

# How many poolings a help names.
SHOWN = 3


def linked(
    growing: Growing, names: Names, layer: Layer, call: LayerCall, entering: int, scope: Scope
) -> tuple[Layer, tuple[int, int]]:
    """The unpooling of a node with what it needs to know of its pooling, and the nodes of that and of what that read.

    The pooling returns its indices from now on. Raises `Unbound`.
    """
    field = main_field(type(layer))
    assert field is not None
    # A constant word is a name too: it is looked up at its place in the text.
    written = call.spans.get(field) or call.inherited[field]
    computed = call.computed.get(field)
    given = computed or ValueExpr(written, call.fields[field], True)
    index = entering if given.constant and given.value == "prev" else names.find(given, scope)
    node = growing.nodes[index]
    if node.shape is None:
        raise Unbound(reported=False)
    pool = node.fit.layer if node.fit is not None else None
    pooled = Pooled(node.name, node.kind, pool if isinstance(pool, Pool) and pool.gives_indices else None)
    if node.fit is not None and pooled.pool is not None and not pooled.pool.returns_indices:
        indexed = layer_with(type(pooled.pool), {**vars(pooled.pool), "indexed": True})
        growing.nodes[index] = _with_fit(node, fit_of(indexed, node.fit.inputs))
    values = growing.nodes[entering].shape
    if values is not None and (pooled.pool is None or values != node.shape):
        pooled = pooled._replace(others=_fitting(growing, values, scope), constant=computed is None)
    # An input and a learned tensor read nothing.
    read = node.inputs[0] if node.inputs else index
    return layer_with(type(layer), {**vars(layer), "pooled": pooled}), (index, read)


def _fitting(growing: Growing, values: Shape, scope: Scope) -> tuple[str, ...]:
    """Poolings whose outputs have this shape, the last ones first, by their names at this place."""
    fitting = (
        node.name.removeprefix(scope.prefix)
        for node in reversed(growing.nodes)
        if node.shape == values and node.fit is not None and node.fit.layer.gives_indices
    )
    return tuple(islice(fitting, SHOWN))


def _with_fit(node: Node, fit: BoundLayer) -> Node:
    """The same node with another layer, which gives the same output."""
    return Node(
        node.index,
        node.name,
        node.kind,
        node.inputs,
        fit,
        node.shape,
        node.item,
        node.frame,
        node.allow,
        node.call,
        node.owner,
        node.learns_unknown,
        node.accepted,
        node.frozen,
        node.module,
        node.place,
    )
