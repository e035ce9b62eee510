"""From analyses and diagnostics to rows and totals: formats lay them out and compute nothing."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

from cnncalc.analysis import Analysis, Fields, Inexact
from cnncalc.analysis.parameters import stated
from cnncalc.diagnostic import Diagnostic
from cnncalc.graph import BlockUse, BoundLayer, Graph, Node
from cnncalc.layers import Storage, operand_words
from cnncalc.record import NamedTuple
from cnncalc.shape import Shape
from cnncalc.vocabulary.families import LINEAR
from cnncalc.vocabulary.traits import flattens

# Label, volume and weights in words: equal for equal nodes.
Words: TypeAlias = dict[BoundLayer, tuple[str, str, str]]
# The figures of a row that add up.
COUNTS = ("activations", "params", "weights", "macs")
FIELD = "receptive_field"
NOTHING: Mapping[str, Inexact] = MappingProxyType({})


class Row(NamedTuple):
    """One line of the table: a layer, or a block folded into one. None is unknown."""

    name: str
    kind: str
    label: str
    inputs: tuple[str, ...]
    output: Shape | None
    activations: int | None
    activations_formula: str
    params: int | None
    weights: int | None
    weights_formula: str
    macs: int | None
    field: Fields | None
    line: int | None
    # The node whose weights it uses, if they are not its own.
    shared: str | None = None
    # Its figures that are not exact.
    inexact: Mapping[str, Inexact] = NOTHING
    # The operands of a merge by their names in its block: `conv3` for `stage1.conv3` and for the norm after it.
    reads: tuple[str, ...] = ()
    # The device of the layer.
    place: str | None = None
    # Whether it is a block.
    folded: bool = False


class Report(NamedTuple):
    """The report of one spec.

    `fold` leaves out the layers that store and learn nothing (in place, views): their producer's row includes
    them. `depth` folds blocks below this number of levels; `sort` is a figure of `Row`, largest first.
    """

    analysis: Analysis
    diagnostics: tuple[Diagnostic, ...] = ()
    fold: bool = True
    depth: int | None = None
    sort: str | None = None
    sentences: tuple[str, ...] = ()
    # The use of a block whose layers are shown, if not all are.
    within: BlockUse | None = None

    def rows(self) -> Iterator[Row]:
        """The rows, created when they are needed."""
        rows = self._blocks(self.depth) if self.depth is not None else self._layers()
        if self.sort is None:
            return rows
        figure = self.sort
        return iter(sorted(rows, key=lambda row: _figure(row, figure), reverse=figure != "name"))

    def _layers(self) -> Iterator[Row]:
        """One row for each layer."""
        words: Words = {}
        graph = self.analysis.graph
        for node in graph.nodes if self.within is None else nodes_within(graph, self.within):
            if not (self.fold and folds(self.analysis, node)):
                yield row_of(self.analysis, node, words)

    def _blocks(self, depth: int) -> Iterator[Row]:
        """One row for each use of a block."""
        from cnncalc.report._blocks import folded_blocks

        return folded_blocks(self.analysis, self.fold, depth)


def _figure(row: Row, name: str) -> Any:
    value = getattr(row, name)
    return value if value is not None else -1


def nodes_within(graph: Graph, frame: BlockUse) -> list[Node]:
    """The layers in one use of a block, those of blocks inside it too."""
    return [node for node in graph.nodes if any(use is frame for use in frames(node.frame))]


def frames(frame: BlockUse | None) -> Iterator[BlockUse]:
    """A use of a block, and the uses around it, outwards."""
    while frame is not None:
        yield frame
        frame = frame.parent


def folds(analysis: Analysis, node: Node) -> bool:
    """Whether its producer's row can include a node: it stores and learns nothing, or is unknown after an error."""
    if node.fit is None and not node.is_input:
        return True
    stored, learned = analysis.storage[node.index], analysis.parameters[node.index]
    is_own = stored is None or stored.storage is Storage.OWN
    return not is_own and learned is not None and not learned.params


