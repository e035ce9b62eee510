"""From text to a tree with places, from PyYAML's events with our own stack.

PyYAML's composer and constructor are recursive: libyaml's reader crashes on 100,000 brackets, and aliases can expand
without end. Events have a fixed cost, and one look at each is enough to refuse what a spec does not allow.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from yaml.scanner import ScannerError

from cnncalc.diagnostic import Diagnostic, Span
from cnncalc.text import _places as places
from cnncalc.text._bounded import BoundedReports
from cnncalc.text._collecting import Open, OpenList, OpenMapping, Start
from cnncalc.text._parsers import parser, parses
from cnncalc.text.resolve import RefusedScalar, resolve
from cnncalc.text.source import Source, unseen
from cnncalc.text.tree import Node, Plain, Scalar

if TYPE_CHECKING:
    from cnncalc.text import _refusals as refusals

MAX_DEPTH = 32
"""The most levels of lists and mappings."""

MAX_NODES = 200_000
"""The most scalars, lists and mappings, including keys."""

_UNKNOWN = RefusedScalar("", None)

# libyaml reads `|#` as a block text with a comment, PyYAML as an error.
_COMMENTED = r"[|>][-+0-9]*#"


# From version 0.2.6 on libyaml refuses brackets that are nested deeper, before it gives events of those around them.
# PyYAML's own parser gives them, and is stopped at our own limit.
NESTED_IN_LIBYAML = 1000


def load(source: Source, *, pure: bool = False) -> tuple[Node | None, tuple[Diagnostic, ...]]:
    """The tree of `source`, and every error that is independent of the others.

    There is no tree if the meaning of the text is unknown: bad syntax, an alias, a merge key, a number that is too
    long, a limit passed. For other errors (a duplicate key, `yes`, a tag) the tree has the likely meaning, so that
    reading can continue; a refused key is left out with its value. `pure` forces PyYAML's own parser.
    """
    if source.refused:
        return None, ()
    text = source.text
    reports = BoundedReports()
    if "%" in text:
        from cnncalc.text import _layout as layout

        text, directives = layout.without_directives(source, text)
        for directive in directives:
            reports.add(directive)
    if "\t" in text:
        from cnncalc.text import _layout as layout

        tabs = layout.tab_indentation(source, text, lambda spaced: parses(spaced, pure, MAX_DEPTH))
        if tabs is not None:
            reports.add(tabs)
            return None, reports.in_order()
        # libyaml accepts tabs as white space in more places than PyYAML; both read spaces in the same way.
        text = text.replace("\t", " ")
    if not text.endswith("\n"):
        # If the text does not end with a line feed, the two parsers count differently.
        text += "\n"
    building = _Building(source, reports)
    events = parser(text, pure)
    try:
        building.read(events.get_event)
    except yaml.MarkedYAMLError as error:
        from cnncalc.text._syntax import syntax_fault

        before = 0 if error.problem_mark is None else error.problem_mark.index
        if not pure and text.count("[", 0, before) + text.count("{", 0, before) >= NESTED_IN_LIBYAML:
            return load(source, pure=True)
        reports.add(syntax_fault(error, source))
        building.whole = False
    finally:
        events.dispose()
    return (building.root if building.whole else None), reports.in_order()


class _Building:
    """The tree so far. `whole` is false after an error that makes its meaning unknown."""

    def __init__(self, source: Source, reports: BoundedReports) -> None:
        self.source = source
        self.reports = reports
        self.root: Node | None = None
        self.whole = True
        self.resolved: dict[str, Plain | RefusedScalar] = {}

    def read(self, next_event: Callable[[], Any]) -> None:
        """All events of one document."""
        document = OpenList(Start(self.source.name, 1, 1, False))
        top: Open = document
        stack: list[Open] = []
        count = 0
        while True:
            event = next_event()
            kind = type(event)
            if kind is ScalarEvent:
                top.take(self.scalar(event, top))
            elif kind is MappingStartEvent or kind is SequenceStartEvent:
                if len(stack) == MAX_DEPTH:
                    self.stop("depth", event)
                    return
                stack.append(top)
                start = self.start(event)
                if kind is MappingStartEvent:
                    top = OpenMapping(start, self.reports, top.key if type(top) is OpenMapping else None)
                else:
                    top = OpenList(start)
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                node = top.close(event.end_mark)
                top = stack.pop()
                top.take(node)
                continue
            elif kind is AliasEvent:
                top.take(self.alias(event))
            elif kind is DocumentStartEvent and document.items:
                self.stop("document", event, whole=self.whole)
                break
            elif kind is StreamEndEvent:
                break
            else:
                continue
            count += 1
            if count > MAX_NODES:
                self.stop("nodes", event)
                return
        self.finish(document)

    def scalar(self, event: Any, top: Open) -> Scalar:
        """A leaf; plain ones are resolved, each word once."""
        start, end = event.start_mark, event.end_mark
        span = Span(self.source.name, start.line + 1, start.column + 1, end.line + 1, end.column + 1)
        if event.anchor is not None or event.tag is not None:
            self.properties(event)
        raw = event.value
        if event.style:
            if re.compile(_COMMENTED).match(self.source.text, start.index):
                raise ScannerError(None, start, "a comment right after `|` or `>`", event.end_mark)
            return self.quoted(span, raw, event.style)
        if not raw:
            span = places.empty(self.source, start)
        value = self.resolved.get(raw, _UNKNOWN)
        if value is _UNKNOWN:
            value = self.resolved[raw] = resolve(raw)
        if type(value) is RefusedScalar:
            key = top.wants_key()
            if key and value.word:
                return Scalar(span, raw, raw, plain=True)
            if not (raw.isdecimal() and type(top) is OpenMapping and top.after_number()) or value.too_long:
                # The second number of `4,096` is reported with the first.
                from cnncalc.text import _refusals as refusals

                self.reports.add(refusals.ambiguous(span, raw, value, key))
            self.whole &= not value.too_long
            # Readers agree on the value of a flag, but not on that of a number.
            return Scalar(span, raw if key else value.value, raw, True, not isinstance(value.value, bool))
        if raw == "<<" and top.wants_key():
            from cnncalc.text import _refusals as refusals

            self.reports.add(refusals.merge_key(span))
            self.whole = False
        return Scalar(span, value, raw, True)  # type: ignore[arg-type]

    def quoted(self, span: Span, raw: str, style: str) -> Scalar:
        """A string. Only double quotes can have escapes of characters that are not allowed in the text."""
        if style == '"' and (match := unseen(raw)) is not None:
            from cnncalc.text import _refusals as refusals

            self.reports.add(refusals.control_character(span, match[0]))
        elif style in "|>":
            span = places.trimmed(self.source, span)
        return Scalar(span, raw, raw, False)

    def alias(self, event: Any) -> Scalar:
        span = places.of_event(self.source, event)
        self.whole = False
        from cnncalc.text import _refusals as refusals

        self.reports.add(refusals.alias(span, event.anchor))
        return Scalar(span, event.anchor, event.anchor, False)

    def properties(self, event: Any) -> None:
        """Anchors and tags, which can be before any node."""
        span = places.first_word(self.source, event.start_mark)
        from cnncalc.text import _refusals as refusals

        if event.anchor is not None:
            self.reports.add(refusals.anchor(span, event.anchor))
        if event.tag is not None:
            self.reports.add(refusals.tag(span, event.tag))

    def start(self, event: Any) -> Start:
        mark = event.start_mark
        file, line, column, index = self.source.name, mark.line + 1, mark.column + 1, mark.index
        inside = line, column
        if event.anchor is not None or event.tag is not None:
            self.properties(event)
            index, inside = places.after_properties(self.source, event)
        bracket = event.flow_style and self.source.text[index : index + 1] in ("[", "{")
        return Start(file, line, column, bracket, (inside[0], inside[1] + 1) if bracket else inside)

    def stop(self, why: "refusals.Why", event: Any, whole: bool = False) -> None:
        """Stop reading before the end of the text."""
        from cnncalc.text import _refusals as refusals

        span = places.first_word(self.source, event.start_mark)
        self.reports.add(refusals.stopped(why, span, depth=MAX_DEPTH, nodes=MAX_NODES))
        self.whole = whole

    def finish(self, document: OpenList) -> None:
        """The root, if the document is not empty."""
        root = document.items[0] if document.items else None
        if root is None or (isinstance(root, Scalar) and root.plain and root.raw == ""):
            from cnncalc.text import _refusals as refusals

            self.reports.add(refusals.empty(self.source.name))
            return
        self.root = root
