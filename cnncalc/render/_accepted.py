"""What a spec accepts of what is found in it, by where it would be found in the spec written out."""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import Span
from cnncalc.graph import Graph, Node, build
from cnncalc.rules import Selection, checked
from cnncalc.spec import LayerItem, read_spec
from cnncalc.spec.budget import MODES
from cnncalc.spec.ignores import accepting_code, reason
from cnncalc.text import from_text

Place: TypeAlias = int | str | None
Codes: TypeAlias = dict[str, tuple[str, bool]]
Lines: TypeAlias = Callable[[Graph, Mapping[Place, Codes]], Iterator[tuple[str, Place]]]


def accepted_in(graph: Graph, lines: Lines) -> dict[Place, Codes]:
    """By place, the codes that the spec accepts there, with the reason, and whether `allow` or a comment says so.

    `lines` writes the spec out. It is read again, for the rules: what they find is one place in a block, and a place
    for each use where all is written out.
    """
    looked_up = _Accepting(graph)
    accepted: dict[Place, Codes] = {}
    for node in graph.layers:
        for code in sorted(node.accepted):
            looked_up.note(accepted, node.index, code)
    written = list(lines(graph, accepted))
    places = [place for _, place in written]
    spec = read_spec(*from_text("".join(text for text, _ in written)))
    again = build(spec, mode=graph.mode, max_nodes=len(graph.nodes) + 1)
    for found in (*again.diagnostics, *checked(Analysis(again), Selection(preview=True)).diagnostics):
        if found.span.line <= len(places):
            looked_up.note(accepted, places[found.span.line - 1], found.code)
    return accepted


class _Accepting:
    """Looks up what the text of a spec accepts."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._by_comment = accepting_code(graph.spec.ignores)
        self._reasons = {
            word.span: reason(graph.sources[ignore.span.file], ignore)
            for ignore in graph.spec.ignores
            for word in ignore.codes
        }

    def note(self, accepted: dict[Place, Codes], place: Place, code: str) -> None:
        """Note a code at a place, if the spec accepts it there."""
        if isinstance(place, int):
            node = self._graph.nodes[place]
            if node.allow and (entry := node.allow.get(code)) is not None:
                accepted.setdefault(place, {})[code] = entry.reason, True
                return
        for span in self._spans(place):
            if (comment := self._by_comment(code, span)) is not None:
                said = self._reasons[comment]
                accepted.setdefault(place, {})[code] = f" {said}" if said else "", False
                return

    def _spans(self, place: Place) -> Iterator[Span]:
        """Where in the spec itself a place of the written one comes from: every line that may have a comment."""
        graph = self._graph
        if isinstance(place, str):
            figures = MODES if place == "memory" else (place,)
            yield from (limit.span for limit in graph.spec.budget.of(*figures) if limit.span is not None)
        elif place is not None:
            node = graph.nodes[place]
            yield from _lines(node) if node.item is not None else (graph.places[place],)


def _lines(node: Node) -> Iterator[Span]:
    """The lines of a layer; of a structure the first, since the others are of what is in it."""
    assert node.item is not None
    whole = node.item.whole
    last = whole.end_line if isinstance(node.item, LayerItem) else node.item.span.line
    for line in range(whole.line, last + 1):
        yield Span(whole.file, line, 1, line, 2)
