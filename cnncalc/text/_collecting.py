"""The open lists and mappings while a text is read, one for each level of nesting."""

from typing import Any, TypeAlias

from cnncalc.diagnostic import Span
from cnncalc.record import NamedTuple
from cnncalc.text._bounded import BoundedReports
from cnncalc.text.tree import Entry, Mapping, Node, Scalar, Sequence


class Start(NamedTuple):
    """The start of a collection: its file, 1-based line and column, and whether it has brackets.

    A tag or an anchor is a part of it. `inside` is the line and column of what follows these and the bracket.
    """

    file: str
    line: int
    column: int
    bracket: bool
    inside: tuple[int, int] | None = None

    def span(self, last: Node | None, end: Any) -> Span:
        """The span up to the closing bracket; without brackets up to the last value, which may be before YAML's end."""
        if self.bracket or last is None:
            return Span(self.file, self.line, self.column, end.line + 1, end.column + 1)
        return Span(self.file, self.line, self.column, last.span.end_line, last.span.end_column)


class OpenList:
    """A list that is being read."""

    __slots__ = ("items", "start")

    def __init__(self, start: Start) -> None:
        self.start = start
        self.items: list[Node] = []

    def wants_key(self) -> bool:
        return False

    def take(self, node: Node) -> None:
        self.items.append(node)

    def close(self, end: Any) -> Sequence:
        return Sequence(self.start.span(self.items[-1] if self.items else None, end), self.items)


class OpenMapping:
    """A mapping that is being read. An entry whose key is refused is left out."""

    __slots__ = (
        "entries",
        "index",
        "key",
        "last",
        "reports",
        "run",
        "start",
        "stray",
        "waiting",
        "whole",
        "within",
    )

    def __init__(self, start: Start, reports: BoundedReports, within: Scalar | None = None) -> None:
        self.start = start
        self.reports = reports
        self.entries: list[Entry] = []
        self.index: dict[str, Entry] = {}
        self.key: Scalar | None = None
        self.last: Node | None = None
        self.waiting = False
        self.whole = True
        # The key whose value is this mapping.
        self.within = within
        # `kernel: 3,3` in braces: numbers after the last value. YAML reads them as keys without a value.
        self.stray: Scalar | None = None
        self.run: list[Scalar] = []

    def wants_key(self) -> bool:
        return not self.waiting

    def take(self, node: Node) -> None:
        if not self.waiting:
            goes_on = self._goes_on(node)
            self.waiting = True
            if goes_on:
                self.key, self.whole = None, False
                self.stray = node if type(node) is Scalar else None
                return
            self._end_run()
            self.key = self.accepted(node)
            return
        self.waiting = False
        if self.stray is not None:
            self._stray(self.stray, node)
            self.stray = None
        self.last = node
        key = self.key
        if key is not None:
            entry = Entry(key, node)
            self.index[key.raw] = entry
            self.entries.append(entry)

    def after_number(self) -> bool:
        """Whether a number here, inside brackets, may belong to the number before it."""
        if self.waiting or not (self.start.bracket and self.entries):
            return False
        return bool(self.run) or (self.last is self.entries[-1].value and _is_number(self.last))

    def _goes_on(self, node: Node) -> bool:
        """Whether a key is a number that belongs to the number before it; `024` counts too."""
        digits = type(node) is Scalar and node.plain and node.raw.isdecimal()
        return (digits or _is_number(node)) and self.after_number()

    def _stray(self, key: Scalar, value: Node) -> None:
        if type(value) is Scalar and value.plain and not value.raw:
            self.run.append(key)
        else:
            self._end_run()
            from cnncalc.text import _refusals as refusals

            self.reports.add(refusals.non_string_key(key))

    def _end_run(self) -> None:
        """Report all numbers after the last value in one diagnostic."""
        if self.run:
            from cnncalc.text import _refusals as refusals

            self.reports.add(refusals.several_numbers(self.entries[-1], self.run, self.within))
            self.run = []

    def accepted(self, key: Node) -> Scalar | None:
        """The key, if it is a word that the mapping does not have yet."""
        if type(key) is not Scalar or type(key.value) is not str:
            from cnncalc.text import _refusals as refusals

            self.reports.add(refusals.non_string_key(key))
            self.whole = False
            return None
        if key.raw in self.index:
            first = self.index[key.raw]
            from cnncalc.text import _refusals as refusals

            self.reports.add(refusals.duplicate(key, first.key))
            # Either of the two values may be meant.
            first.key.doubtful = True
            if type(first.value) is Scalar:
                first.value.doubtful = True
            else:
                self.whole = False
            return None
        return key

    def close(self, end: Any) -> Mapping:
        self._end_run()
        start = self.start
        return Mapping(
            start.span(self.last, end), self.entries, self.index, self.whole, start.inside, start.bracket
        )


def _is_number(node: Node | None) -> bool:
    return type(node) is Scalar and node.plain and type(node.value) in (int, float)


Open: TypeAlias = OpenList | OpenMapping
