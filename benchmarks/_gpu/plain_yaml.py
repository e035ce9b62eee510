"""A reader of the shipped specs for where PyYAML is missing: PyTorch does not bring it.

It gives the events that `cnncalc.text` asks PyYAML's parser for, for the YAML that the shipped specs are written in:
mappings and lists, in blocks and in brackets, words, quoted text on one line, comments. What else there is in YAML
is refused. Whoever has PyYAML reads with that: `stand_in` does nothing then.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from types import ModuleType
from typing import Any


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the text: the index of a character, its line and its column, all from 0."""

    index: int
    line: int
    column: int


class Event:
    """What a parser finds: `anchor` and `tag` are None, as these specs have none."""

    anchor = tag = None

    def __init__(
        self, start: Mark, end: Mark, value: str = "", style: str = "", *, flow: bool = False
    ) -> None:
        self.start_mark, self.end_mark = start, end
        self.value, self.style, self.flow_style = value, style, flow


class MarkedYAMLError(Exception):
    """What can't be read, and where."""

    def __init__(self, context: str | None, context_mark: Any, problem: str, problem_mark: Any) -> None:
        super().__init__(problem)
        self.context, self.context_mark = context, context_mark
        self.problem, self.problem_mark = problem, problem_mark


class ScannerError(MarkedYAMLError):
    """The same; PyYAML has two kinds."""


NAMES = (
    "Scalar",
    "MappingStart",
    "MappingEnd",
    "SequenceStart",
    "SequenceEnd",
    "Alias",
    "DocumentStart",
    "StreamEnd",
)
EVENTS: dict[str, type[Event]] = {f"{name}Event": type(f"{name}Event", (Event,), {}) for name in NAMES}


