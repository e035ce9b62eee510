"""Analyses and diagnostics -> rows and totals: what every format arranges and none computes."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

from cnncalc.analysis import Analysis, Fields, Inexact
from cnncalc.diagnostic import Diagnostic
from cnncalc.graph import BlockUse, BoundLayer, Graph, Node
from cnncalc.layers import Storage
from cnncalc.record import NamedTuple
from cnncalc.shape import Shape

# Label, volume and weights in words: alike for nodes that are alike.
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
    # The node whose weights it uses, where they are not its own.
    shared: str | None = None
    # Of its figures those that are not exact.
    inexact: Mapping[str, Inexact] = NOTHING
    # Of a merge its operands as its own block calls them: `conv3` for `stage1.conv3` and for the norm that ends it.
    reads: tuple[str, ...] = ()
    # Whether it is a block.
    folded: bool = False


class Report(NamedTuple):
    """What is told of one spec.

    `fold` leaves out the layers that store and learn nothing (in place, views): their producer's row stands for
    them. `depth` folds blocks below so many levels; `sort` is a figure of `Row`, largest first.
    """

    analysis: Analysis
    diagnostics: tuple[Diagnostic, ...] = ()
    fold: bool = True
    depth: int | None = None
    sort: str | None = None
    sentences: tuple[str, ...] = ()
    # Only the layers in this use of a block.
    within: BlockUse | None = None

    def rows(self) -> Iterator[Row]:
        """The rows, made as they are asked for."""
        made = (
            _folded_blocks(self.analysis, self.fold, self.depth)
            if self.depth is not None
            else _layers(self.analysis, self.fold, self.within)
        )
        if self.sort is None:
            return made
        figure = self.sort
        return iter(sorted(made, key=lambda row: _figure(row, figure), reverse=figure != "name"))


def _figure(row: Row, name: str) -> Any:
    value = getattr(row, name)
    return value if value is not None else -1


def nodes_within(graph: Graph, frame: BlockUse) -> list[Node]:
    """The layers in one use of a block, those of blocks inside it too."""
    return [node for node in graph.nodes if any(one is frame for one in frames(node.frame))]


def frames(frame: BlockUse | None) -> Iterator[BlockUse]:
    """A use of a block, and those it stands in, outwards."""
    while frame is not None:
        yield frame
        frame = frame.parent


def _layers(analysis: Analysis, fold: bool, within: BlockUse | None) -> Iterator[Row]:
    words: Words = {}
    graph = analysis.graph
    for node in graph.nodes if within is None else nodes_within(graph, within):
        if not (fold and _folds(analysis, node)):
            yield _row(analysis, node, words)


def _folds(analysis: Analysis, node: Node) -> bool:
    """Whether a node's producer can stand for it: nothing stored, nothing learned; or nothing known, behind a fault."""
    if node.fit is None and not node.is_input:
        return True
    stored, owned = analysis.storage[node.index], analysis.parameters[node.index]
    return stored is not None and stored.storage is not Storage.OWN and owned is not None and not owned.params


def _row(analysis: Analysis, node: Node, words: Words) -> Row:
    at, fit = node.index, node.fit
    nodes = analysis.graph.nodes
    owned, done, stored = analysis.parameters[at], analysis.work[at], analysis.storage[at]
    if fit is None or fit.output is None:
        label, volume, weights = node.kind.upper(), _volume(node.shape) if node.is_input else "", ""
    else:
        if fit not in words:
            words[fit] = (fit.layer.label(fit.inputs), _volume(fit.output), _weights(fit))
        label, volume, weights = words[fit]
        if fit.layer.family == "linear" and (before := flattened(analysis, node)) is not None:
            weights = weights.replace(str(before.size), _volume(before), 1)
    return Row(
        node.name,
        node.kind,
        label,
        tuple([nodes[index].name for index in node.inputs]),
        node.shape,
        stored.values if stored is not None else None,
        volume if stored is not None and stored.values else "",
        owned.params if owned is not None else None,
        owned.weights if owned is not None else None,
        weights if owned is not None and owned.weights else "",
        done.macs if done is not None else None,
        analysis.receptive_fields[at],
        analysis.graph.line(node),
        nodes[node.owner].name if node.owner != at else None,
        _inexact(analysis, at),
        _reads(analysis.graph, node) if fit is not None and fit.layer.arity is None else (),
    )


def _inexact(analysis: Analysis, at: int) -> Mapping[str, Inexact]:
    """The figures of a node that are not exact, with the layer that made them so."""
    field, cause = analysis.field_exactness[at], analysis.causes[at]
    if cause is None:
        return NOTHING if field is None else {FIELD: field}
    owned, done, stored = analysis.parameters[at], analysis.work[at], analysis.storage[at]
    unknown = zip(COUNTS, (stored, owned, owned, done), strict=True)
    inexact = Inexact("unknown", analysis.graph.nodes[cause].name)
    counts = {name: inexact for name, figure in unknown if figure is None}
    return counts if field is None else {**counts, FIELD: field}


