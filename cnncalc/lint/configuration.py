"""Reading a configuration: every key is checked, every mistake is reported with its line."""

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cnncalc.diagnostic import Severity
from cnncalc.exact import shown
from cnncalc.files import read_bytes
from cnncalc.lint.codes import meant, no_code
from cnncalc.lint.patterns import problem
from cnncalc.lint.settings import FAIL_ON, BadConfig, Config, PerFile, Weights
from cnncalc.lint.toml import Path, TomlPlaces, TomlProblem, parsed
from cnncalc.rules import Choice
from cnncalc.spec import nearest
from cnncalc.spec.budget import NO_BUDGET, Budget
from cnncalc.spec.budget_values import Flaw, parts
from cnncalc.text import escaped

LIMIT = 1_048_576
# How many problems of one configuration are reported; the others are counted.
MOST = 100
SEVERITIES = {severity.word: severity for severity in Severity}
PYPROJECT, OWN = "pyproject.toml", "cnncalc.toml"

CHOICE_KEYS = ("select", "ignore", "extend-select")
TOP = (*CHOICE_KEYS, "preview", "severity", "per-file", "fail-on", "strict", "exclude", "budget")
PER_FILE = ("select", "ignore", "severity", "budget")
CODES = "codes"


def read_config(path: str, name: str, root: str | None = None, *, wanted: bool = False) -> Config | None:
    """The configuration in a file; None for a `pyproject.toml` without one (unless it is `wanted`).

    `name` is the file's name in messages. Raises `BadConfig`.
    """
    called = escaped(name, limit=4096)
    try:
        data, _ = read_bytes(path, LIMIT + 1)
    except (OSError, ValueError) as error:
        reason = escaped((getattr(error, "strerror", None) or str(error)).lower(), 200)
        raise BadConfig([TomlProblem(called, None, f"the file cannot be read: {reason}")]) from error
    if len(data) > LIMIT:
        raise BadConfig([TomlProblem(called, None, f"the file is larger than {LIMIT:,} bytes")])
    pyproject = os.path.basename(path) == PYPROJECT
    if pyproject and not wanted and b"cnncalc" not in data:
        return None
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadConfig([TomlProblem(called, line, "the text is not UTF-8")]) from error
    whole = parsed(text, called)
    if isinstance(whole, TomlProblem):
        raise BadConfig([whole])
    content: object = whole
    if pyproject:
        tools = whole.get("tool")
        content = tools.get("cnncalc") if isinstance(tools, dict) else None
        if content is None and not wanted:
            return None
    reading = _Reading(text, called, ("tool", "cnncalc") if pyproject else ())
    config = reading.config({} if content is None else content, path, root)
    if reading.problems:
        raise BadConfig(reading.in_order())
    return config


