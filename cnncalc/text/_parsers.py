"""PyYAML's two event parsers with the same results: libyaml's for speed, the pure one if libyaml is missing."""

import re
from typing import Any

import yaml
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner, ScannerError

# A plain word with a question mark in it. PyYAML ends the word there in `[a?]`; libyaml and YAML 1.2 do not.
_QUESTIONED = r"(?<![^\s\[{,])[^\s\[\]{},:'\"?&*!|>%@`-][^\s\[\]{},'\"?]*\?[^\s\[\]{},'\"]*"


class _PureParser(Reader, Scanner, Parser):
    """PyYAML's own parser without its resolver and constructor."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.question = next(mark for mark in map(chr, range(0xE000, 0xF8FF)) if mark not in text)
        Reader.__init__(self, re.sub(_QUESTIONED, lambda word: word[0].replace("?", self.question), text))
        Scanner.__init__(self)
        Parser.__init__(self)

    def get_event(self) -> Any:
        event: Any = super().get_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.ScalarEvent):
            event.value = event.value.replace(self.question, "?")
        return event

    def scan_plain(self) -> Any:
        """Refuse `[conv:]`, as libyaml does."""
        start = self.get_mark()
        token = super().scan_plain()
        if self.flow_level and self.peek() == ":" and self.peek(1) in f",?[]{{}}{self.question}":
            raise ScannerError(
                "while scanning a plain scalar", start, "found unexpected ':'", self.get_mark()
            )
        if self.flow_level and f":{self.question}" in token.value:
            raise ScannerError(
                "while scanning a plain scalar", start, "found unexpected ':'", self.mark_of(start)
            )
        return token

    def mark_of(self, start: Any) -> yaml.Mark:
        """The mark of the first colon before a question mark, searched from a mark."""
        index = self.text.index(":?", start.index)
        line = start.line + self.text.count("\n", start.index, index)
        column = index - self.text.rfind("\n", 0, index) - 1
        return yaml.Mark(start.name, index, line, column, None, 0)

    def scan_flow_scalar_non_spaces(self, double: bool, start_mark: Any) -> Any:
        """Refuse escapes that are not characters, as libyaml does; PyYAML turns some into surrogates, or raises."""
        try:
            chunks = super().scan_flow_scalar_non_spaces(double, start_mark)
        except (ValueError, OverflowError):
            chunks = ["\ud800"]
        if any("\ud800" <= character <= "\udfff" for chunk in chunks for character in chunk):
            context = "while parsing a quoted scalar"
            raise ScannerError(
                context, start_mark, "found invalid Unicode character escape code", self.get_mark()
            )
        return chunks


def parses(text: str, pure: bool, depth: int) -> bool:
    """Whether `text` is YAML of at most this depth."""
    events = parser(text.replace("\t", " "), pure)
    level = 0
    try:
        while type(event := events.get_event()) is not yaml.StreamEndEvent and level <= depth:
            level += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
    except yaml.MarkedYAMLError:
        return False
    finally:
        events.dispose()
    return level == 0


def parser(text: str, pure: bool) -> Any:
    """A parser with `get_event` and `dispose`; both kinds count lines and columns in characters from 0."""
    if pure or not yaml.__with_libyaml__:
        return _PureParser(text)
    from yaml.cyaml import CParser  # type: ignore[attr-defined]

    return CParser(text)