def _reads(graph: Graph, node: Node) -> tuple[str, ...]:
    """The operands of a merge as the spec calls them.

    That is without the block that both stand in, a block for its last layer, and a layer for its norm and activation.
    """
    block = f"{node.frame.name}." if node.frame is not None else ""
    around = list(frames(node.frame))
    names = []
    for source in (graph.nodes[at] for at in node.inputs):
        outer = [frame for frame in frames(source.frame) if frame not in around]
        ended = [frame for frame in outer if _ends(graph, source, frame)]
        name = ended[-1].name if ended else _item(graph, source).name
        names.append(name.removeprefix(block))
    return tuple(names)


def _ends(graph: Graph, node: Node, frame: BlockUse) -> bool:
    """Whether a use of a block ends with a layer."""
    after = node.index + 1
    return after == len(graph.nodes) or frame not in frames(graph.nodes[after].frame)


def _item(graph: Graph, node: Node) -> Node:
    """The layer that the spec names: of a norm or an activation written inside another layer, that one."""
    while node.item is not None:
        at = graph.by_name.get(node.name.removesuffix(f".{node.kind}"))
        if at is None or at == node.index or graph.nodes[at].item is not node.item:
            return node
        node = graph.nodes[at]
    return node


def _volume(shape: Shape | None) -> str:
    """`224*224*64`; nothing for features, whose count says it."""
    return "*".join(map(str, (*shape.spatial, shape.channels))) if shape is not None and shape.rank else ""


def _weights(fit: BoundLayer) -> str:
    """The weights as a product; nothing for a plain count."""
    weights = [weight.formula for weight in fit.layer.weights(fit.inputs) if not weight.is_bias]
    formula = " + ".join(weights)
    return formula if "*" in formula or "+" in formula else ""


def flattened(analysis: Analysis, node: Node) -> Shape | None:
    """The volume that a layer's features were before they were flattened: its weights are `7*7*512*4096`."""
    nodes = analysis.graph.nodes
    at = nodes[node.inputs[0]]
    while at.fit is not None and at.shape is not None and not at.shape.rank:
        entering = at.fit.inputs[0]
        if at.kind == "flatten" and entering.rank:
            return entering
        if at.shape != entering or at.fit.layer.family == "linear":
            return None
        at = nodes[at.inputs[0]]
    return None


def _folded_blocks(analysis: Analysis, fold: bool, depth: int) -> Iterator[Row]:
    """One row for each use of a block at `depth` levels (0: the top level's own layers only stay by themselves)."""
    words: Words = {}
    group: list[Row] = []
    current: BlockUse | None = None
    # By name of each layer in a block, the row that it is a part of.
    within: dict[str, str] = {}
    for node in analysis.graph.nodes:
        frame = _ancestor(node.frame, depth)
        if frame is not current and current is not None:
            yield _outside(_joined(group, current), within)
            group = []
        current = frame
        if frame is not None:
            within[node.name] = frame.name
            group.append(_row(analysis, node, words))
        elif not (fold and _folds(analysis, node)):
            yield _outside(_row(analysis, node, words), within)
    if current is not None:
        yield _outside(_joined(group, current), within)


def _outside(row: Row, within: Mapping[str, str]) -> Row:
    """A row whose inputs are rows, too: a block for the layers inside it."""
    inputs = tuple(dict.fromkeys(within.get(name, name) for name in row.inputs))
    if inputs == row.inputs:
        return row
    return row._replace(inputs=inputs, reads=inputs if row.reads else ())


def _ancestor(frame: BlockUse | None, depth: int) -> BlockUse | None:
    """The use of a block that stands `depth` levels deep on the way to `frame`."""
    inwards = list(frames(frame))
    return inwards[-1 - depth] if len(inwards) > depth else None


def _joined(rows: list[Row], frame: BlockUse) -> Row:
    last = rows[-1]
    inside = {row.name for row in rows}
    return Row(
        name=frame.name,
        kind=frame.item.block,
        label=frame.name,
        inputs=tuple(dict.fromkeys(name for row in rows for name in row.inputs if name not in inside)),
        output=last.output,
        activations=_added(rows, lambda row: row.activations),
        activations_formula="",
        params=_added(rows, lambda row: row.params),
        weights=_added(rows, lambda row: row.weights),
        weights_formula="",
        macs=_added(rows, lambda row: row.macs),
        field=last.field,
        line=frame.item.span.line,
        inexact={**dict(_added_inexact(rows)), **_of_field(last)},
        folded=True,
    )


def _added(rows: list[Row], figure: Callable[[Row], int | None]) -> int | None:
    values = [figure(row) for row in rows]
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def _of_field(row: Row) -> dict[str, Inexact]:
    """What is said of a row's receptive field, where that is not exact."""
    return {FIELD: row.inexact[FIELD]} if FIELD in row.inexact else {}


def _added_inexact(rows: list[Row]) -> Iterator[tuple[str, Inexact]]:
    """The sums that are unknown: because of the first layer that is, and at least what the others come to."""
    for name in COUNTS:
        first = next((row.inexact[name] for row in rows if name in row.inexact), None)
        if first is not None:
            known = sum(getattr(row, name) or 0 for row in rows)
            yield name, first._replace(at_least=known)
