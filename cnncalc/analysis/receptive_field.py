"""The part of the input that a value can see: for every layer, by a pass from the input on."""

from cnncalc.analysis.certainty import Inexact, NotFollowed
from cnncalc.analysis.field import Field, everywhere, point
from cnncalc.analysis.field_through import through
from cnncalc.analysis.fieldwork import Disagreement, Fields, Fieldwork, Following, Result, UnknownField
from cnncalc.graph import BoundLayer, Graph, Node
from cnncalc.layers import Reach
from cnncalc.record import NamedTuple
from cnncalc.shape import Shape
from cnncalc.vocabulary.families import LINEAR
from cnncalc.vocabulary.reach import SAME

# The most inputs that are followed separately: paths from different inputs cannot disagree.
MOST_INPUTS = 8


def follow(graph: Graph, *sources: int) -> Fieldwork:
    """The fields of all nodes on one source: an input, or the output of any layer."""
    return _Pass(graph, frozenset(sources)).run()


class _Pass(Following):
    def __init__(self, graph: Graph, sources: frozenset[int]) -> None:
        super().__init__(graph, sources)
        self.last = max(sources)
        # What an output reads, by layer and shapes.
        self.ways: dict[BoundLayer, tuple[_Way, ...] | None] = {}

    def run(self) -> Fieldwork:
        results, ways, random, last = self.work.results, self.ways, self.work.random, self.last
        for node in self.graph.nodes:
            fit = node.fit
            # Most layers read only their own position: they see what their input sees.
            if fit in ways and ways[fit] == () and len(node.inputs) == 1 and node.index > last and not random:
                results.append(results[node.inputs[0]])
                continue
            try:
                results.append(self._result(node))
            except (UnknownField, NotFollowed):
                results.append(Inexact("unknown", node.name))
        return self.work

    def _result(self, node: Node) -> Result:
        results = self.work.results
        if node.index in self.sources:
            if node.shape is None:
                raise UnknownField
            if node.index in self.graph.histories:
                from cnncalc.analysis.histories import first_fields

                return first_fields(self.graph, node, node.shape)
            return tuple(point(size, axis) for axis, size in enumerate(node.shape.spatial))
        if node.index < self.first or node.is_input:
            return None
        fit = node.fit
        reading = node.values_of
        if len(reading) == 1:
            before = results[reading[0]]
            if before is None or isinstance(before, Inexact):
                return before
            if reading[0] in self.work.random:
                self.work.random[node.index] = self.work.random[reading[0]]
        else:
            seeing = [source for source in reading if results[source] is not None]
            if not seeing:
                return None
            if unknown := next(
                (result for source in seeing if isinstance(result := results[source], Inexact)), None
            ):
                return unknown
            if random := next((name for source in seeing if (name := self.work.random.get(source))), None):
                self.work.random[node.index] = random
            if fit is None or fit.output is None:
                raise UnknownField
            if (along := fit.layer.joins_along(fit.inputs)) is not None:
                from cnncalc.analysis.joined_fields import joined

                before = joined(self, node, fit, along)
            else:
                from cnncalc.analysis.merged_fields import merged

                before = merged(self, node, fit, seeing)
        if fit is None or fit.output is None:
            raise UnknownField
        return self._read(node, fit, fit.output, before)

    def _read(self, node: Node, fit: BoundLayer, output: Shape, before: Fields) -> Fields:
        if not fit.inputs[0].rank and (fit.layer.arity is not None or not output.rank):
            return _of_features(fit, output, before)
        if fit not in self.ways:
            self.ways[fit] = _ways(fit, output)
        ways = self.ways[fit]
        if ways is None:
            raise UnknownField
        if ways == ():
            return before
        if any(way.reach.random for way in ways):
            self.work.random[node.index] = node.name
        return tuple(
            [
                self._along(node, ways, ways[field.axis], output, index, field)
                if field.axis is not None
                else _of_all(ways, field)
                for index, field in enumerate(before)
            ]
        )

    def _along(
        self, node: Node, ways: "tuple[_Way, ...]", way: "_Way", output: Shape, index: int, field: Field
    ) -> Field:
        """Axis `index` of the source through a layer."""
        if way.stays:
            return field if way.positions == field.positions else field._replace(positions=way.positions)
        if way.spreads:
            # Every position reads the same: what this is in the image is computed exactly.
            spans = self.seen_by_all(node)
            if len(ways) == 1:
                self.note_whole(node, spans)
            return everywhere(spans[index], field)
        grown = self.limited(through(field, way.reach, way.positions, way.axis))
        if way.parts:
            grown = grown._replace(parts=True)
        return grown if output.rank else grown._replace(phases=grown.phases[:1], axis=None)


