"""Figures for people: digits grouped, large counts short, bytes divided by 1024."""

from cnncalc.analysis import Field, Fields, Inexact

UNKNOWN = "?"
BYTES = ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB")


def exact(value: int | None) -> str:
    """`138,344,128`."""
    return UNKNOWN if value is None else f"{value:,}"


def short(value: int | None) -> str:
    """Exact below a million, then `3.2M`, `15.47G`, `1.20T`."""
    if value is None:
        return UNKNOWN
    for size, letter, digits in ((10**12, "T", 2), (10**9, "G", 2), (10**6, "M", 1)):
        if value >= size:
            return f"{value / size:.{digits}f}{letter}"
    return f"{value:,}"


def size(count: int | None) -> str:
    """Bytes in the largest unit that leaves at least 1: `58.13 MiB`."""
    if count is None:
        return UNKNOWN
    value, unit = float(count), 0
    while value >= 1024 and unit < len(BYTES) - 1:
        value, unit = value / 1024, unit + 1
    return f"{value:.2f} {BYTES[unit]}" if unit else f"{count} bytes"


def axes(values: "tuple[object, ...]") -> str:
    """One number where all axes agree, else `3x1`."""
    return str(values[0]) if len(set(values)) == 1 else "x".join(map(str, values))


def receptive(field: Fields | None, inexact: Inexact | None = None) -> str:
    """Size of a receptive field by axis: `212`, or `3x7`; nothing for features without an axis.

    Where it differs by position `188-204`; `all` where every position sees the whole input; `<=12` where it is a bound.
    """
    if field is None:
        return UNKNOWN
    mark = "<=" if field and inexact is not None else ""
    return mark + axes(tuple([one_axis(at) for at in field])) if field else ""


def one_axis(field: Field) -> str:
    """Size of a receptive field along one axis."""
    if field.whole:
        return "all"
    least, most = field.sizes
    return str(least) if least == most else f"{least}-{most}"
