"""How often sides can be halved, for people, for a page and for programs."""

from collections.abc import Iterator
from typing import Any

from cnncalc.exact import counted
from cnncalc.record import NamedTuple
from cnncalc.render._markdown import line, safe
from cnncalc.render.figures import exact
from cnncalc.render.piece import Piece
from cnncalc.render.wrapping import broken
from cnncalc.sizing.halvings import Halvings, NetworkHalvings

# Layers of one step, and other strides, that are named.
SHOWN = 2
ARROW = " -> "


class HalvingsReport(NamedTuple):
    """Sides, and the network that halves them, if it is about one."""

    sides: tuple[Halvings, ...]
    name: str = ""
    network: NetworkHalvings | None = None


def text(report: HalvingsReport, width: int | None) -> Iterator[str]:
    """What halves, then a row for each side: how often, its sizes, and what stops it."""
    for number, fact in enumerate(_facts(report)):
        shown = fact if width is None else broken(fact, width)
        yield Piece(f"{shown}\n", "bold" if not number else "")
    yield "\n" if report.network else ""
    rows = [("side", "halved", "sizes"), *(_cells(side, report.network) for side in report.sides)]
    first, second = (max(len(row[column]) for row in rows) for column in (0, 1))
    indent = " " * (first + second + 6)
    for number, (side, times, sizes) in enumerate(rows):
        begin = f"  {side.rjust(first)}  {times.ljust(second)}  "
        lines = [sizes] if width is None else broken(sizes, max(30, width - len(begin))).split("\n")
        whole = f"\n{indent}".join(part.strip() for part in lines)
        yield Piece(f"{begin}{whole}\n", "" if number else "dim")


def _facts(report: HalvingsReport) -> Iterator[str]:
    network = report.network
    if network is None:
        return
    names = [_some(names) for names in network.steps]
    times = {0: "never halves its input", 1: "halves its input once"}
    count = len(names)
    yield f"{report.name} {times.get(count, f'halves its input {count} times')}" + (
        f": {', '.join(names)}" if names else ""
    )
    if network.others:
        others = [f"{name} has stride {stride}" for name, stride in network.others[:SHOWN]]
        more = len(network.others) - len(others)
        yield "not counted: " + ", ".join(others) + (f", and {more} more" if more else "")


def _some(names: tuple[str, ...]) -> str:
    more = len(names) - SHOWN
    listed = " and ".join(names[:SHOWN]) if more <= 0 else ", ".join(names[:SHOWN])
    return listed + (f" and {more} more" if more > 0 else "")


def _cells(side: Halvings, network: NetworkHalvings | None) -> tuple[str, str, str]:
    sizes = _chain(side)
    if network is None:
        return exact(side.side), counted(side.times, "time"), sizes
    of = f"{side.times} of {len(network.steps)}"
    if side.layer is not None:
        reads = "does not fit" if side.size is None else f"does not halve {exact(side.size)}"
        sizes += f"; {side.layer} {reads}"
    return exact(side.side), of, sizes


def _chain(side: Halvings) -> str:
    """`224 -> 112 -> 56`; where other layers change a size between, `299 -> 149, 147 -> 73`."""
    text, last = "", None
    for before, after in side.sizes:
        text += f"{', ' if text else ''}{exact(before)}" if before != last else ""
        text, last = f"{text}{ARROW}{exact(after)}", after
    return text or exact(side.side)


def markdown(report: HalvingsReport) -> Iterator[str]:
    """A table, and above it what halves."""
    facts = list(_facts(report))
    yield "".join(f"{safe(fact)}\n" for fact in facts) + ("\n" if facts else "")
    yield line(["side", "halved", "sizes"])
    yield line(["---:", ":---", ":---"])
    for side in report.sides:
        yield line([safe(cell) for cell in _cells(side, report.network)])


def json_text(report: HalvingsReport) -> str:
    """One object; `steps` and `of` are null without a network."""
    from cnncalc.render.json_text import dumped

    network = report.network
    sides: list[dict[str, Any]] = [
        {
            "side": side.side,
            "times": side.times,
            "of": None if network is None else len(network.steps),
            "sizes": [list(pair) for pair in side.sizes],
            "stopped_by": None if side.layer is None else {"layer": side.layer, "size": side.size},
        }
        for side in report.sides
    ]
    content = {
        "version": 1,
        "name": report.name or None,
        "steps": None if network is None else [list(names) for names in network.steps],
        "other_strides": None
        if network is None
        else [{"layer": name, "stride": by} for name, by in network.others],
        "sides": sides,
    }
    return dumped(content)
