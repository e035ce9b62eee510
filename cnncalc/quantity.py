"""Counts and sizes in text: one grammar for budgets, conditions and memory.

A count is a number with one of k, M, G, T, which are powers of 1000: `25M`, `4.1 G`, `1e9`, `25,000,000`. A size has
B, kB, MB, GB, TB, PB (powers of 1000) or KiB to PiB (powers of 1024). GB and GiB differ by 7%: a size must
say which one it is. Case never matters.
"""

import re
from typing import TYPE_CHECKING

from cnncalc.exact import fraction, plain

if TYPE_CHECKING:
    from fractions import Fraction

COUNTS = {"": 1, **{prefix: 1000**power for power, prefix in enumerate("kmgt", 1)}}
SIZES = {
    "b": 1,
    **{f"{prefix}b": 1000**power for power, prefix in enumerate("kmgtp", 1)},
    **{f"{prefix}ib": 1024**power for power, prefix in enumerate("kmgtp", 1)},
}
# Other ways to write a prefix of a count.
WORDS = {
    "b": "G",
    "bn": "G",
    "billion": "G",
    "mio": "M",
    "million": "M",
    "thousand": "k",
    "px": "",
    "trillion": "T",
}
# Compiled when it is first needed: most runs read no quantity.
QUANTITY = (
    r"(?ai)(?P<whole>\d{1,3}(?:,\d{3})+|\d+(?:_\d+)*|)(?P<part>\.\d*)?(?P<power>e[+-]?\d{1,2})?"
    r"\s*(?P<unit>[a-z]*)"
)
# The longest text, and the largest amount: with an unlimited exponent a number could be endless.
LONGEST, MOST = 40, 10**18


class BadQuantity(ValueError):
    """Why a text is not a quantity (the end of a sentence that begins with it), valid texts, the unknown unit."""

    def __init__(self, reason: str, *instead: str, unit: str = "") -> None:
        super().__init__(reason)
        self.reason, self.instead, self.unit = reason, instead, unit


def count(text: str) -> "int | Fraction":
    """The exact number in a text. Raises `BadQuantity`."""
    number, said, unit = _read(text, "is not a number")
    if unit.lower() not in COUNTS:
        close = WORDS.get(unit.lower())
        instead = [f"{said}{close}"] if close is not None else []
        raise BadQuantity("has an unknown unit", *instead, unit=unit)
    return _within(number * COUNTS[unit.lower()])


def size(text: str) -> "int | Fraction":
    """The exact number of bytes in a text; only 0 needs no unit. Raises `BadQuantity`."""
    number, said, unit = _read(text, "is not a memory size")
    if unit.lower() in SIZES:
        return _within(number * SIZES[unit.lower()])
    if not unit and number == 0:
        return 0
    if not unit and number >= SIZES["mb"]:
        raise BadQuantity("has no unit", f"{said}B")
    letter = unit[0].upper() if unit.lower().removesuffix("i") in tuple("kmgtp") else "G"
    both = f"{said}{letter}iB", f"{said}{'k' if letter == 'K' else letter}B"
    raise BadQuantity("has an unknown unit" if unit else "has no unit", *both, unit=unit)


def _read(text: str, refusal: str) -> "tuple[Fraction, str, str]":
    """The number, its text, and the unit."""
    said = text.strip()
    if said.startswith(("-", "\N{MINUS SIGN}")) and re.fullmatch(QUANTITY, said[1:].lstrip()):
        raise BadQuantity("is negative")
    match = re.fullmatch(QUANTITY, said) if len(said) <= LONGEST else None
    whole, part, power = (
        (match["whole"], match["part"] or "", match["power"] or "") if match else ("", "", "")
    )
    if match is None or not (whole or part.strip(".")):
        raise BadQuantity(refusal)
    digits = whole.replace(",", "").replace("_", "") or "0"
    return fraction(digits + part.rstrip(".") + power), f"{whole}{part}{power}", match["unit"]


def _within(amount: "Fraction") -> "int | Fraction":
    if amount > MOST:
        raise BadQuantity("has more than 18 digits")
    exact: int | Fraction = plain(amount)
    return exact
