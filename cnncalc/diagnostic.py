"""What a user can get wrong: each kind of finding, its place, and how to fix it."""

from collections.abc import Iterable
from enum import IntEnum

from cnncalc.record import NamedTuple


class Severity(IntEnum):
    """How much a finding weighs. Errors and warnings make the exit status 1; notes only under `--fail-on info`."""

    INFO = 0
    WARNING = 1
    ERROR = 2

    @property
    def word(self) -> str:
        """The word a person reads: info, warning, error."""
        return self.name.lower()


class Span(NamedTuple):
    """A stretch of one text: lines and columns from 1, counted in characters; the end is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    @property
    def start(self) -> tuple[int, int]:
        """Line and column of its first character."""
        return self.line, self.column


class Note(NamedTuple):
    """One more fact, with its own place where it has one."""

    text: str
    span: Span | None = None


class Edit(NamedTuple):
    """Put `text` where `span` is (an empty span inserts)."""

    span: Span
    text: str


class Fix(NamedTuple):
    """One way to mend a fault, whole: after its edits the fault is gone (a test applies every one).

    A `safe` one leaves every figure of the network as it is, and is no guess at what was meant.
    """

    text: str
    edits: tuple[Edit, ...]
    safe: bool = False


class DiagnosticKind(NamedTuple):
    """A kind of diagnostic: its code, its standing and its page.

    `invalid` is a spec that shows it and `valid` the same spec mended; both are tests and the page's examples. What is
    in `preview` is looked for only when asked.
    """

    code: str
    name: str
    severity: Severity
    what: str
    why: str
    invalid: str
    valid: str
    source: str = ""
    preview: bool = False

    def at(
        self,
        span: Span,
        message: str,
        *,
        notes: Iterable[Note | str] = (),
        help: str | None = None,
        fixes: Iterable[Fix] = (),
        severity: Severity | None = None,
    ) -> "Diagnostic":
        """This fault at a place, with the facts of the case."""
        context = tuple(note if isinstance(note, Note) else Note(note) for note in notes)
        weight = self.severity if severity is None else severity
        return Diagnostic(self, weight, message, span, context, help, tuple(fixes))


class Diagnostic(NamedTuple):
    """One fault found: a fact with its numbers, where it stands, where it came from, what mends it."""

    fault: DiagnosticKind
    severity: Severity
    message: str
    span: Span
    notes: tuple[Note, ...] = ()
    help: str | None = None
    fixes: tuple[Fix, ...] = ()

    @property
    def code(self) -> str:
        """Its code, as `S001`: stable, and what `cnncalc explain` and suppressions take."""
        return self.fault.code

    @property
    def name(self) -> str:
        """Its name, as `stride-drops-input`."""
        return self.fault.name

    @property
    def order(self) -> tuple[str, int, int, str, str]:
        """Sort key: by file, place, then code."""
        return self.span.file, self.span.line, self.span.column, self.code, self.message

    def with_notes(self, *notes: Note) -> "Diagnostic":
        """The same with more notes, after its own."""
        return self._replace(notes=self.notes + notes)


def edited(text: str, fix: Fix) -> str:
    """`text` after the edits of `fix`. Spans are of `text` itself."""
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    pieces: list[str] = []
    done = 0
    for span, new in sorted(fix.edits, key=lambda edit: edit.span.start):
        pieces += text[done : starts[span.line - 1] + span.column - 1], new
        done = starts[span.end_line - 1] + span.end_column - 1
    return "".join((*pieces, text[done:]))