class PlainParser:
    """Reads a text. The methods that parse begin at `self.index`, and leave it after what they have read."""

    def __init__(self, text: str) -> None:
        self.text, self.index = text, 0
        self._events = self._stream()

    def get_event(self) -> Event:
        """The next one; the last one is a StreamEndEvent."""
        return next(self._events)

    def dispose(self) -> None:
        """Nothing is held."""

    def _stream(self) -> Iterator[Event]:
        yield self._event("DocumentStart")
        self._skip()
        if self._here():
            yield from self._block()
            self._skip()
        if self._here():
            raise self._error("the end of the text was expected")
        yield self._event("StreamEnd")

    def _block(self) -> Iterator[Event]:
        """A list, a mapping or a value that begins here."""
        column = self._mark().column
        if self._dash():
            yield from self._list(column)
        elif self._here() in ("[", "{"):
            yield from self._flow()
        else:
            key = self._scalar("")
            if self._colon():
                yield from self._mapping(column, key)
            else:
                yield key

    def _list(self, column: int) -> Iterator[Event]:
        yield self._event("SequenceStart")
        while self._dash() and self._mark().column == column:
            self.index += 1
            yield from self._value(column, dashes=False, inline=True)
        yield self._event("SequenceEnd")

    def _mapping(self, column: int, key: Event) -> Iterator[Event]:
        yield EVENTS["MappingStartEvent"](key.start_mark, key.start_mark)
        while True:
            yield key
            self.index += 1
            yield from self._value(column, dashes=True, inline=False)
            if not self._here() or self._mark().column != column or self._dash():
                break
            key = self._scalar("")
            if not self._colon():
                raise self._error("a colon was expected")
        yield self._event("MappingEnd")

    def _value(self, column: int, *, dashes: bool, inline: bool) -> Iterator[Event]:
        """What follows a dash or a colon: on this line, or below and further in (a list also right below its key)."""
        before = self._mark()
        self._skip()
        here = self._mark()
        if self._here() and here.line == before.line:
            # After a colon there is no mapping on the same line.
            yield from self._block() if inline else self._folded(column)
        elif self._here() and (here.column > column or (dashes and here.column == column and self._dash())):
            yield from self._block()
        else:
            yield EVENTS["ScalarEvent"](before, before)
        self._skip()

    def _folded(self, column: int) -> Iterator[Event]:
        """What is on this line; words go on in lines that are further in than `column`."""
        if self._here() in ("[", "{"):
            yield from self._flow()
            return
        event = self._scalar("")
        while not event.style:
            end = self.index
            self._skip()
            if not self._here() or self._mark().column <= column:
                self.index = end
                break
            event.value += f" {self._scalar('').value}"
            event.end_mark = self._mark()
        yield event

    def _in_line(self, ends: str) -> Iterator[Event]:
        if ends and self._here() in (",", "]", "}"):
            yield self._event("Scalar")
        elif self._here() in ("[", "{"):
            yield from self._flow()
        else:
            yield self._scalar(ends)

    def _flow(self) -> Iterator[Event]:
        """A list or a mapping in brackets; `[key: value]` holds a mapping of one key."""
        listed = self._here() == "["
        start = self._mark()
        self.index += 1
        kind, close = ("Sequence", "]") if listed else ("Mapping", "}")
        yield EVENTS[f"{kind}StartEvent"](start, self._mark(), flow=True)
        self._skip()
        while self._here() != close:
            before = self._mark()
            item = list(self._in_line(",[]{}"))
            self._skip()
            pair = self._colon()
            if listed and pair:
                yield EVENTS["MappingStartEvent"](before, before, flow=True)
            yield from item
            if pair:
                self.index += 1
                self._skip()
                yield from self._in_line(",[]{}")
                self._skip()
            if listed and pair:
                yield self._event("MappingEnd")
            if self._here() == ",":
                self.index += 1
                self._skip()
            elif self._here() != close:
                raise self._error(f"a comma or `{close}` was expected")
        self.index += 1
        yield self._event(f"{kind}End")

    def _scalar(self, ends: str) -> Event:
        """A word or a quoted text; a word ends before `: `, before a comment, and at one of `ends`."""
        start, quote = self._mark(), self._here()
        if quote and quote in "\"'":
            end = self.text.find(quote, self.index + 1)
            value = self.text[self.index + 1 : end]
            self.index = end + 1
            if end < 0 or "\n" in value or "\\" in value or self._here() == quote:
                raise self._error("a quoted text of one line was expected")
            return EVENTS["ScalarEvent"](start, self._mark(), value, quote)
        if not quote or quote in "&*!|>%@`,]}#?":
            raise self._error("a word was expected")
        end = self.index
        while (character := self.text[end : end + 1]) not in ("", "\n") and character not in (ends or "\n"):
            after = self.text[end + 1 : end + 2]
            if (character == ":" and (after.isspace() or after in (ends or "\n"))) or (
                character == " " and after == "#"
            ):
                break
            end += 1
        value = self.text[self.index : end].rstrip()
        if not value:
            raise self._error("a word was expected")
        self.index += len(value)
        return EVENTS["ScalarEvent"](start, self._mark(), value)

    def _skip(self) -> None:
        """White space, line ends and comments."""
        while self._here() in (" ", "\n", "#"):
            if self._here() == "#":
                end = self.text.find("\n", self.index)
                self.index = len(self.text) if end < 0 else end
            else:
                self.index += 1

    def _here(self) -> str:
        return self.text[self.index : self.index + 1]

    def _dash(self) -> bool:
        return self.text[self.index : self.index + 2] in ("- ", "-\n")

    def _colon(self) -> bool:
        return self._here() == ":"

    def _mark(self) -> Mark:
        line = self.text.count("\n", 0, self.index)
        return Mark(self.index, line, self.index - self.text.rfind("\n", 0, self.index) - 1)

    def _event(self, name: str) -> Event:
        return EVENTS[f"{name}Event"](self._mark(), self._mark())

    def _error(self, problem: str) -> ScannerError:
        return ScannerError("while reading without PyYAML", self._mark(), problem, self._mark())


def stand_in() -> None:
    """Put this reader where PyYAML would be, if that is missing."""
    if "yaml" not in sys.modules and find_spec("yaml") is None:
        put()


def put() -> None:
    """Put this reader where PyYAML would be."""

    class Part:
        """A base class of PyYAML's parser that has nothing to do."""

        def __init__(self, *text: str) -> None:
            """Nothing to prepare."""

    class Reader(PlainParser):
        """Takes the text, as PyYAML's does."""

    errors = {"MarkedYAMLError": MarkedYAMLError, "ScannerError": ScannerError}
    common = {**EVENTS, **errors, "Mark": Mark, "__with_libyaml__": False}
    for name in ("yaml", "yaml.events", "yaml.parser", "yaml.reader", "yaml.scanner"):
        module = ModuleType(name)
        vars(module).update(common | {"Parser": type("Parser", (Part,), {}), "Reader": Reader})
        vars(module)["Scanner"] = type("Scanner", (Part,), {})
        sys.modules[name] = module
