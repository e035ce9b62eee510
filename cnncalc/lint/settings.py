"""What is asked of the linter: by a configuration, by the command line, and from both for one file."""

from collections.abc import Iterable

from cnncalc.diagnostic import Diagnostic, DiagnosticKind, Severity
from cnncalc.lint.patterns import matches
from cnncalc.record import NamedTuple
from cnncalc.rules import ALL, EVERYTHING, Choice, Selection
from cnncalc.spec.budget import NO_BUDGET, Budget

FAIL_ON = {"error": Severity.ERROR, "warning": Severity.WARNING, "info": Severity.INFO, "never": None}
"""From which weight on a finding makes a run fail; None: no finding does."""

MOST_KNOWN = 1000
"""Settings whose verdicts are remembered at most."""

NOTHING_CHOSEN = Choice()
Weights = tuple[tuple[str, Severity], ...]
"""Codes, or their beginnings, with what their findings weigh."""


class BadConfig(Exception):
    """A configuration that can't be used: everything that is wrong with it, a line each."""

    def __init__(self, problems: Iterable[object]) -> None:
        self.problems = tuple(map(str, problems))
        super().__init__("\n".join(self.problems))


class PerFile(NamedTuple):
    """What a configuration says of the files of one pattern."""

    pattern: str
    choice: Choice = NOTHING_CHOSEN
    severity: Weights = ()
    budget: Budget = NO_BUDGET


class Config(NamedTuple):
    """One configuration file. Its patterns are of paths from `root`; without a `path` it is that of nobody."""

    path: str = ""
    root: str = ""
    choice: Choice = NOTHING_CHOSEN
    preview: bool = False
    severity: Weights = ()
    per_file: tuple[PerFile, ...] = ()
    fail_on: Severity | None = Severity.WARNING
    strict: bool = False
    exclude: tuple[str, ...] = ()
    budget: Budget = NO_BUDGET


NO_CONFIG = Config()


class GivenOptions(NamedTuple):
    """What the command line says; it goes before every configuration. `fail_on` is a word of `FAIL_ON`."""

    choice: Choice = NOTHING_CHOSEN
    preview: bool = False
    fail_on: str | None = None


class Settings(NamedTuple):
    """What holds for one file. Of `weights` the first that speaks of a code counts."""

    selection: Selection = EVERYTHING
    weights: tuple[Weights, ...] = ()
    fail_on: Severity | None = Severity.WARNING
    strict: bool = False
    budget: Budget = NO_BUDGET

    def judge(self, found: Diagnostic) -> Diagnostic | None:
        """A finding as it is to be reported, with the severity it is given; None where it is not selected."""
        taken, weight = _verdict(self, found.fault)
        if not taken:
            return None
        return found if weight is None else found._replace(severity=weight)

    def fails(self, found: Diagnostic) -> bool:
        """Whether a finding makes the run fail."""
        return self.fail_on is not None and found.severity >= self.fail_on


DEFAULT = Settings()


_VERDICTS: dict[int, tuple[Settings, dict[str, tuple[bool, Severity | None]]]] = {}


def _verdict(settings: Settings, fault: DiagnosticKind) -> tuple[bool, Severity | None]:
    """Whether findings of a kind are reported, and their severity if it is another; long settings are read once a kind.

    They are known by identity: to compare them, or to hash them, would be to go through them again.
    """
    known = _VERDICTS.get(id(settings))
    if known is None:
        if len(_VERDICTS) >= MOST_KNOWN:
            _VERDICTS.clear()
        known = _VERDICTS[id(settings)] = settings, {}
    verdicts = known[1]
    if fault.code not in verdicts:
        verdicts[fault.code] = settings.selection.takes(fault), _weight(settings.weights, fault.code)
    return verdicts[fault.code]


def _weight(weights: tuple[Weights, ...], code: str) -> Severity | None:
    for words in weights:
        # The most specific word; ALL is the least so.
        meant = [
            (0 if word == ALL else len(word), weight)
            for word, weight in words
            if word == ALL or code.startswith(word)
        ]
        if meant:
            return max(meant)[1]
    return None


def settings(config: Config, given: GivenOptions, path: str) -> Settings:
    """What holds for the file at a path, which starts at the root of its configuration."""
    if config is NO_CONFIG and given == GivenOptions():
        return DEFAULT
    mine = [one for one in config.per_file if matches(one.pattern, path)]
    budget = config.budget
    for one in mine:
        budget = one.budget.over(budget)
    choices = (
        config.choice,
        *(Choice(one.choice.select) for one in mine),
        given.choice,
        # What a pattern leaves out stays out: it is not undone by choosing other rules for once.
        *(Choice(ignore=one.choice.ignore) for one in mine),
    )
    fail_on = config.fail_on if given.fail_on is None else FAIL_ON[given.fail_on]
    return Settings(
        Selection(
            tuple(choice for choice in choices if choice != NOTHING_CHOSEN), config.preview or given.preview
        ),
        tuple(words for words in (*(one.severity for one in reversed(mine)), config.severity) if words),
        fail_on,
        config.strict,
        budget,
    )
