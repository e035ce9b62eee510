"""Conditions on how figures may change: `params > +5%`, `macs > 20G`."""

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from operator import ge, gt, le, lt

from cnncalc.comparison.facts import TOTALS
from cnncalc.quantity import BadQuantity, count, size
from cnncalc.record import NamedTuple

COMPARED: Mapping[str, Callable[[Fraction, Fraction], bool]] = {">=": ge, "<=": le, ">": gt, "<": lt}
FORM = re.compile(
    r"\s*(?P<figure>\w+)\s*(?P<sign>>=|<=|>|<)\s*(?P<by>[+-]?)\s*(?P<amount>[0-9.][^%<>=]*?)\s*(?P<percent>%?)\s*",
    re.ASCII,
)


class Verdict(NamedTuple):
    """A condition and the two figures it was applied to: whether it is met (None: a figure is unknown)."""

    condition: "Condition"
    old: int | None
    new: int | None
    met: bool | None

    @property
    def fails(self) -> bool:
        """A condition that can't be decided fails too."""
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
    match = FORM.fullmatch(text)
    if match is None:
        raise ValueError(
            f"{text!r} is not a condition; write FIGURE > NUMBER, as in 'params > +5%' or 'macs > 20G'"
        )
    figure, amount, by, percent = match["figure"], match["amount"], match["by"], bool(match["percent"])
    if figure not in TOTALS:
        from cnncalc.spec import nearest

        close = nearest(figure, TOTALS)
        hint = f"did you mean {close!r}?" if close else f"there are {', '.join(TOTALS)}"
        raise ValueError(f"there is no figure {figure!r}: {hint}")
    if percent and not by:
        raise ValueError(f"{text!r}: a share is of a change, so it has a sign: +{amount}%")
    try:
        number = Fraction(size(amount) if figure == "memory" and not percent else count(amount))
    except BadQuantity as error:
        instead = f"; write {' or '.join(error.instead)}" if error.instead else ""
        if error.unit and not error.instead:
            instead = "; the units are k, M, G and T: powers of 1000"
        unit = f", {error.unit!r}" if error.unit else ""
        raise ValueError(f"{text!r}: {amount!r} {error.reason}{unit}{instead}") from None
    return Condition(
        " ".join(text.split()),
        figure,
        match["sign"],
        -number if by == "-" else number,
        bool(by),
        percent,
    )
