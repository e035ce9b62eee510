"""Whether a spec is still the network of its source, and what differs: for specs that are kept beside code."""

from cnncalc.analysis import Analysis
from cnncalc.comparison.facts import ComparedLayer, ComparedSide, side
from cnncalc.comparison.layers import Comparison, LayerChange, compare
from cnncalc.graph import Graph, Node
from cnncalc.importers.effect import fields_in_effect
from cnncalc.importers.same_graph import matching
from cnncalc.layers import Layer
from cnncalc.record import NamedTuple

# Changes of layers that a report shows.
SEEN = ("changed", "added", "removed")
CONNECTED = "the layers are equal one by one, but they are connected in another way"


class Agreement(NamedTuple):
    """A spec and the network of its source, compared: from the spec to the source.

    `ok` says whether both are the same network, up to the names of layers and to how the spec is written.
    """

    ok: bool
    comparison: Comparison


def agreement(spec: Graph, source: Graph, *, source_name: str) -> Agreement:
    """Compare a spec with the graph of its source (widths, kernels, strides, order, sharing, inputs, ...).

    Both must be without errors. `source_name` is what the source is called in the comparison.
    """
    ours = _in_effect(spec)
    if matching(spec, source, in_detail=False) is not None:
        return Agreement(True, compare(ours, ours._replace(file=source_name)))
    compared = compare(ours, _in_effect(source)._replace(file=source_name))
    comparison = compared._replace(changes=tuple(map(_unnamed, compared.changes)))
    if not comparison.others and not any(change.what in SEEN for change in comparison.changes):
        comparison = comparison._replace(others=(CONNECTED,))
    return Agreement(False, comparison)


def _in_effect(graph: Graph) -> ComparedSide:
    """The facts of a network whose fields are written as they take effect: `padding: half` is no change from 1."""
    facts = side(Analysis(graph))
    layers = zip(graph.nodes, facts.layers, strict=True)
    return facts._replace(layers=tuple(_with_effects(node, layer) for node, layer in layers))


def _with_effects(node: Node, facts: ComparedLayer) -> ComparedLayer:
    if node.fit is None:
        return facts
    layer: Layer = object.__new__(type(node.fit.layer))
    vars(layer).update(fields_in_effect(node.fit))
    return facts._replace(layer=layer)


def _unnamed(change: LayerChange) -> LayerChange:
    """A change without the change of a name, which is no difference of the network: the spec's name stays."""
    if change.old is None or change.new is None:
        return change
    return change._replace(new=change.new._replace(name=change.old.name))
