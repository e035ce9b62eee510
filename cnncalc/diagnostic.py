"""What a user can get wrong: each kind of finding, its place, and how to fix it."""

from collections.abc import Iterable
from enum import IntEnum

from cnncalc.record import NamedTuple


class Severity(IntEnum):
    """The severity of a finding. Errors and warnings make the exit status 1; notes only under `--fail-on info`."""

    INFO = 0
    WARNING = 1
    ERROR = 2

    @property
    def word(self) -> str:
        """The word in messages: info, warning, error."""
        return self.name.lower()


class Span(NamedTuple):
    """A range in one text: lines and columns from 1, counted in characters; the end is exclusive."""

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
    """One more fact, with a place if it has one."""

    text: str
    span: Span | None = None


class Edit(NamedTuple):
    """Replace `span` with `text` (an empty span inserts)."""

    span: Span
    text: str


class Fix(NamedTuple):
    """One complete fix: after its edits the finding is gone (a test applies every fix).

    A `safe` fix changes no figure of the network, and does not guess the author's intention.
    """

    text: str
    edits: tuple[Edit, ...]
    safe: bool = False


class DiagnosticKind(NamedTuple):
    """A kind of diagnostic: its code, its severity and its page.

    `invalid` is a spec that has it and `valid` the same spec after the fix; both are tests, and examples on the page.
    Kinds in `preview` are reported only on request.
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
        """A diagnostic of this kind at a place, with the facts of the case."""
        context = tuple(note if isinstance(note, Note) else Note(note) for note in notes)
        weight = self.severity if severity is None else severity
        return Diagnostic(self, weight, message, span, context, help, tuple(fixes))


class Diagnostic(NamedTuple):
    """One finding: a fact with its numbers, its place, where it came from, and how to fix it."""

    fault: DiagnosticKind
    severity: Severity
    message: str
    span: Span
    notes: tuple[Note, ...] = ()
    help: str | None = None
    fixes: tuple[Fix, ...] = ()

    @property
    def code(self) -> str:
        """Its code, such as `S001`: stable, and used by `cnncalc explain` and suppressions."""
        return self.fault.code

    @property
    def name(self) -> str:
        """Its name, such as `stride-drops-input`."""
        return self.fault.name

    @property
    def order(self) -> tuple[str, int, int, str, str]:
        """Sort key: by file, place, then code."""
        return self.span.file, self.span.line, self.span.column, self.code, self.message

    def with_notes(self, *notes: Note) -> "Diagnostic":
        """The same diagnostic with more notes at the end."""
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