class _Way(NamedTuple):
    """How a layer reads one axis of its input: through an axis of its output, with this number of positions.

    `stays`: each position reads its own. `spreads`: several positions all read the same. `parts`: each value sees only
    some of the positions.
    """

    reach: Reach
    axis: int
    positions: int
    stays: bool
    spreads: bool
    parts: bool


def _ways(fit: BoundLayer, output: Shape) -> tuple[_Way, ...] | None:
    """How a layer reads each axis; () if all positions stay, None if it is unknown."""
    reaches = fit.layer.reach(fit.inputs)
    if reaches is None:
        return None
    ways = []
    for index, (reach, size) in enumerate(zip(reaches, fit.read_axes(reaches), strict=True)):
        axis = index if reach.axis is None else reach.axis
        positions = output.spatial[axis] if output.rank else 1
        spreads = reach.shift == 0 and len(reach.phases) == 1 and positions > 1
        # Features have no positions, not even features of one position.
        stays = reach == SAME and output.rank > 0
        ways.append(_Way(reach, axis, positions, stays, spreads, reach.parts and size > 1))
    merges = fit.layer.arity is None and not fit.layer.reads_first
    same = merges or fit.inputs[0].spatial == output.spatial
    return () if same and all(way.stays for way in ways) else tuple(ways)


def _of_all(ways: tuple[_Way, ...], field: Field) -> Field:
    """What all positions see in common, whichever of them are read, unless none is read."""
    if any(None in way.reach.phases for way in ways):
        raise UnknownField
    return field


def _of_features(fit: BoundLayer, output: Shape, before: Fields) -> Fields:
    """Features that each see different positions (as of a flattened volume) are distinguished from equal ones."""
    if not any(field.parts for field in before):
        return before
    if fit.layer.family == LINEAR:
        return tuple([field._replace(parts=False) for field in before])
    if output.positions > 1 or output.size < fit.inputs[0].size:
        raise UnknownField
    return before


def follow_inputs(graph: Graph) -> list[Fieldwork]:
    """The fields of all nodes on each input; if there are many inputs, on all inputs of the same size together."""
    if graph.histories:
        # They are features of one image: paths from different ones of them can disagree.
        alone = [node.index for node in graph.inputs if node.index not in graph.histories]
        return [
            follow(graph, *graph.histories),
            *(follow(graph, index) for index in alone[: MOST_INPUTS - 1]),
        ]
    if len(graph.inputs) <= MOST_INPUTS:
        return [follow(graph, node.index) for node in graph.inputs]
    groups: dict[tuple[int, ...] | None, list[int]] = {}
    for node in graph.inputs:
        groups.setdefault(node.shape.spatial if node.shape else None, []).append(node.index)
    # Nothing is known of nodes that see only further inputs.
    return [follow(graph, *group) for group in list(groups.values())[:MOST_INPUTS]]


def on_the_input(
    graph: Graph, works: list[Fieldwork]
) -> tuple[list[Fields | None], list[Inexact | None], list[Disagreement]]:
    """What every node sees of the input, how exact it is, and where paths disagree.

    Inputs of the same size are combined. Pixels of inputs of different sizes are different: then it is the field on the
    first input that a node sees.
    """
    disagreements = [disagreement for work in works for disagreement in work.disagreements]
    if len(works) == 1:
        results = works[0].results
    else:
        from cnncalc.analysis.several_inputs import together

        results = [together(works, node) for node in graph.nodes]
    if any(history.field is None for history in graph.histories.values()):
        from cnncalc.analysis.histories import without_field

        unknown = without_field(graph)
        results = [cause or result for cause, result in zip(unknown, results, strict=True)]
    fields: list[Fields | None] = []
    exactness: list[Inexact | None] = []
    for node, result in zip(graph.nodes, results, strict=True):
        if result is None and node.shape is not None and not node.shape.batched:
            # A learned tensor sees no pixel.
            fields.append(())
            exactness.append(None)
            continue
        if result is None or isinstance(result, Inexact):
            fields.append(None)
            exactness.append(result or Inexact("unknown", node.name))
            continue
        fields.append(result)
        random = next((name for work in works if (name := work.random.get(node.index))), None)
        exactness.append(_at_most(result, random) if random and result else None)
    return fields, exactness, disagreements


def _at_most(fields: Fields, layer: str) -> Inexact:
    return Inexact("bound", layer, at_most=max(field.largest for field in fields))
