"""What a reading of one pattern carries along: where it is, the faults, and the parameters that the pattern has."""

from cnncalc.diagnostic import Diagnostic, Note, Span
from cnncalc.pattern import faults
from cnncalc.pattern.tokens import PatternPlaces, PatternToken, tokens
from cnncalc.record import NamedTuple
from cnncalc.text import Scalar, Source
from cnncalc.text.source import REPEATS
from cnncalc.text.tree import Plain


class Unset(NamedTuple):
    """What a pattern leaves open: the value that is taken (None: there is none), and what is reported then."""

    value: Plain
    place: Span
    report: Diagnostic


class PatternReading:
    """The state of reading one pattern."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.places = PatternPlaces(source.name, source.text)
        self.tokens = tokens(source.text)
        self.at = 0
        self.diagnostics: list[Diagnostic] = []
        self._faults = 0
        # Parameters in the order of their first use.
        self.unset: dict[str, Unset] = {}

    @property
    def now(self) -> PatternToken:
        """The sign that is to be read."""
        return self.tokens[self.at]

    @property
    def failed(self) -> bool:
        """Whether anything was wrong so far."""
        return self._faults > 0

    def ahead(self, count: int = 1) -> PatternToken:
        """A sign after the one that is to be read."""
        return self.tokens[min(self.at + count, len(self.tokens) - 1)]

    def step(self) -> PatternToken:
        """Go on by one sign; the one that was to be read."""
        token = self.now
        self.at = min(self.at + 1, len(self.tokens) - 1)
        return token

    def report(self, start: int, end: int, message: str, help: str | None = None) -> None:
        """Note a fault; of many the first ten."""
        self.report_at(self.places.span(start, end), message, help)

    def report_at(self, span: Span, message: str, help: str | None = None) -> None:
        """The same of a fault whose place is known."""
        self._faults += 1
        if self._faults <= REPEATS:
            self.diagnostics.append(faults.SYNTAX.at(span, message, help=help))

    def in_order(self) -> tuple[Diagnostic, ...]:
        """The faults, in the order of the text."""
        ordered = sorted(self.diagnostics, key=lambda item: item.order)
        if self._faults > REPEATS:
            ordered[-1] = ordered[-1].with_notes(
                Note(f"and {self._faults - REPEATS:,} more faults in this pattern")
            )
        return tuple(ordered)

    def scalar(self, value: Plain, start: int, end: int, raw: str | None = None) -> Scalar:
        """A value at a place of the pattern."""
        return scalar(value, self.places.span(start, end), raw)

    def letter(self, name: str, start: int, end: int) -> Scalar:
        """A use of a parameter that the pattern names by a letter; it has no value of its own."""
        span = self.places.span(start, end)
        if name not in self.unset:
            message = f"`{name}` has no value"
            help = f"give `{name}` a value: `--set {name}=2`, or write the number in its place"
            self.unset[name] = Unset(None, span, faults.NO_VALUE.at(span, message, help=help))
        return scalar(f"${name}", span)

    def assumed(self, name: str, value: Plain, span: Span, message: str, help: str) -> Scalar:
        """A use of a parameter that the pattern leaves out, with the value that is taken where none is given."""
        if name not in self.unset:
            self.unset[name] = Unset(value, span, faults.ASSUMED.at(span, message, help=help))
        return scalar(f"${name}", span)


def scalar(value: Plain, span: Span, raw: str | None = None) -> Scalar:
    """A plain scalar of the tree."""
    return Scalar(span, value, str(value) if raw is None else raw, plain=True)
