"""Figures as text: percentages, sizes in bytes, sizes along axes."""

import re
from collections.abc import Iterable, Sequence

# For each system of units, the factor between two units, and the units.
SCALES = {
    "iec": (1024, ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB")),
    "si": (1000, ("bytes", "kB", "MB", "GB", "TB", "PB")),
}
# From here on a number is written as `1.20e+15`.
HUGE = 10**15


def percent(part: int, whole: int, digits: int = 0, *, in_a_table: bool = False) -> str:
    """`74%`, or `2.2%` with a digit after the point.

    In whole percent, less than all is `over 99%` and more than nothing is `under 1%`; with digits, a part that would be
    shown as 0 is `less than 0.1%`. In a table they are only rounded: `0.0%`.
    """
    share = 100 * part / whole
    text = f"{share:.2e}%" if share >= HUGE else f"{share:,.{digits}f}%"
    if in_a_table:
        return text
    if digits:
        least = 10.0**-digits
        return text if share >= least / 2 else f"less than {least:.{digits}f}%"
    if part < whole and text == "100%":
        return "over 99%"
    return "under 1%" if part and text == "0%" else text


def size(nbytes: int, units: str = "iec") -> str:
    """Bytes in the largest unit in which they are at least 1: `58.13 MiB`, or `60.95 MB` in units of `si`."""
    factor, names = SCALES[units]
    value, unit = float(nbytes), 0
    while value >= factor and unit < len(names) - 1:
        value, unit = value / factor, unit + 1
    if value >= HUGE:
        return f"{value:.2e} {names[unit]}"
    return f"{value:.2f} {names[unit]}" if unit else f"{nbytes} byte{'' if nbytes == 1 else 's'}"


def grid(sizes: Iterable[object]) -> str:
    """Sizes along the axes: `7x7`."""
    return "x".join(map(str, sizes))


def axes(sizes: Sequence[object]) -> str:
    """One number if all axes are equal, else `3x1`."""
    return str(sizes[0]) if len(set(sizes)) == 1 else grid(sizes)


def from_to(first: str, last: str) -> str:
    """The names of a run by the first and the last: `bottleneck2..3`."""
    ending = r"(?P<begin>.*?)(?P<number>[0-9]+[a-z]?)"
    begin, end = re.fullmatch(ending, first), re.fullmatch(ending, last)
    alike = begin is not None and end is not None and begin["begin"] == end["begin"]
    return f"{first}..{end['number'] if alike and end else last}"
