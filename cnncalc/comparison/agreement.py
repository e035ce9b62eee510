"""Whether a spec is still the network of its source, and what differs: for specs that are kept beside code."""

from cnncalc.analysis import Analysis
from cnncalc.comparison.facts import ComparedSide, LayerFacts, side
from cnncalc.comparison.layers import Comparison, LayerChange, compare
from cnncalc.graph import Graph, Node
from cnncalc.importers.effect import fields_in_effect
from cnncalc.importers.same_graph import matching
from cnncalc.layers import Layer
from cnncalc.record import NamedTuple


class Agreement(NamedTuple):
    """A spec and the network of its source. `comparison` is from the spec to the source; None if they agree.

    `others` are differences that no layer has by itself: outputs in another order.
    """

    spec: Graph
    source: Graph
    comparison: Comparison | None
    others: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether both are the same network, up to the names of layers and to how the spec is written."""
        return self.comparison is None


def agreement(spec: Graph, source: Graph, *, source_name: str = "") -> Agreement:
    """Compare a spec with the graph of its source (widths, kernels, strides, order, sharing, inputs, ...).

    Both must be without errors. `source_name` is what the source is called in the comparison.
    """
    if matching(spec, source) is not None:
        return Agreement(spec, source, None)
    theirs = _in_effect(source)
    compared = compare(_in_effect(spec), theirs._replace(file=source_name or theirs.file))
    comparison = compared._replace(changes=tuple(map(_unnamed, compared.changes)))
    others = _outputs(comparison)
    if not others and not any(
        change.what in ("changed", "added", "removed") for change in comparison.changes
    ):
        others = ("the layers are equal one by one, but they are connected in another way",)
    return Agreement(spec, source, comparison, others)


def _in_effect(graph: Graph) -> ComparedSide:
    """The facts of a network whose fields are written as they take effect: `padding: half` is no change from 1."""
    facts = side(Analysis(graph))
    layers = zip(graph.nodes, facts.layers, strict=True)
    return facts._replace(layers=tuple(_with_effects(node, layer) for node, layer in layers))


def _with_effects(node: Node, facts: LayerFacts) -> LayerFacts:
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


def _outputs(comparison: Comparison) -> tuple[str, ...]:
    """Whether the outputs are other layers that both have, or the same in another order."""
    old, new = comparison.old, comparison.new
    into = _pairs(comparison)
    now = [into.get(index) for index in old.outputs]
    if None in now or now == list(new.outputs):
        return ()
    names = {into[index]: old.layers[index].name for index in into}
    before = ", ".join(old.layers[index].name for index in old.outputs)
    after = ", ".join(names.get(index, new.layers[index].name) for index in new.outputs)
    order = " in another order" if set(now) == set(new.outputs) else ""
    return (f"outputs{order}: {before} -> {after}",)


def _pairs(comparison: Comparison) -> dict[int, int]:
    """The index of each old layer that is still there, and its new index. Changes are in the order of both."""
    pairs: dict[int, int] = {}
    old, new = 0, 0
    for change in comparison.changes:
        if change.old is not None and change.new is not None:
            pairs[old] = new
        old += change.old is not None
        new += change.new is not None
    return pairs
