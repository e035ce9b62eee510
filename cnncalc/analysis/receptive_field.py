"""The part of the input that a value can see: for every layer, by a pass from the input on."""

from typing import TYPE_CHECKING, TypeAlias, TypeGuard

from cnncalc.analysis.certainty import Inexact, NotFollowed
from cnncalc.analysis.field import MOST, Field, Span, everywhere, hull, point, through, union
from cnncalc.graph import BoundLayer, Graph, Node
from cnncalc.layers import Reach
from cnncalc.record import NamedTuple
from cnncalc.shape import Shape
from cnncalc.vocabulary.families import LINEAR
from cnncalc.vocabulary.reach import SAME

if TYPE_CHECKING:
    from fractions import Fraction

    from cnncalc.analysis.walk import Walk

# Along each axis of the input.
Fields: TypeAlias = tuple[Field, ...]
# The fields of a node; why they are unknown; None if it does not read the source at all.
Result: TypeAlias = Fields | Inexact | None
# The most phases that are listed over a whole network, before fields become unknown.
BUDGET = 1_000_000
# The most inputs that are followed separately: paths from different inputs cannot disagree.
MOST_INPUTS = 8


def _is_known(result: Result) -> TypeGuard[Fields]:
    """Whether there are fields. (`Inexact` is a tuple, too.)"""
    return result is not None and not isinstance(result, Inexact)


class Disagreement(NamedTuple):
    """A merge whose operands have different strides over the input: `inputs` are node indices."""

    node: int
    axis: str
    inputs: tuple[int, int]
    strides: "tuple[int | Fraction, int | Fraction]"


class Fieldwork(NamedTuple):
    """What every node sees of one source, or of several sources of the same size together.

    `random` maps a node to the layer that reads different positions in each run.
    """

    sources: frozenset[int]
    results: list[Result]
    random: dict[int, str]
    disagreements: list[Disagreement]
    # Nodes whose positions each see the whole source, without padding.
    whole: set[int]

    def walk(self, graph: Graph, node: int, positions: tuple[int, ...]) -> "Walk":
        """The pixels that sets of positions of a node see. Raises `Untraceable` or `TooLarge`."""
        from cnncalc.analysis.walk import walk

        return walk(graph, self.sources, self.results, (self.random, self.whole), node, positions)


class _Unknown(Exception):
    """A field is unknown from this layer on."""


def follow(graph: Graph, *sources: int) -> Fieldwork:
    """The fields of all nodes on one source: an input, or the output of any layer."""
    return _Pass(graph, frozenset(sources)).run()