def row_of(analysis: Analysis, node: Node, words: Words) -> Row:
    index, fit = node.index, node.fit
    nodes = analysis.graph.nodes
    learned, work, stored = analysis.parameters[index], analysis.work[index], analysis.storage[index]
    if fit is None or fit.output is None:
        label, volume, weights = node.kind.upper(), _volume(node.shape) if node.is_input else "", ""
    else:
        if fit not in words:
            words[fit] = (fit.layer.label(fit.inputs), _volume(fit.output), _weights(fit))
        label, volume, weights = words[fit]
        if fit.layer.family == LINEAR and (before := flattened(analysis, node)) is not None:
            weights = weights.replace(str(before.size), _volume(before), 1)
    return Row(
        node.name,
        node.kind,
        label,
        tuple([nodes[source].name for source in node.inputs]),
        node.shape,
        stored.values if stored is not None else None,
        volume if stored is not None and stored.values else "",
        learned.params if learned is not None else stated(node),
        learned.weights if learned is not None else stated(node),
        weights if learned is not None and learned.weights else "",
        work.macs if work is not None else None,
        analysis.receptive_fields[index],
        analysis.graph.line(node),
        nodes[node.owner].name if node.owner != index else None,
        _inexact(analysis, index),
        _named_operands(analysis.graph, node),
        node.place,
    )


def _inexact(analysis: Analysis, index: int) -> Mapping[str, Inexact]:
    """The figures of a node that are not exact, with the layer that is the cause."""
    field, cause = analysis.field_exactness[index], analysis.causes[index]
    if cause is None:
        return NOTHING if field is None else {FIELD: field}
    learned, work, stored = analysis.parameters[index], analysis.work[index], analysis.storage[index]
    unknown = zip(COUNTS, (stored, learned, learned, work), strict=True)
    inexact = Inexact("unknown", analysis.graph.nodes[cause].name)
    counts = {name: inexact for name, figure in unknown if figure is None}
    if stated(analysis.graph.nodes[index]) is not None:
        counts.pop("params", None)
        counts.pop("weights", None)
    return counts if field is None else {**counts, FIELD: field}


def _named_operands(graph: Graph, node: Node) -> tuple[str, ...]:
    """What a spec names in a layer: all operands of a merge, the pooling of an unpooling."""
    if node.fit is None or (node.fit.layer.arity is not None and not node.fit.layer.reads_indices):
        return ()
    return _reads(graph, node, node.indices_of or node.inputs)


def _reads(graph: Graph, node: Node, operands: tuple[int, ...]) -> tuple[str, ...]:
    """Operands by their names in the spec.

    Without the block around both, with a block for its last layer, and with a layer for its norm and activation.
    """
    block = f"{node.frame.name}." if node.frame is not None else ""
    around = list(frames(node.frame))
    names = []
    for source in (graph.nodes[index] for index in operands):
        outer = [frame for frame in frames(source.frame) if frame not in around]
        ended = [frame for frame in outer if _ends(graph, source, frame)]
        name = ended[-1].name if ended else _item(graph, source).name
        names.append(name)
    # A layer outside may have the same name as one inside: then the one inside keeps its full name.
    names = [name if name.removeprefix(block) in names else name.removeprefix(block) for name in names]
    return operand_words(node.fit.layer, names) if node.fit is not None else tuple(names)


def _ends(graph: Graph, node: Node, frame: BlockUse) -> bool:
    """Whether a use of a block ends with a layer."""
    after = node.index + 1
    return after == len(graph.nodes) or frame not in frames(graph.nodes[after].frame)


def _item(graph: Graph, node: Node) -> Node:
    """The layer that has a name in the spec: for a norm or an activation inside another layer, that layer."""
    while node.item is not None:
        index = graph.by_name.get(node.name.removesuffix(f".{node.kind}"))
        if index is None or index == node.index or graph.nodes[index].item is not node.item:
            return node
        node = graph.nodes[index]
    return node


def _volume(shape: Shape | None) -> str:
    """`224*224*64`; empty for features, whose number is enough."""
    return "*".join(map(str, (*shape.spatial, shape.channels))) if shape is not None and shape.rank else ""


def _weights(fit: BoundLayer) -> str:
    """The weights as a product; empty for a single number."""
    weights = [weight.formula for weight in fit.layer.weights(fit.inputs) if not weight.is_bias]
    formula = " + ".join(weights)
    return formula if "*" in formula or "+" in formula else ""


def flattened(analysis: Analysis, node: Node) -> Shape | None:
    """The volume before a layer's input was flattened: its weights are `7*7*512*4096`."""
    nodes = analysis.graph.nodes
    before = nodes[node.inputs[0]]
    while before.fit is not None and before.shape is not None and not before.shape.rank:
        layer, inputs = before.fit.layer, before.fit.inputs
        if flattens(layer, inputs):
            return inputs[0]
        if before.shape != inputs[0] or layer.family == LINEAR:
            return None
        before = nodes[before.inputs[0]]
    return None
