"""The pooling that an unpooling names: what it read, and that it returns its indices."""

from cnncalc.graph.bind import Unbound
from cnncalc.graph.growing import Growing
from cnncalc.graph.names import Names
from cnncalc.graph.scope import Scope
from cnncalc.graph.shared import fit_of, layer_with
from cnncalc.layers import Layer, main_field
from cnncalc.spec import LayerCall, ValueExpr
from cnncalc.vocabulary.pool import Pool
from cnncalc.vocabulary.unpooling import Pooled


def linked(growing: Growing, names: Names, layer: Layer, call: LayerCall, scope: Scope) -> tuple[Layer, int]:
    """The unpooling with what it needs to know of its pooling, and the node of that. Raises `Unbound`.

    The pooling returns its indices from now on.
    """
    field = main_field(type(layer))
    assert field is not None
    # A constant word is a name too: it is looked up at its place in the text.
    written = call.spans.get(field) or call.inherited[field]
    given = call.computed.get(field) or ValueExpr(written, call.fields[field], True)
    index = names.find_layer(given, scope)
    node = growing.nodes[index]
    if node.shape is None:
        raise Unbound(reported=False)
    fit = node.fit
    if fit is None or not fit.layer.gives_indices or not isinstance(fit.layer, Pool):
        pooled = Pooled(node.name, node.kind, node.shape)
    else:
        read = fit.inputs[0]
        apart = fit.layer.padding_apart(read) is not None
        pooled = Pooled(node.name, node.kind, read, fit.layer.windows(read), apart)
        if not apart and not fit.layer.returns_indices:
            indexed = layer_with(type(fit.layer), {**vars(fit.layer), "indexed": True})
            growing.nodes[index] = node.with_fit(fit_of(indexed, fit.inputs))
    return layer_with(type(layer), {**vars(layer), "pooled": pooled}), index
