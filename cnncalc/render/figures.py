"""Figures for people: digits grouped, large counts short, bytes in units of 1024, of 1000, or both."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from cnncalc.exact import WHOLE, grouped
from cnncalc.figure_words import SCALES
from cnncalc.figure_words import axes as axes
from cnncalc.figure_words import size as in_unit

if TYPE_CHECKING:
    from cnncalc.analysis import Field, Fields, Inexact

UNKNOWN = "?"
UNITS = (*SCALES, "both")
_units: ContextVar[str] = ContextVar("units", default="iec")


@contextmanager
def in_units(name: str) -> Iterator[None]:
    """Show sizes in these units (one of `UNITS`) within this context."""
    token = _units.set(name)
    try:
        yield
    finally:
        _units.reset(token)


def chosen_units() -> str:
    """The units of sizes in this context: one of `UNITS`."""
    return _units.get()


def exact(value: int | None) -> str:
    """`138,344,128`."""
    return UNKNOWN if value is None else grouped(value)


def many(value: int | None, noun: str) -> str:
    """`138,344,128 values`, `1 value`, `? values`."""
    return f"{exact(value)} {noun}{'' if value == 1 else 's'}"


def short(value: int | None) -> str:
    """Exact below a million, then `3.2M`, `15.47G`, `1.20T`."""
    if value is None:
        return UNKNOWN
    if value >= WHOLE:
        return grouped(value)
    for size, letter, digits in ((10**12, "T", 2), (10**9, "G", 2), (10**6, "M", 1)):
        if value >= size:
            return f"{value / size:.{digits}f}{letter}"
    return grouped(value)


def size(count: int | None) -> str:
    """Bytes in the largest unit that leaves at least 1: `58.13 MiB`, `60.95 MB`, or `58.13 MiB (60.95 MB)`."""
    if count is None:
        return UNKNOWN
    chosen = _units.get()
    if chosen != "both":
        return in_unit(count, chosen)
    binary, decimal = (in_unit(count, units) for units in SCALES)
    return binary if binary == decimal else f"{binary} ({decimal})"


def between(low: int, high: int) -> str:
    """From one number of bytes to another: `11.20 to 11.90 GiB`, `980.00 MiB to 1.20 GiB`; one size of equal ones."""
    least, most = size(low), size(high)
    if least == most:
        return most
    number, _, unit = least.partition(" ")
    shared = _units.get() != "both" and most.endswith(f" {unit}")
    return f"{number if shared else least} to {most}"


def receptive(field: "Fields | None", inexact: "Inexact | None" = None) -> str:
    """Size of a receptive field by axis: `212`, or `3x7`; nothing for features without an axis.

    `188-204` if it differs by position; `all` if every position sees the whole input; `<=12` if it is a bound.
    """
    if field is None:
        return UNKNOWN
    mark = "<=" if field and inexact is not None else ""
    return mark + axes(tuple([one_axis(axis) for axis in field])) if field else ""


def one_axis(field: "Field") -> str:
    """Size of a receptive field along one axis."""
    if field.whole:
        return "all"
    least, most = field.sizes
    return str(least) if least == most else f"{least}-{most}"
