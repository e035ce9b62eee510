"""A budget from plain values, as a spec or a configuration has them: its limits, and every error in it."""

from collections.abc import Iterator, Mapping
from typing import Any

from cnncalc.diagnostic import DiagnosticKind
from cnncalc.exact import shown
from cnncalc.quantity import MOST
from cnncalc.record import NamedTuple
from cnncalc.spec import faults
from cnncalc.spec.budget import FIGURES, MODES, Budget, Limit
from cnncalc.text import escaped

Path = tuple[str | int, ...]


class Flaw(NamedTuple):
    """An error in a part of a budget: at its value, or `at_key`; `among` are the words allowed there."""

    path: Path
    fault: DiagnosticKind
    message: str
    help: str | None = None
    at_key: bool = False
    among: tuple[str, ...] = ()
    instead: str | None = None


def parse(budget: Mapping[str, Any], origin: str = "") -> Budget:
    """A budget from plain values: `{"params": "<= 25M", "memory": {"training": "8GiB", "batch": 32}}`.

    `origin` is its name in messages. Raises `ValueError` with one sentence.
    """
    read = list(parts(budget))
    for part in read:
        if isinstance(part, Flaw):
            raise ValueError(part.message + (f"; {part.help}" if part.help else ""))
    return Budget(tuple(part[1]._replace(origin=origin) for part in read if not isinstance(part, Flaw)))


def parts(budget: object) -> Iterator[tuple[Path, Limit] | Flaw]:
    """Every limit of a budget with its path (in plain values), and every error in it."""
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
        what = f"`batch` must be a whole number, 1 or more, not {_in_message(batch)}"
        yield Flaw(("memory", "batch"), faults.WRONG_VALUE, what)
    # A misspelt key is reported as a misspelling.
    if set(value) == {"batch"}:
        what = "a memory budget needs `training` or `inference`"
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
    """The limit of a figure, or several limits in a list."""
    if isinstance(value, list | tuple) and value:
        for index, item in enumerate(value):
            yield _limit((*path, index), figure, item, sign)
    else:
        yield _limit(path, figure, value, sign)


def _limit(path: Path, figure: str, value: object, sign: str) -> tuple[Path, Limit] | Flaw:
    from cnncalc.spec._limit import BadLimit, bound

    memory = figure in MODES
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        help = f"write `{sign} 8GiB`" if memory else f"write `{sign} 25M`"
        return Flaw(
            path,
            faults.WRONG_VALUE,
            f"`{figure}` of a budget must be a limit, not {_in_message(value)}",
            help,
        )
    if isinstance(value, int) and not -MOST < value < MOST:
        return Flaw(path, faults.BAD_LIMIT, f"`{_in_message(value)}` has more than 18 digits")
    try:
        limit = bound(str(value), sign=sign, memory=memory)
    except BadLimit as error:
        return Flaw(path, faults.BAD_LIMIT, error.message, error.help, instead=error.instead)
    # The limit with its sign, also where none was written.
    said = " ".join(str(value).split())
    return path, Limit(figure, limit, said if said[0] in "<>" else f"{limit.sign} {said}")


def _in_message(value: object) -> str:
    """A value in a message."""
    if isinstance(value, Mapping | list | tuple):
        return "a list or mapping"
    return escaped(shown(value))