class _Reading:
    """The reading of one configuration, and the problems in it."""

    def __init__(self, text: str, name: str, within: Path) -> None:
        self.places, self.name, self.within = TomlPlaces(text), name, within
        self.problems: list[TomlProblem] = []
        self.more = 0

    def report(self, path: Path, message: str, help: str | None = None) -> None:
        if self.full:
            self.more += 1
        else:
            line = self.places.line_of(self.within + path)
            self.problems.append(TomlProblem(self.name, line, message, help))

    @property
    def full(self) -> bool:
        """Whether more problems are only counted: the search for a line reads the whole text."""
        return len(self.problems) == MOST

    def in_order(self) -> list[TomlProblem]:
        problems = sorted(self.problems, key=lambda problem: problem.line or 0)
        if self.more:
            problems.append(TomlProblem(self.name, None, f"and {self.more:,} more problems"))
        return problems

    def config(self, content: object, path: str, root: str | None) -> Config:
        table = self.table(content, (), "[tool.cnncalc]" if self.within else "the configuration", TOP)
        fail_on = table.get("fail-on", "warning")
        if not isinstance(fail_on, str) or fail_on not in FAIL_ON:
            self.wrong(("fail-on",), "fail-on", f"one of {', '.join(FAIL_ON)}", fail_on)
            fail_on = "warning"
        return Config(
            path=path,
            root=os.path.dirname(os.path.abspath(path)) if root is None else root,
            choice=self.choice(table, ()),
            preview=self.flag(table, "preview"),
            severity=self.severity(table, ()),
            per_file=tuple(self.per_file(table)),
            fail_on=FAIL_ON[fail_on],
            strict=self.flag(table, "strict"),
            exclude=self.exclude(table),
            budget=self.budget(table, (), self.name),
        )

    def wrong(self, path: Path, name: str, wanted: str, value: object) -> None:
        self.report(path, f"`{name}` must be {wanted}, not {_in_message(value)}")

    def table(self, content: object, path: Path, what: str, keys: Iterable[str]) -> Mapping[str, Any]:
        """A table; unknown keys are reported."""
        if not isinstance(content, dict):
            self.report(path, f"{what} must be a table, not {_in_message(content)}")
            return {}
        for name in content:
            if name not in keys:
                close = None if self.full else nearest(name, keys)
                help = f"did you mean `{close}`?" if close else f"the settings here are: {', '.join(keys)}"
                self.report((*path, name), f"there is no setting `{escaped(name)}` in {what}", help)
        return content

    def flag(self, table: Mapping[str, Any], name: str) -> bool:
        value = table.get(name, False)
        if not isinstance(value, bool):
            self.wrong((name,), name, "true or false", value)
        return value is True

    def words(
        self, table: Mapping[str, Any], name: str, path: Path, what: str, fault: Callable[[str], str | None]
    ) -> tuple[str, ...]:
        """A list of words; wrong words are reported."""
        value = table.get(name, [])
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            self.wrong((*path, name), name, f"a list of {what}", value)
            return ()
        for word in value:
            if problem := fault(word):
                self.report((*path, name, word), problem, meant(word) if what == CODES else None)
        return tuple(value)

    def choice(self, table: Mapping[str, Any], path: Path, keys: Iterable[str] = CHOICE_KEYS) -> Choice:
        chosen = {name: self.words(table, name, path, CODES, no_code) for name in keys if name in table}
        return Choice(chosen.get("select"), chosen.get("extend-select", ()), chosen.get("ignore", ()))

    def severity(self, table: Mapping[str, Any], path: Path) -> Weights:
        severities = table.get("severity", {})
        if not isinstance(severities, dict):
            self.wrong((*path, "severity"), "severity", "a table from code to severity", severities)
            return ()
        for word, weight in severities.items():
            if problem := no_code(word):
                self.report((*path, "severity", word), problem, meant(word))
            if not isinstance(weight, str) or weight not in SEVERITIES:
                name = f"severity.{escaped(word)}"
                self.wrong((*path, "severity", word), name, f"one of {', '.join(SEVERITIES)}", weight)
        return tuple(
            (word, SEVERITIES[weight])
            for word, weight in severities.items()
            if isinstance(weight, str) and weight in SEVERITIES
        )

    def exclude(self, table: Mapping[str, Any]) -> tuple[str, ...]:
        return self.words(table, "exclude", (), "patterns of files", _no_pattern)

    def per_file(self, table: Mapping[str, Any]) -> Iterable[PerFile]:
        entries = table.get("per-file", {})
        if not isinstance(entries, dict):
            self.wrong(("per-file",), "per-file", "a table from pattern to settings", entries)
            return
        for pattern, entry in entries.items():
            path: Path = ("per-file", pattern)
            if problem := _no_pattern(pattern):
                self.report(path, problem)
                continue
            mine = self.table(entry, path, f'[per-file."{escaped(pattern)}"]', PER_FILE)
            yield PerFile(
                pattern,
                self.choice(mine, path, ("select", "ignore")),
                self.severity(mine, path),
                self.budget(mine, path, f'{self.name} for "{escaped(pattern)}"'),
            )

    def budget(self, table: Mapping[str, Any], path: Path, origin: str) -> Budget:
        if "budget" not in table:
            return NO_BUDGET
        limits = []
        for part in parts(table["budget"]):
            if isinstance(part, Flaw):
                close = nearest(str(part.path[-1]), part.among) if part.among and not self.full else None
                few = f"the settings here are: {', '.join(part.among)}" if part.among else part.help
                help = f"did you mean `{close}`?" if close else few
                self.report((*path, "budget", *part.path), part.message, help)
            else:
                limits.append(part[1]._replace(origin=origin))
        return Budget(tuple(limits))


def _no_pattern(pattern: str) -> str | None:
    fault = problem(pattern)
    return None if fault is None else f"`{escaped(pattern)}` is not a pattern: {escaped(fault)}"


def _in_message(value: object) -> str:
    """A value in a message."""
    match value:
        case dict():
            return "a table"
        case list():
            return "a list" if all(isinstance(item, str) for item in value) else "a list of other things"
        case bool():
            return str(value).lower()
        case str():
            return f'"{escaped(value)}"'
    return escaped(shown(value))
