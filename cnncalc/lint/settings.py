"""The settings of the linter: from a configuration, from the command line, and from both for one file."""

from collections.abc import Iterable

from cnncalc.diagnostic import Diagnostic, DiagnosticKind, Severity
from cnncalc.lint.patterns import matches
from cnncalc.record import NamedTuple
from cnncalc.rules import ALL, EVERYTHING, Choice, Selection
from cnncalc.spec.budget import NO_BUDGET, Budget

FAIL_ON = {"error": Severity.ERROR, "warning": Severity.WARNING, "info": Severity.INFO, "never": None}
"""The lowest severity that makes a run fail; None: no finding does."""

MOST_KNOWN = 1000
"""The most settings whose verdicts are cached."""

NOTHING_CHOSEN = Choice()
Weights = tuple[tuple[str, Severity], ...]
"""Codes, or their beginnings, with the severity of their findings."""


class BadConfig(Exception):
    """A configuration that can't be used, with all its errors, one on each line."""

    def __init__(self, problems: Iterable[object]) -> None:
        self.problems = tuple(map(str, problems))
        super().__init__("\n".join(self.problems))


class PerFile(NamedTuple):
    """The settings of a configuration for the files of one pattern."""

    pattern: str
    choice: Choice = NOTHING_CHOSEN
    severity: Weights = ()
    budget: Budget = NO_BUDGET


class Config(NamedTuple):
    """One configuration file. Its patterns match paths relative to `root`; without a `path` it is the default."""

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
    """The options of the command line; they override every configuration. `fail_on` is a word of `FAIL_ON`."""

    choice: Choice = NOTHING_CHOSEN
    preview: bool = False
    fail_on: str | None = None


class Settings(NamedTuple):
    """The settings for one file. The first of `weights` that has a code is used for it."""

    selection: Selection = EVERYTHING
    weights: tuple[Weights, ...] = ()
    fail_on: Severity | None = Severity.WARNING
    strict: bool = False
    budget: Budget = NO_BUDGET

    def judge(self, finding: Diagnostic) -> Diagnostic | None:
        """A finding as it is reported, with its configured severity; None if it is not selected."""
        taken, weight = _verdict(self, finding.fault)
        if not taken:
            return None
        return finding if weight is None else finding._replace(severity=weight)

    def fails(self, finding: Diagnostic) -> bool:
        """Whether a finding makes the run fail."""
        return self.fail_on is not None and finding.severity >= self.fail_on


DEFAULT = Settings()


_VERDICTS: dict[int, tuple[Settings, dict[str, tuple[bool, Severity | None]]]] = {}


def _verdict(settings: Settings, fault: DiagnosticKind) -> tuple[bool, Severity | None]:
    """Whether findings of a kind are reported, and their severity if it is changed. Long settings are read once a kind.

    Settings are found by identity: to compare or hash them would read them again.
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
        # The most specific word wins; ALL is the least specific.
        meant = [
            (0 if word == ALL else len(word), weight)
            for word, weight in words
            if word == ALL or code.startswith(word)
        ]
        if meant:
            return max(meant)[1]
    return None


def settings(config: Config, given: GivenOptions, path: str) -> Settings:
    """The settings for the file at a path, which is relative to the root of its configuration."""
    if config is NO_CONFIG and given == GivenOptions():
        return DEFAULT
    mine = [entry for entry in config.per_file if matches(entry.pattern, path)]
    budget = config.budget
    for entry in mine:
        budget = entry.budget.over(budget)
    choices = (
        config.choice,
        *(Choice(entry.choice.select) for entry in mine),
        given.choice,
        # A code that a pattern ignores stays ignored, also if the command line selects other rules.
        *(Choice(ignore=entry.choice.ignore) for entry in mine),
    )
    fail_on = config.fail_on if given.fail_on is None else FAIL_ON[given.fail_on]
    return Settings(
        Selection(
            tuple(choice for choice in choices if choice != NOTHING_CHOSEN), config.preview or given.preview
        ),
        tuple(words for words in (*(entry.severity for entry in reversed(mine)), config.severity) if words),
        fail_on,
        config.strict,
        budget,
    )