class _Pass:
    def __init__(self, graph: Graph, sources: frozenset[int]) -> None:
        self.graph, self.sources, self.first = graph, sources, min(sources)
        self.last = max(sources)
        self.work = Fieldwork(sources, [], {}, [], set())
        self.left = BUDGET
        # What an output reads, by layer and shapes.
        self.ways: dict[BoundLayer, tuple[_Way, ...] | None] = {}
        self.seen: dict[int, tuple[Span, ...]] = {}

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
            except (_Unknown, NotFollowed):
                results.append(Inexact("unknown", node.name))
        return self.work

    def _result(self, node: Node) -> Result:
        results = self.work.results
        if node.index in self.sources:
            if node.shape is None:
                raise _Unknown
            return tuple(point(size, axis) for axis, size in enumerate(node.shape.spatial))
        if node.index < self.first or node.is_input:
            return None
        fit = node.fit
        reading = node.inputs[:1] if fit is not None and fit.layer.reads_first else node.inputs
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
                raise _Unknown
            before = self._merged(node, fit, seeing)
        if fit is None or fit.output is None:
            raise _Unknown
        return self._read(node, fit, fit.output, before)

    def _read(self, node: Node, fit: BoundLayer, output: Shape, before: Fields) -> Fields:
        if not fit.inputs[0].rank:
            return _of_features(fit, output, before)
        if fit not in self.ways:
            self.ways[fit] = _ways(fit, output)
        ways = self.ways[fit]
        if ways is None:
            raise _Unknown
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
            spans = self._seen_by_all(node)
            if len(ways) == 1:
                self._note_whole(node, spans)
            return everywhere(spans[index], field)
        grown = through(field, way.reach, way.positions, way.axis)
        if grown is None or _beyond(grown):
            raise _Unknown
        if len(grown.phases) > 1:
            self.left -= len(grown.phases)
            if self.left < 0:
                raise _Unknown
        if way.parts:
            grown = grown._replace(parts=True)
        return grown if output.rank else grown._replace(phases=grown.phases[:1], axis=None)

    def _seen_by_all(self, node: Node) -> tuple[Span, ...]:
        """The pixels, along each axis of the source, that all positions of a node's output see together."""
        if node.index not in self.seen:
            if node.shape is None:
                raise _Unknown
            from cnncalc.analysis.positions import all_of, ends

            every = tuple(map(all_of, node.shape.spatial))
            walk = self.work.walk(self.graph, node.index, every)
            spans = list(map(ends, walk.pixels))
            if walk.most or None in spans:
                raise _Unknown
            self.seen[node.index] = tuple([span for span in spans if span is not None])
        return self.seen[node.index]

    def _note_whole(self, node: Node, spans: tuple[Span, ...]) -> None:
        """Record a node whose positions all see the same pixels, if these are the whole source."""
        shape = self.graph.nodes[self.first].shape
        if shape is not None and spans == tuple((0, size - 1) for size in shape.spatial):
            self.work.whole.add(node.index)

    def _merged(self, node: Node, fit: BoundLayer, seeing: list[int]) -> Fields:
        """What the operands of a merge see together, before the merge itself reads them."""
        shape = fit.output
        assert shape is not None
        # A merge has the axes of its operands, each as long as the longest.
        operands = [_Operand(source, result, self.graph.nodes[source]) for source in seeing
                    if _is_known(result := self.work.results[source])]  # fmt: skip
        first = operands[0].fields
        spread = [any(operand.is_spread(field, shape) for field in operand.fields) for operand in operands]
        for operand in operands:
            if shape.positions > 1 and all(operand.is_spread(field, shape) for field in operand.fields):
                self._note_whole(node, self._seen_by_all(operand.node))
        if not any(spread) and all(operand.fields is first for operand in operands):
            return first
        if shape.positions == 1:
            return tuple(map(_of_one_position, zip(*(operand.fields for operand in operands), strict=True)))
        if _holes(operands) and len({field.axis for operand in operands for field in operand.fields}) > 1:
            return self._past_holes(operands)
        return tuple([self._united(node, shape, operands, index) for index in range(len(first))])

    def _united(self, node: Node, shape: Shape, operands: "list[_Operand]", index: int) -> Field:
        moving: list[tuple[int, Field]] = []
        fixed: list[Span | None] = []
        for operand in operands:
            field = operand.fields[index]
            fixed.append(field.fixed)
            if not operand.is_spread(field, shape):
                moving.append((operand.number, field))
            else:
                fixed.append(self._seen_by_all(operand.node)[index])
        together = hull(fixed)
        if not moving:
            assert together is not None
            return everywhere(together, operands[0].fields[index])
        fields = [field for _, field in moving]
        if len({field.axis for field in fields}) > 1:
            raise _Unknown
        axis = fields[0].axis
        assert axis is not None
        positions = shape.spatial[axis]
        self._compare(node, shape.axes[axis], positions, moving)
        result = union(fields, positions)
        if result is None or _beyond(result):
            raise _Unknown
        if len(result.phases) > 1:
            self.left -= len(result.phases)
            if self.left < 0:
                raise _Unknown
        if together != result.fixed and None in result.phases:
            raise _Unknown
        return result._replace(fixed=together)

    def _compare(self, node: Node, axis: str, positions: int, moving: list[tuple[int, Field]]) -> None:
        """Paths disagree if, from the first position to the last, they get a whole step (of the coarser path) apart.

        A smaller distance comes from rounding: an odd size that is halved and doubled, or aligned corners. A path that
        is halved several times can round by one step each time.
        """
        (index, lead), *others = [(index, field) for index, field in moving if field.stride] or moving
        for other, field in others:
            if field.stride == lead.stride:
                continue
            apart = _between(field.stride, lead.stride) * (positions - 1)
            rounding = _between(field.rounded, lead.rounded)
            if apart >= max(field.coarsest, lead.coarsest, rounding):
                strides = (lead.stride, field.stride)
                self.work.disagreements.append(Disagreement(node.index, axis, (index, other), strides))
                return

    def _past_holes(self, operands: "list[_Operand]") -> Fields:
        """If some positions of one path see nothing, an axis alone does not say what is seen, unless all is seen."""
        for operand in operands:
            if all(field.whole for field in operand.fields):
                return tuple([everywhere((0, field.image - 1), field) for field in operand.fields])
        raise _Unknown


