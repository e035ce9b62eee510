"""Protobuf's text format, without a schema: messages of named values, each with its place."""

import re
from collections.abc import Iterator
from typing import NamedTuple, NoReturn

from cnncalc.diagnostic import DiagnosticKind, Span
from cnncalc.importers import faults
from cnncalc.importers.places import Places
from cnncalc.importers.unreadable import Unreadable
from cnncalc.text import Source, escaped

MAX_DEPTH = 64
"""The most messages inside each other."""
MAX_VALUES = 1_000_000
"""The most values of one file."""

_TOKEN = re.compile(
    r"""\s+|\#[^\n]*"""
    r"""|(?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')"""
    r"""|(?P<word>[-+.\w/]+)"""
    r"""|(?P<sign>[{}<>:,;\[\]])"""
)
_ENDS = {"{": "}", "<": ">"}


class CaffeValue(NamedTuple):
    """A word, a number or a text, as it is written; `quoted` is true for a text."""

    text: str
    quoted: bool
    span: Span


class Message:
    """A message: its values by name, in the order of the file."""

    def __init__(self, span: Span) -> None:
        self.span = span
        self.fields: dict[str, list[CaffeValue | Message]] = {}
        self.names: dict[str, Span] = {}

    def add(self, name: str, span: Span, value: "CaffeValue | Message") -> None:
        self.fields.setdefault(name, []).append(value)
        self.names.setdefault(name, span)

    def messages(self, *names: str) -> "list[Message]":
        """The messages of these names."""
        return [item for name in names for item in self.fields.get(name, ()) if isinstance(item, Message)]

    def message(self, name: str) -> "Message":
        """The message of this name; an empty one if there is none."""
        messages = self.messages(name)
        return messages[0] if messages else Message(self.span)

    def values(self, name: str) -> list[CaffeValue]:
        """The values of this name that are no messages."""
        return [item for item in self.fields.get(name, ()) if isinstance(item, CaffeValue)]

    def text(self, name: str, default: str = "") -> str:
        """The last value of this name, as protobuf reads a field that is there twice."""
        values = self.values(name)
        return values[-1].text if values else default


class _Token(NamedTuple):
    kind: str
    text: str
    start: int
    end: int


class _TextFormatReader:
    def __init__(self, source: Source) -> None:
        self.source, self.places = source, Places(source)

    def stop(self, start: int, end: int, message: str, kind: DiagnosticKind = faults.SYNTAX) -> NoReturn:
        raise Unreadable([kind.at(self.places.span(start, end), message)], self.source)

    def tokens(self) -> Iterator[_Token]:
        text, begin = self.source.text, 0
        while begin < len(text):
            match = _TOKEN.match(text, begin)
            if match is None:
                sign = text[begin]
                what = "a text without its end" if sign in "\"'" else f"`{escaped(sign)}` has no meaning here"
                self.stop(begin, begin + 1, what)
            begin = match.end()
            if match.lastgroup is not None:
                yield _Token(match.lastgroup, match[0], match.start(), match.end())

    def read(self) -> Message:
        """The whole text as one message."""
        root = Message(self.places.span(0, 0))
        # Messages that are not at their end, each with the sign that ends it and the place where it begins.
        open_messages: list[tuple[Message, str, _Token | None]] = [(root, "", None)]
        name: _Token | None = None
        listed = colon = False
        count = 0
        for token in self.tokens():
            message, end, begin = open_messages[-1]
            count += 1
            if count > MAX_VALUES:
                self.stop(
                    token.start, token.end, f"the file has more than {MAX_VALUES:,} values", faults.TOO_LARGE
                )
            if name is None:
                if token.kind == "word":
                    name, colon = token, False
                elif token.text in (",", ";"):
                    continue
                elif token.text == end:
                    if begin is not None:
                        message.span = self.places.span(begin.start, token.end)
                    open_messages.pop()
                else:
                    self.stop(token.start, token.end, f"`{escaped(token.text)}` has no meaning here")
            elif token.text == ":" and not colon:
                colon = True
            elif token.text == "[" and colon and not listed:
                listed = True
            elif token.text == "]" and listed:
                name, listed = None, False
            elif token.text == "," and listed:
                continue
            elif token.text in _ENDS:
                if len(open_messages) > MAX_DEPTH:
                    self.stop(
                        token.start,
                        token.end,
                        f"messages are more than {MAX_DEPTH} levels deep",
                        faults.TOO_LARGE,
                    )
                inner = Message(self.places.span(name.start, name.end))
                message.add(name.text, self.places.span(name.start, name.end), inner)
                open_messages.append((inner, _ENDS[token.text], name))
                name = name if listed else None
                if listed:
                    self.stop(
                        token.start, token.end, "a list of messages is not read: repeat the name instead"
                    )
            elif token.kind in ("word", "text") and colon:
                place = self.places.span(token.start, token.end)
                quoted = token.kind == "text"
                text = token.text[1:-1] if quoted else token.text
                message.add(
                    name.text, self.places.span(name.start, name.end), CaffeValue(text, quoted, place)
                )
                name = name if listed else None
            else:
                self.stop(
                    token.start,
                    token.end,
                    f"`{escaped(name.text)}` is followed by `{escaped(token.text)}`: a value needs `:` before it, "
                    "a message `{`",
                )
        message, _, begin = open_messages[-1]
        if name is not None:
            self.stop(
                name.start, name.end, f"the file ends after `{escaped(name.text)}`: its value is missing"
            )
        if begin is not None:
            self.stop(begin.start, begin.end, f"`{escaped(begin.text)}` has no end: a bracket is missing")
        return root


def parse(source: Source) -> Message:
    """The message of a text. Raises `Unreadable` at the first error: what follows it has no certain meaning."""
    return _TextFormatReader(source).read()
