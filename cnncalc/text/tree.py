"""The tree of a spec's text: every value with its place."""

from collections.abc import Iterator
from typing import TypeAlias

from cnncalc.diagnostic import Span

Plain: TypeAlias = bool | int | float | str | None
"""The value of a scalar."""


class Scalar:
    """One word or number. `raw` is its text without quotes; `plain` is false for quoted and block text.

    A `doubtful` one can be read in two ways, which has been reported: its value is not used. A key is doubtful
    if the mapping has it twice.
    """

    __slots__ = ("doubtful", "plain", "raw", "span", "value")

    def __init__(self, span: Span, value: Plain, raw: str, plain: bool, doubtful: bool = False) -> None:
        self.span = span
        self.doubtful = doubtful
        self.value = value
        self.raw = raw
        self.plain = plain

    def __repr__(self) -> str:
        return f"Scalar({self.value!r} at {self.span.line}:{self.span.column})"

    def at(self, offset: int, length: int) -> Span:
        """The place of `length` characters of `raw` from `offset`; the whole scalar if that is not known."""
        file, line, column, end_line, end_column = self.span
        quote = 0 if self.plain else 1
        if line != end_line or end_column - column != len(self.raw) + 2 * quote:
            return self.span
        begin = column + quote + offset
        return Span(file, line, begin, line, begin + length)


class Sequence:
    """A list, in order."""

    __slots__ = ("items", "span")

    def __init__(self, span: Span, items: list["Node"]) -> None:
        self.span = span
        self.items = items

    def __repr__(self) -> str:
        return f"Sequence({self.items!r})"

    def __iter__(self) -> Iterator["Node"]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


class Entry:
    """One `key: value` of a mapping. The key is a string and unique in its mapping: the loader refuses others."""

    __slots__ = ("key", "value")

    def __init__(self, key: Scalar, value: "Node") -> None:
        self.key = key
        self.value = value

    def __repr__(self) -> str:
        return f"Entry({self.name!r}, {self.value!r})"

    @property
    def name(self) -> str:
        """The key as a word."""
        return self.key.raw

    @property
    def span(self) -> Span:
        """From the start of the key to the end of the value."""
        start, end = self.key.span, self.value.span
        return Span(start.file, start.line, start.column, end.end_line, end.end_column)


class Mapping:
    """Keys and values, in the order of the text. It is not `whole` if a key was refused and left out.

    `inside` is the line and column from which on its keys are: after a tag, and in `braces` after the brace.
    """

    __slots__ = ("_index", "braces", "entries", "inside", "span", "whole")

    def __init__(
        self,
        span: Span,
        entries: list[Entry],
        index: dict[str, Entry] | None = None,
        whole: bool = True,
        inside: tuple[int, int] | None = None,
        braces: bool = False,
    ) -> None:
        self.span = span
        self.whole = whole
        self.inside = span.start if inside is None else inside
        self.braces = braces
        self.entries = entries
        self._index = {entry.name: entry for entry in entries} if index is None else index

    def __repr__(self) -> str:
        return f"Mapping({self.entries!r})"

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def __contains__(self, name: str) -> bool:
        return name in self._index

    def get(self, name: str) -> Entry | None:
        """The entry under `name`, if there is one."""
        return self._index.get(name)


Node: TypeAlias = Scalar | Sequence | Mapping
