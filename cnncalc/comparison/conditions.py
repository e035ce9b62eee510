"""Conditions on how figures may change: `params > +5%`, `macs > 20G`."""

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from operator import ge, gt, le, lt
from typing import NamedTuple

from cnncalc.comparison.facts import TOTALS

COMPARED: Mapping[str, Callable[[Fraction, Fraction], bool]] = {">=": ge, "<=": le, ">": gt, "<": lt}
UNITS = {"": 1, "k": 10**3, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
BYTES = {**UNITS, **{f"{letter}iB": 1024**power for power, letter in enumerate("KMGT", 1)}}
BYTES |= {"B": 1, "kB": 10**3, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
# No figure has as many.
DIGITS = 100
FORM = re.compile(
    r"\s*(?P<figure>\w+)\s*(?P<sign>>=|<=|>|<)\s*(?P<by>[+-]?)\s*(?P<number>[0-9][0-9_,]*(?:\.[0-9]+)?)\s*"
    r"(?P<unit>%|[A-Za-z]*)\s*",
    re.ASCII,
)


class Verdict(NamedTuple):
    """A condition held against two figures: whether it is met (None: a figure is unknown), and in words."""

    condition: "Condition"
    old: int | None
    new: int | None
    met: bool | None

    @property
    def fails(self) -> bool:
        """A condition that can't be decided fails too: nobody has shown that it is not met."""
        return self.met is not False


class Condition(NamedTuple):
    """A figure against a number: the new one itself, or by how much (in percent of the old one) it has grown."""

    text: str
    figure: str
    sign: str
    number: Fraction
    relative: bool
    percent: bool

    def judged(self, old: int | None, new: int | None) -> Verdict:
        """Exactly: in whole numbers and fractions."""
        met = None
        if new is not None and (old is not None or not self.relative):
            value = Fraction(new - (old or 0)) if self.relative else Fraction(new)
            limit = self.number * (old or 0) / 100 if self.percent else self.number
            met = COMPARED[self.sign](value, limit)
        return Verdict(self, old, new, met)


def parse(text: str) -> Condition:
    """A condition as it is written. Raises `ValueError` with one sentence that says what to write instead."""
    found = FORM.fullmatch(text)
    if found is None:
        raise ValueError(
            f"{text!r} is no condition; write FIGURE > NUMBER, as in 'params > +5%' or 'macs > 20G'"
        )
    if len(found["number"]) > DIGITS:
        raise ValueError(
            f"the number of a condition has at most {DIGITS} digits, not {len(found['number']):,}"
        )
    figure, unit, by = found["figure"], found["unit"], found["by"]
    if figure not in TOTALS:
        from cnncalc.spec import nearest

        close = nearest(figure, TOTALS)
        hint = f"did you mean {close!r}?" if close else f"there are {', '.join(TOTALS)}"
        raise ValueError(f"there is no figure {figure!r}: {hint}")
    if unit == "%" and not by:
        raise ValueError(f"{text!r}: a share is of a change, so it has a sign: +{found['number']}%")
    known = BYTES if figure == "memory" else UNITS
    if unit != "%" and unit not in known:
        raise ValueError(
            f"{text!r}: {unit!r} is no unit of {figure}; it has {', '.join(filter(None, known))}, %"
        )
    number = Fraction(found["number"].replace("_", "").replace(",", "")) * known.get(unit, 1)
    return Condition(
        " ".join(text.split()),
        figure,
        found["sign"],
        -number if by == "-" else number,
        bool(by),
        unit == "%",
    )
