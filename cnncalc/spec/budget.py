"""Budgets: what figures of a network may come to, as a spec's `budget` says it, or a configuration."""

from collections.abc import Iterator, Mapping
from typing import Any

from cnncalc.diagnostic import DiagnosticKind, Span
from cnncalc.exact import shown
from cnncalc.quantity import MOST
from cnncalc.record import NamedTuple
from cnncalc.spec import faults
from cnncalc.text import escaped

# Each figure with the sign that is meant where none is written.
FIGURES = {"params": "<=", "macs": "<=", "activations": "<=", "receptive_field": ">="}
MODES = ("training", "inference")

Path = tuple[str | int, ...]


class Bound(NamedTuple):
    """`sign` is `<=`, `<`, `>=` or `>`; `amount` is whole: a count, or bytes."""

    sign: str
    amount: int

    def holds(self, value: int) -> bool:
        """Whether a figure keeps to it."""
        if self.sign[0] == "<":
            return value < self.amount or (value == self.amount and self.sign == "<=")
        return value > self.amount or (value == self.amount and self.sign == ">=")


class Limit(NamedTuple):
    """What one figure may come to: one of `FIGURES`, or a mode of `MODES`, whose memory it is, in bytes.

    `text` is the bound as it was written, `batch` the images of a memory limit. It stands at `span`; one that no spec
    says has an `origin` instead, as `pyproject.toml`.
    """

    figure: str
    bound: Bound
    text: str
    batch: int | None = None
    span: Span | None = None
    origin: str = ""

    @property
    def mode(self) -> str:
        """The mode whose network it is about: all but the memory of training is that of inference."""
        return self.figure if self.figure in MODES else "inference"

    def holds(self, value: int) -> bool:
        return self.bound.holds(value)


class Budget(NamedTuple):
    """The limits of one network. A figure can have several: a least and a most."""

    limits: tuple[Limit, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.limits)

    def of(self, *figures: str) -> list[Limit]:
        """The limits of some figures."""
        return [limit for limit in self.limits if limit.figure in figures]

    def over(self, other: "Budget") -> "Budget":
        """This budget, and of the figures it says nothing of, the limits of another."""
        own = {limit.figure for limit in self.limits}
        return Budget(self.limits + tuple(limit for limit in other.limits if limit.figure not in own))


NO_BUDGET = Budget()


class Flaw(NamedTuple):
    """What is wrong with a part of a budget: at its value, or `at_key`; `among` are the words known there."""

    path: Path
    fault: DiagnosticKind
    message: str
    help: str | None = None
    at_key: bool = False
    among: tuple[str, ...] = ()
    instead: str | None = None


def parse(budget: Mapping[str, Any], origin: str = "") -> Budget:
    """A budget from plain values: `{"params": "<= 25M", "memory": {"training": "8GiB", "batch": 32}}`.

    `origin` says in messages where it comes from. Raises `ValueError` with one sentence.
    """
    read = list(parts(budget))
    for part in read:
        if isinstance(part, Flaw):
            raise ValueError(part.message + (f"; {part.help}" if part.help else ""))
    return Budget(tuple(part[1]._replace(origin=origin) for part in read if not isinstance(part, Flaw)))


def parts(budget: object) -> Iterator[tuple[Path, Limit] | Flaw]:
    """Every limit of a budget with its path (of plain values), and everything that is wrong with it."""
    if not isinstance(budget, Mapping):
        yield Flaw((), faults.WRONG_VALUE, "`budget` must be a mapping from figure to limit", _example())
        return
    for name, value in budget.items():
        if name == "memory":
            yield from _memory(value)
        elif name in FIGURES:
            yield from _limits((name,), name, value, FIGURES[name])
        else:
            known = (*FIGURES, "memory")
            what = f"a budget has no `{escaped(str(name))}`"
            yield Flaw((name,), faults.UNKNOWN_KEY, what, at_key=True, among=known)


def _example() -> str:
    return "write `budget: {params: <= 25M}`"


def _memory(value: object) -> Iterator[tuple[Path, Limit] | Flaw]:
    if not isinstance(value, Mapping):
        help = "write `memory: {training: <= 8GiB, batch: 32}`"
        what = "`memory` of a budget must be a mapping: its limit depends on the batch"
        yield Flaw(("memory",), faults.WRONG_VALUE, what, help)
        return
    batch = value.get("batch")
    if "batch" not in value:
        what = "a memory budget needs `batch`: how many images its limit is for"
        yield Flaw(("memory",), faults.MISSING_KEY, what, "write `batch: 32` in it", at_key=True)
    elif not isinstance(batch, int) or isinstance(batch, bool) or not 0 < batch < MOST:
        what = f"`batch` must be an integer from 1, not {_told(batch)}"
        yield Flaw(("memory", "batch"), faults.WRONG_VALUE, what)
    # A misspelt one is reported as such.
    if set(value) == {"batch"}:
        what = "a memory budget says `training` or `inference`"
        yield Flaw(("memory",), faults.MISSING_KEY, what, "write `training: <= 8GiB` in it", at_key=True)
    for name, limit in value.items():
        if name in MODES:
            for part in _limits(("memory", name), name, limit, "<="):
                if isinstance(part, Flaw):
                    yield part
                elif isinstance(batch, int):
                    yield part[0], part[1]._replace(batch=batch)
        elif name != "batch":
            what = f"a memory budget has no `{escaped(str(name))}`"
            known = (*MODES, "batch")
            yield Flaw(("memory", name), faults.UNKNOWN_KEY, what, at_key=True, among=known)


def _limits(path: Path, figure: str, value: object, sign: str) -> Iterator[tuple[Path, Limit] | Flaw]:
    """The limit of a figure, or the several of a list."""
    if isinstance(value, list | tuple) and value:
        for at, one in enumerate(value):
            yield _limit((*path, at), figure, one, sign)
    else:
        yield _limit(path, figure, value, sign)


def _limit(path: Path, figure: str, value: object, sign: str) -> tuple[Path, Limit] | Flaw:
    from cnncalc.spec._limit import BadLimit, bound

    memory = figure in MODES
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        help = f"write `{sign} 8GiB`" if memory else f"write `{sign} 25M`"
        return Flaw(
            path, faults.WRONG_VALUE, f"`{figure}` of a budget must be a limit, not {_told(value)}", help
        )
    if isinstance(value, int) and not -MOST < value < MOST:
        return Flaw(path, faults.BAD_LIMIT, f"`{_told(value)}` has more than 18 digits")
    try:
        found = bound(str(value), sign=sign, memory=memory)
    except BadLimit as error:
        return Flaw(path, faults.BAD_LIMIT, error.message, error.help, instead=error.instead)
    # As it would be read aloud: with its sign.
    said = " ".join(str(value).split())
    return path, Limit(figure, found, said if said[0] in "<>" else f"{found.sign} {said}")


def _told(value: object) -> str:
    """A value in a message."""
    if isinstance(value, Mapping | list | tuple):
        return "a list or mapping"
    return escaped(shown(value))
