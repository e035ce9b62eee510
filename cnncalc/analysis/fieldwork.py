"""What is found while fields are followed through a graph, layer by layer."""

from typing import TYPE_CHECKING, TypeAlias, TypeGuard

from cnncalc.analysis.certainty import Inexact
from cnncalc.analysis.field import MOST, Field, Span
from cnncalc.graph import Graph, Node
from cnncalc.record import NamedTuple

if TYPE_CHECKING:
    from fractions import Fraction

    from cnncalc.analysis.walk import Walk

# Along each axis of the input.
Fields: TypeAlias = tuple[Field, ...]
# The fields of a node; why they are unknown; None if it does not read the source at all.
Result: TypeAlias = Fields | Inexact | None
# The most phases that are listed over a whole network, before fields become unknown.
BUDGET = 1_000_000


def is_known(result: Result) -> TypeGuard[Fields]:
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


class UnknownField(Exception):
    """A field is unknown from this layer on."""


class Following:
    """The fields of a graph's nodes on one source, as far as they are known by now."""

    def __init__(self, graph: Graph, sources: frozenset[int]) -> None:
        self.graph, self.sources, self.first = graph, sources, min(sources)
        self.work = Fieldwork(sources, [], {}, [], set())
        self.left = BUDGET
        self.seen: dict[int, tuple[Span, ...]] = {}

    def limited(self, field: Field | None) -> Field:
        """A field to continue with. Raises `UnknownField` if there is none, or too many phases were listed by now."""
        if field is None or _is_beyond(field):
            raise UnknownField
        if len(field.phases) > 1:
            self.left -= len(field.phases)
            if self.left < 0:
                raise UnknownField
        return field

    def seen_by_all(self, node: Node) -> tuple[Span, ...]:
        """The pixels, along each axis of the source, that all positions of a node's output see together."""
        if node.index not in self.seen:
            if node.shape is None:
                raise UnknownField
            from cnncalc.analysis.positions import all_of, ends

            every = tuple(map(all_of, node.shape.spatial))
            walk = self.work.walk(self.graph, node.index, every)
            spans = list(map(ends, walk.pixels))
            if walk.most or None in spans:
                raise UnknownField
            pixels: tuple[Span, ...] | None = tuple([span for span in spans if span is not None])
            if self.graph.histories:
                from cnncalc.analysis.histories import on_the_image

                pixels = on_the_image(self.graph, self.sources, pixels or ())
            if pixels is None:
                raise UnknownField
            self.seen[node.index] = pixels
        return self.seen[node.index]

    def note_whole(self, node: Node, spans: tuple[Span, ...]) -> None:
        """Record a node whose positions all see the same pixels, if these are the whole source."""
        shape = self.graph.nodes[self.first].shape
        if shape is not None and spans == tuple((0, size - 1) for size in shape.spatial):
            self.work.whole.add(node.index)


def _is_beyond(field: Field) -> bool:
    """Whether a field is too large to continue with, or its values are too close together."""
    if field.shift > MOST or field.stride.denominator > MOST:
        return True
    span = field.phases[0]
    return span is not None and not (span[0] >= -MOST and span[1] <= MOST)
