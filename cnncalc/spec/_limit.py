"""One limit of a budget as people write it: `<= 25M`, `< 8GiB`, `>= 224`, or a bare number."""

import re

from cnncalc.exact import fraction, is_fraction, plain, shown
from cnncalc.spec.budget import MOST, Bound
from cnncalc.text import escaped

# Decimal prefixes of a count; bytes have units of their own, as `cnncalc.memory.sizes` reads them (a test compares).
COUNTS = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
BYTES = {
    "b": 1,
    **{f"{prefix}b": 1000**power for power, prefix in enumerate("kmgtp", 1)},
    **{f"{prefix}ib": 1024**power for power, prefix in enumerate("kmgtp", 1)},
}
LIMIT = re.compile(
    r"(<=|>=|<|>|)\s*(\d{1,18}(?:\.\d{1,18})?(?:e[+-]?\d{1,2})?)\s*([a-z]*)", re.ASCII | re.IGNORECASE
)


class BadLimit(Exception):
    """Why a text is no limit, what to write, and text to put in its place where that is clear."""

    def __init__(self, message: str, help: str | None = None, instead: str | None = None) -> None:
        super().__init__(message)
        self.message, self.help, self.instead = message, help, instead


def bound(text: str, *, sign: str, memory: bool) -> Bound:
    """A limit from its text. `sign` is meant where none is written. Raises `BadLimit`."""
    example = f"{sign} 8GiB" if memory else f"{sign} 224" if sign == ">=" else f"{sign} 25M"
    said = (
        text.strip().replace("\N{LESS-THAN OR EQUAL TO}", "<=").replace("\N{GREATER-THAN OR EQUAL TO}", ">=")
    )
    match = LIMIT.fullmatch(said)
    if match is None:
        turned = {"=>": ">=", "=<": "<="}
        bare = re.sub(r"^(=>|=<|==?)\s*", lambda one: f"{turned.get(one[1], sign)} ", said)
        bare = bare.replace(",", "").replace("_", "")
        instead = bare if LIMIT.fullmatch(bare) else None
        raise BadLimit(f"`{escaped(text)}` is no limit", f"write `{instead or example}`", instead)
    written, number, unit = match.groups()
    units = BYTES if memory else COUNTS
    if unit.lower() not in units:
        raise _unit(said, f"{written or sign} {number}", unit, memory=memory)
    amount = plain(fraction(number) * units[unit.lower()])
    if amount > MOST:
        raise BadLimit(f"`{escaped(text)}` has more than 18 digits")
    if is_fraction(amount):
        whole = f"{written or sign} {int(amount)}"
        raise BadLimit(
            f"`{escaped(text)}` is {shown(amount)}, and what is counted is whole", f"write `{whole}`"
        )
    return Bound(written or sign, amount)


def _unit(said: str, number: str, unit: str, *, memory: bool) -> BadLimit:
    """A unit that is missing, or not one of these."""
    prefix = unit[:1].upper() if unit[:1].lower() in ("k", "m", "g", "t") else "G"
    if memory:
        what = f"has an unknown unit, `{escaped(unit)}`" if unit else "has no unit"
        return BadLimit(f"`{escaped(said)}` {what}", f"write `{number}{prefix}iB` or `{number}{prefix}B`")
    # A billion is G here: B is bytes.
    close = {"b": "G", "bn": "G", "mio": "M", "million": "M", "px": "", "billion": "G", "thousand": "K"}.get(
        unit.lower()
    )
    return BadLimit(
        f"`{escaped(said)}` has an unknown unit, `{escaped(unit)}`",
        f"write `{number}{close}`" if close is not None else "the units are K, M, G and T: powers of 1000",
        f"{number}{close}" if close is not None else None,
    )
