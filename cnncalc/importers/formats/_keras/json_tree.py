"""JSON as a tree with places. The standard library's reader gives no places, and is recursive."""

import re
from json.decoder import JSONDecodeError, scanstring  # type: ignore[attr-defined]
from typing import NoReturn

from cnncalc.diagnostic import DiagnosticKind
from cnncalc.importers import faults
from cnncalc.importers.places import Places
from cnncalc.importers.unreadable import Unreadable
from cnncalc.text import Entry, Mapping, Node, Scalar, Sequence, Source, escaped

MAX_DEPTH = 200
"""The most lists and mappings inside each other."""
MAX_VALUES = 2_000_000
"""The most values of one file."""

_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?", re.ASCII)
_WORDS = {"true": True, "false": False, "null": None, "NaN": None, "Infinity": None, "-Infinity": None}
_WORD = re.compile("|".join(_WORDS))


class _JsonReader:
    def __init__(self, source: Source) -> None:
        self.source, self.text, self.places = source, source.text, Places(source)
        self.place = 0
        self.count = 0

    def stop(self, start: int, message: str, kind: DiagnosticKind = faults.SYNTAX) -> NoReturn:
        end = min(start + 1, len(self.text))
        raise Unreadable([kind.at(self.places.span(min(start, end), end), message)], self.source)

    def skip(self) -> str:
        """Go to the next sign, which is returned; empty at the end."""
        match = _SPACE.match(self.text, self.place)
        assert match is not None
        self.place = match.end()
        return self.text[self.place : self.place + 1]

    def scalar(self) -> Scalar:
        start = self.place
        sign = self.text[start : start + 1]
        value: bool | int | float | str | None
        if sign == '"':
            try:
                value, self.place = scanstring(self.text, start + 1)
            except JSONDecodeError as error:
                self.stop(start, f"a text that begins here is broken: {error.msg.lower()}")
        elif (word := _WORD.match(self.text, start)) is not None:
            value, self.place = _WORDS[word[0]], word.end()
        elif (match := _NUMBER.match(self.text, start)) is not None:
            if match.end() - start > 60:
                self.stop(start, "a number of more than 60 characters", faults.TOO_LARGE)
            value = float(match[0]) if match[1] or match[2] else int(match[0])
            self.place = match.end()
        else:
            what = (
                f"`{escaped(sign)}` has no meaning here" if sign else "the file ends where a value is missing"
            )
            self.stop(start, what)
        raw = value if isinstance(value, str) else self.text[start : self.place]
        return Scalar(self.places.span(start, self.place), value, raw, plain=sign != '"')

    def read(self) -> Node:
        root: Node | None = None
        # Lists and mappings that are not at their end, with the key that waits for its value, and their start.
        open_nodes: list[tuple[list[Node] | list[Entry], int, bool]] = []
        keys: list[Scalar | None] = []
        while True:
            sign = self.skip()
            self.count += 1
            if self.count > MAX_VALUES:
                self.stop(self.place, f"the file has more than {MAX_VALUES:,} values", faults.TOO_LARGE)
            if sign in ("{", "[") and sign:
                if len(open_nodes) >= MAX_DEPTH:
                    self.stop(self.place, f"more than {MAX_DEPTH} levels deep", faults.TOO_LARGE)
                open_nodes.append(([], self.place, sign == "{"))
                keys.append(None)
                self.place += 1
                ends = self.skip() == ("}" if sign == "{" else "]")
                if not ends:
                    if sign == "{":
                        keys[-1] = self.key()
                    continue
                node: Node | None = None
            else:
                node = self.scalar()
            # A value is complete: give it to what is around it, which may be complete too.
            while True:
                if node is not None:
                    if not open_nodes:
                        root = node
                        break
                    items, _, mapping = open_nodes[-1]
                    if mapping:
                        key = keys[-1]
                        assert key is not None
                        items.append(Entry(key, node))  # type: ignore[arg-type]
                    else:
                        items.append(node)  # type: ignore[arg-type]
                items, start, mapping = open_nodes[-1]
                end = self.skip()
                if end == "," and node is not None:
                    self.place += 1
                    if mapping:
                        keys[-1] = self.key()
                    break
                if end != ("}" if mapping else "]"):
                    what = (
                        "this bracket has no end"
                        if not end
                        else f"`{escaped(end)}` comes before the end of this"
                    )
                    self.stop(start if not end else self.place, what)
                self.place += 1
                span = self.places.span(start, start + 1)
                node = Mapping(span, items) if mapping else Sequence(span, items)  # type: ignore[arg-type]
                open_nodes.pop()
                keys.pop()
            if root is not None:
                if self.skip():
                    self.stop(self.place, "more text after the end")
                return root

    def key(self) -> Scalar:
        """A key and its colon."""
        if self.skip() != '"':
            self.stop(self.place, "a key in quotes is missing here")
        key = self.scalar()
        if self.skip() != ":":
            self.stop(self.place, "`:` is missing after a key")
        self.place += 1
        return key


def parse(source: Source) -> Node:
    """The tree of a text. Raises `Unreadable` at the first error."""
    return _JsonReader(source).read()
