"""Operations against parameters of many specs, as a plot of plain characters (after Canziani et al. 2016)."""

from collections.abc import Iterator, Sequence
from math import ceil, floor, log10
from string import ascii_letters

from cnncalc.render.piece import Piece
from cnncalc.render.specs import ListedSpec
from cnncalc.render.wrapping import KEPT, wrapped
from cnncalc.text import escaped

ROWS, LEAST, MOST = 20, 20, 110
UNITS = ("", "K", "M", "G", "T", "P")
# Several specs in one place; and one, where there are more specs than letters.
SEVERAL, ONE = "*", "o"


def plot(specs: Sequence[ListedSpec], width: int | None) -> Iterator[str]:
    """Each spec at its multiply-adds and parameters, both on logarithmic axes, and below it which letter is which."""
    points = [spec for spec in specs if spec.params and spec.macs]
    if not points:
        yield "no spec has parameters and MACs to plot\n"
        return
    named = len(points) <= len(ascii_letters)
    x, y = (_powers([value(spec) for spec in points]) for value in (_macs, _params))
    labels = {_place(10**power, y, ROWS): _label(power) for power in range(y[0], y[1] + 1)}
    edge = max(map(len, labels.values()))
    columns = min(MOST, max(LEAST, (width or 80) - edge - 12))
    cells: dict[tuple[int, int], str] = {}
    for number, spec in enumerate(points):
        place = _place(_params(spec), y, ROWS), _place(_macs(spec), x, columns)
        letter = ascii_letters[number] if named else ONE
        cells[place] = SEVERAL if place in cells else letter
    yield Piece("parameters\n", "bold")
    for row in range(ROWS, -1, -1):
        body = "".join(cells.get((row, column), " ") for column in range(columns + 1)).rstrip()
        yield f"{labels.get(row, '').rjust(edge)} {'+' if row in labels else '|'}{body}\n"
    ticks = {_place(10**power, x, columns): _label(power) for power in range(x[0], x[1] + 1)}
    yield (
        " " * (edge + 1)
        + "+"
        + "".join("+" if column in ticks else "-" for column in range(columns + 1))
        + "\n"
    )
    yield f"{_under(ticks, edge + 2, columns)}  MACs\n"
    if named:
        letters = [
            f"{letter}{KEPT}{escaped(spec.spec)}" for letter, spec in zip(ascii_letters, points, strict=False)
        ]
        yield "\n" + "".join(f"{line}\n" for line in wrapped(", ".join(letters), width)).replace(KEPT, " ")
    if SEVERAL in cells.values():
        yield f"\n{SEVERAL} stands for several\n"


def _macs(spec: ListedSpec) -> int:
    return spec.macs or 0


def _params(spec: ListedSpec) -> int:
    return spec.params or 0


def _powers(values: Sequence[int]) -> tuple[int, int]:
    """The powers of ten around the values, at least one apart."""
    low, high = floor(log10(min(values))), ceil(log10(max(values)))
    return low, max(high, low + 1)


def _label(power: int) -> str:
    """A power of ten: `10`, `100K`, `10M`, `1G`."""
    unit, zeros = divmod(power, 3)
    return f"{10**zeros}{UNITS[unit]}" if unit < len(UNITS) else f"1e{power}"


def _place(value: int, powers: tuple[int, int], steps: int) -> int:
    low, high = powers
    return round((log10(value) - low) / (high - low) * steps)


def _under(ticks: dict[int, str], start: int, columns: int) -> str:
    """The labels below their ticks; one that would touch the label before it is left out."""
    text = ""
    for column, label in sorted(ticks.items()):
        begin = start + column
        if begin > len(text):
            text = text.ljust(begin) + label
    return text