def _between(first: "int | Fraction", other: "int | Fraction") -> "int | Fraction":
    return first - other if first > other else other - first


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
    for index, (reach, size) in enumerate(zip(reaches, fit.inputs[0].spatial, strict=True)):
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
        raise _Unknown
    return field


class _Operand(NamedTuple):
    """An operand of a merge."""

    number: int
    fields: Fields
    node: Node

    def is_spread(self, field: Field, shape: Shape) -> bool:
        """Whether all positions of the merge get the same values along the axis of a field."""
        if field.axis is None:
            return shape.positions > 1
        assert self.node.shape is not None
        return self.node.shape.spatial[field.axis] == 1 < shape.spatial[field.axis]


def _holes(operands: list[_Operand]) -> bool:
    """Whether some positions of some operands see nothing, and not the same positions of all operands."""
    all_phases = [[field.phases for field in operand.fields] for operand in operands]
    return any(None in phases for fields in all_phases for phases in fields) and any(
        operand_phases != all_phases[0] for operand_phases in all_phases
    )


def _of_one_position(fields: tuple[Field, ...]) -> Field:
    """What several single positions see together."""
    first = next((field for field in fields if field.axis is not None), fields[0])
    span = hull([field.at(0) if field.fixed is None else field.phases[0] for field in fields])
    return first._replace(
        phases=(span,),
        fixed=hull([field.fixed for field in fields]),
        parts=any(field.parts for field in fields),
    )


def _of_features(fit: BoundLayer, output: Shape, before: Fields) -> Fields:
    """Features that each see different positions (as of a flattened volume) are distinguished from equal ones."""
    if not any(field.parts for field in before):
        return before
    if fit.layer.family == LINEAR:
        return tuple([field._replace(parts=False) for field in before])
    if output.positions > 1 or output.size < fit.inputs[0].size:
        raise _Unknown
    return before


def _beyond(field: Field) -> bool:
    """Whether a field is too large to continue with, or its values are too close together."""
    if field.shift > MOST or field.stride.denominator > MOST:
        return True
    span = field.phases[0]
    return span is not None and not (span[0] >= -MOST and span[1] <= MOST)


def follow_inputs(graph: Graph) -> list[Fieldwork]:
    """The fields of all nodes on each input; if there are many inputs, on all inputs of the same size together."""
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
    alone = works[0].results if len(works) == 1 else None
    results = alone or [_together(graph, works, node) for node in graph.nodes]
    fields: list[Fields | None] = []
    exactness: list[Inexact | None] = []
    for node, result in zip(graph.nodes, results, strict=True):
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


def _together(graph: Graph, works: list[Fieldwork], node: Node) -> Result:
    """What a node sees of several inputs."""
    results = [work.results[node.index] for work in works]
    seen = [result for result in results if result is not None]
    if unknown := next((result for result in seen if isinstance(result, Inexact)), None):
        return unknown
    known = [result for result in seen if _is_known(result)]
    if not known:
        return None
    first = next((result for result in known if result), known[0])
    alike = [
        stride for stride in known if [field.image for field in stride] == [field.image for field in first]
    ]
    if len(alike) == 1 or all(stride == first for stride in alike):
        return first
    if node.shape is None or node.shape.positions == 1:
        return tuple(map(_of_one_position, zip(*alike, strict=True)))
    united = [_union_of_inputs(fields, node.shape) for fields in zip(*alike, strict=True)]
    whole = tuple([field for field in united if field is not None])
    return whole if len(whole) == len(united) else Inexact("unknown", node.name)


def _union_of_inputs(fields: tuple[Field, ...], shape: Shape) -> Field | None:
    """What is seen along one axis of several inputs of the same size; None if it differs too much."""
    first = fields[0]
    if any(
        field.axis != first.axis or field.fixed != first.fixed or None in field.phases for field in fields
    ):
        return None
    if first.axis is None:
        return first._replace(phases=(hull([field.phases[0] for field in fields]),))
    return union(list(fields), shape.spatial[first.axis])
