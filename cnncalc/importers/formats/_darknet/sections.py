"""The sections of a Darknet configuration, with the places of their options, and their values as Darknet reads them."""

import re
from collections.abc import Iterator

from cnncalc.diagnostic import Span
from cnncalc.importers import faults
from cnncalc.importers.building import Building
from cnncalc.spec import nearest
from cnncalc.text import escaped

# The largest number that an option may have: Darknet has 32 bits for it.
MOST = 2**31 - 1
# C reads the number that a text begins with, and takes no notice of what follows.
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)


class BadSection(Exception):
    """A section that cannot be read; it is reported."""


class Section:
    """One section: its kind, without brackets, and its options by name with their places. Of two the first counts."""

    def __init__(self, kind: str, span: Span, building: Building) -> None:
        self.kind, self.span = kind, span
        self.options: dict[str, tuple[str, Span]] = {}
        self.building = building

    def __contains__(self, name: str) -> bool:
        return name in self.options

    def place(self, name: str) -> Span:
        """Where an option is; the section if it is not there."""
        return self.options[name][1] if name in self.options else self.span

    def bad(self, name: str, message: str, help: str | None = None) -> BadSection:
        """Report the value of an option."""
        self.building.fault(faults.BAD_VALUE, self.place(name), message, help=help)
        return BadSection()

    def number(self, name: str, default: int, *, low: int = 0) -> int:
        """An option that is a whole number of at least `low`."""
        if name not in self.options:
            return default
        value = self.decimal(name, default)
        if not low <= value <= MOST:
            raise self.bad(name, f"`{name}` must be a number from {low} to {MOST:,}, not {int(value):,}")
        return int(value)

    def decimal(self, name: str, default: float) -> float:
        """An option that is a number."""
        if name not in self.options:
            return default
        text = self.options[name][0]
        match = _NUMBER.match(text)
        if match is None or match.end() - match.start() > 40 or (rest := text[match.end() :])[:1].isalpha():
            raise self.bad(name, f"`{name}` must be a number, not `{escaped(text)}`")
        if rest and rest[0] not in ",;":
            raise self.bad(name, f"`{name}` must be a number, not `{escaped(text)}`")
        value = float(match[0])
        if abs(value) > 1e18:
            raise self.bad(name, f"`{name}` is too large: {escaped(match[0])}")
        return value

    def numbers(self, name: str) -> list[int]:
        """An option that is a list of whole numbers."""
        if name not in self.options:
            self.building.fault(faults.MISSING_VALUE, self.span, f"`[{self.kind}]` needs `{name}=`")
            raise BadSection
        text = self.options[name][0].strip(",")
        parts = text.split(",")
        if len(parts) > 1000 or not all(re.fullmatch(r"[+-]?\d{1,9}", part, re.ASCII) for part in parts):
            raise self.bad(name, f"`{name}` must be a list of whole numbers, not `{escaped(text)}`")
        return [int(part) for part in parts]

    def word(self, name: str, default: str, known: "tuple[str, ...]") -> str:
        """An option that is one of some words."""
        if name not in self.options:
            return default
        text = self.options[name][0]
        if text not in known:
            close = nearest(text, known)
            help = f"did you mean `{close}`?" if close else f"known: {', '.join(known)}"
            raise self.bad(name, f"`{escaped(text)}` is no {name} of Darknet", help)
        return text


def sections(building: Building) -> Iterator[Section]:
    """The sections of a file. Darknet removes all white space; a line that begins with `#` or `;` is a comment."""
    source = building.source
    current: Section | None = None
    for number, line in enumerate(source.text.split("\n"), start=1):
        text = "".join(line.split())
        if not text or text[0] in "#;":
            continue
        begin = len(line) - len(line.lstrip())
        span = Span(source.name, number, begin + 1, number, len(line.rstrip()) + 1)
        if text[0] == "[":
            if current is not None:
                yield current
            kind = text.split("#", 1)[0]
            if not kind.endswith("]"):
                message = f"`{escaped(text)}` begins a section, and has no `]`"
                building.fault(faults.SYNTAX, span, message)
            current = Section(kind.strip("[]"), span, building)
            continue
        name, equals, value = text.partition("=")
        if not equals or not name:
            message = f"`{escaped(line.strip())}` is no option: it has no `=`"
            building.fault(
                faults.SYNTAX, span, message, help="write `name=value`, or begin a comment with `#`"
            )
        elif current is None:
            message = f"the option `{escaped(name)}` is in no section"
            building.fault(faults.NO_NETWORK, span, message, help="begin the file with `[net]`")
            current = Section("", span, building)
        else:
            current.options.setdefault(name, (value.split("#", 1)[0], span))
    if current is not None:
        yield current
