"""A spec that a program has as dicts, lists, numbers and text as the tree of its text, without writing and reading it.

The tree is that of the text that `from_data.written` gives, but for places: each value is on a line of its own.
"""

from collections.abc import Mapping as MappingOf
from typing import Any

from cnncalc.diagnostic import Span
from cnncalc.text.from_data import scalar
from cnncalc.text.loader import MAX_DEPTH
from cnncalc.text.resolve import RefusedScalar, resolve
from cnncalc.text.source import unseen
from cnncalc.text.tree import Entry, Mapping, Node, Scalar, Sequence

# The most values of a tree: a spec with more may have a text that is too long, which only the text can say.
MOST = 20_000


def tree(data: MappingOf[str, Any], file: str) -> Mapping | None:
    """The tree of a spec; None for what a text may not contain, of which the reader of text has to say why.

    Raises `TypeError` for a value that no spec can contain.
    """
    root = _Growing(file).node(data, 0)
    return root if isinstance(root, Mapping) else None


class _Growing:
    """A tree that grows, line by line."""

    def __init__(self, file: str) -> None:
        self._file, self._line = file, 0
        # What each word or number is: its text, its value, and whether it has no quotes. None: no text has it.
        self._known: dict[tuple[type, Any], tuple[str, Any, bool] | None] = {}

    def node(self, value: Any, depth: int) -> Node | None:
        if self._line > MOST:
            return None
        begin = self._line + 1
        if isinstance(value, MappingOf | list | tuple) and depth == MAX_DEPTH:
            return None
        if isinstance(value, MappingOf):
            entries: list[Entry] = []
            for name, inside in value.items():
                key = self._scalar(name) if isinstance(name, str) else None
                node = None if key is None else self.node(inside, depth + 1)
                if key is None or node is None:
                    return None
                entries.append(Entry(key, node))
            # The text of an empty one is `{}`.
            return Mapping(self._span(begin), entries, braces=not entries, inside=(begin, 1 + (not entries)))
        if isinstance(value, list | tuple):
            items: list[Node] = []
            for inside in value:
                node = self.node(inside, depth + 1)
                if node is None:
                    return None
                items.append(node)
            return Sequence(self._span(begin), items)
        return self._scalar(value)

    def _span(self, begin: int) -> Span:
        """From a line to this one."""
        return Span(self._file, begin, 1, max(begin, self._line), 2)

    def _scalar(self, value: Any) -> Scalar | None:
        # 0.0 and -0.0 are equal, and have two texts.
        key = (type(value), repr(value) if isinstance(value, float) else value)
        if key not in self._known:
            self._known[key] = _words(value)
        if (known := self._known[key]) is None:
            return None
        self._line += 1
        raw, meant, plain = known
        return Scalar(Span(self._file, self._line, 1, self._line, len(raw) + 1), meant, raw, plain)


def _words(value: Any) -> tuple[str, Any, bool] | None:
    """A word or a number: its text, its value, and whether it has no quotes."""
    text = scalar(value)
    if text.startswith('"'):
        return (value, value, False) if isinstance(value, str) and not unseen(value) else None
    meant = resolve(text)
    return None if isinstance(meant, RefusedScalar) else (text, meant, True)
