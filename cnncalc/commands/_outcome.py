"""The task of a check, and its outcome."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from cnncalc.commands._run import CLEAN, FAILED, FINDINGS, UNREADABLE
from cnncalc.diagnostic import Diagnostic, Severity
from cnncalc.exact import counted
from cnncalc.lint.engine import DEFAULT_OPTIONS, CheckedSpec, Options
from cnncalc.lint.settings import Settings
from cnncalc.record import NamedTuple
from cnncalc.spec import Spec
from cnncalc.text import Source

STDIN = "<stdin>"


class Task(NamedTuple):
    """What is done with every spec: it is checked, and fixed with `fix`; `adopt` is the reason in new comments.

    Of several fixes those whose texts begin as one of `prefer` come first.
    """

    options: Options = DEFAULT_OPTIONS
    fix: bool = False
    unsafe: bool = False
    prefer: tuple[str, ...] = ()
    adopt: str | None = None
    # Whether fixes are shown, and so tried before.
    offers: bool = False

    @property
    def writes(self) -> bool:
        return self.fix or self.adopt is not None


CHECKING = Task()


class Failure(NamedTuple):
    """A file that could not be checked, at all or at the first try: the reason, and the exit status for it."""

    path: str
    message: str
    status: int = FAILED
    trace: str = ""


class RewrittenFile(NamedTuple):
    """A file as it was and as it should be; nothing has been written yet. Messages call it `name`."""

    path: str
    name: str
    before: bytes
    after: bytes


@dataclass
class Outcome:
    """The result of checking: counts, diagnostics in order, the texts they point into, and texts to write."""

    files: int = 0
    nodes: int = 0
    not_checked: int = 0
    # Entries of `expect` that are not checked: they are written for other inputs.
    expects: int = 0
    status: int = CLEAN
    diagnostics: list[Diagnostic] = field(default_factory=list)
    sources: dict[str, Source] = field(default_factory=dict)
    # Findings that are fixed, or accepted by new comments.
    fixed: int = 0
    rewrites: list[RewrittenFile] = field(default_factory=list)
    # Other files that these read: those that they extend.
    beside: set[str] = field(default_factory=set)
    failures: list[Failure] = field(default_factory=list)
    # Specs that could not be checked.
    unchecked: int = 0

    def add(self, other: "Outcome") -> None:
        """Add another to this one. (A sum of copies would copy everything each time.)"""
        self.files += other.files
        self.nodes += other.nodes
        self.not_checked += other.not_checked
        self.expects += other.expects
        self.status = max(self.status, other.status)
        self.diagnostics += other.diagnostics
        self.sources.update(other.sources)
        self.fixed += other.fixed
        self.rewrites += other.rewrites
        self.beside |= other.beside
        self.failures += other.failures
        self.unchecked += other.unchecked

    def fail(self, failure: Failure) -> None:
        self.failures.append(failure)
        self.status = max(self.status, failure.status)

    def summary(self, not_specs: int, *, brief: bool = False) -> str:
        """`checked 23 specs, 4,812 layers: 2 errors; 12 layers not checked`.

        With `brief`, remainders that lose nothing are counted by themselves: they are not shown.
        """
        apart = 0
        shown = self.diagnostics
        if brief:
            from cnncalc.render.brief import is_remainder

            shown = [item for item in self.diagnostics if not is_remainder(item)]
            apart = len(self.diagnostics) - len(shown)
        counts = [
            counted(sum(item.severity is severity for item in shown), word)
            for severity, word in (
                (Severity.ERROR, "error"),
                (Severity.WARNING, "warning"),
                (Severity.INFO, "note"),
            )
            if any(item.severity is severity for item in shown)
        ]
        text = f"checked {counted(self.files, 'spec')}, {counted(self.nodes, 'layer')}: "
        text += ", ".join(counts) or ("all clean" if self.files or not self.unchecked else "no result")
        if self.not_checked:
            text += f"; {counted(self.not_checked, 'layer')} not checked, after an error"
        if self.expects:
            text += f"; {self.expects:,} `expect` not checked: for another input"
        if self.unchecked:
            text += f"; {counted(self.unchecked, 'spec')} could not be checked"
        if apart:
            text += f"; {counted(apart, 'window')} with a remainder that loses no input (--show-notes)"
        if not_specs:
            text += f"; {counted(not_specs, 'YAML file')} without the key `cnncalc` skipped"
        return text


def total(outcomes: Iterable[Outcome]) -> Outcome:
    """The results of many, added up."""
    whole = Outcome()
    for outcome in outcomes:
        whole.add(outcome)
    return whole


def outcome_of(spec: Spec, checked: CheckedSpec, settings: Settings) -> Outcome:
    """The result of one spec."""
    outcome = Outcome(
        1,
        checked.nodes,
        checked.not_checked,
        checked.expects,
        _status(checked, settings),
        list(checked.findings),
    )
    if checked.findings:
        outcome.sources = dict(spec.sources)
    if len(spec.sources) > 1:
        outcome.beside = {source.path for source in spec.sources.values() if source.path}
    return outcome


def _status(checked: CheckedSpec, settings: Settings) -> int:
    if any(item.code == UNREADABLE for item in checked.findings):
        return FAILED
    return FINDINGS if any(map(settings.fails, checked.findings)) else CLEAN
