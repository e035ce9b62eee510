"""One limit of a budget as people write it: `<= 25M`, `< 8GiB`, `>= 224`, or a bare number."""

import re

from cnncalc.exact import shown
from cnncalc.quantity import BadQuantity, count, size
from cnncalc.spec.budget import Bound
from cnncalc.text import escaped

SIGNED = re.compile(r"(<=|>=|<|>|)\s*(.*)", re.DOTALL)
# Other ways to write `<=` and `>=`. For `==` the default sign of the figure is used.
TURNED = {"=>": ">=", "=<": "<=", "\N{LESS-THAN OR EQUAL TO}": "<=", "\N{GREATER-THAN OR EQUAL TO}": ">="}


class BadLimit(Exception):
    """Why a text is not a limit, what to write, and a replacement text if one is clear."""

    def __init__(self, message: str, help: str | None = None, instead: str | None = None) -> None:
        super().__init__(message)
        self.message, self.help, self.instead = message, help, instead


def bound(text: str, *, sign: str, memory: bool) -> Bound:
    """A limit from its text. `sign` is used where the text has none. Raises `BadLimit`."""
    example = f"{sign} 8GiB" if memory else f"{sign} 224" if sign == ">=" else f"{sign} 25M"
    said = text.strip()
    for foreign in ("\N{LESS-THAN OR EQUAL TO}", "\N{GREATER-THAN OR EQUAL TO}"):
        said = said.replace(foreign, TURNED[foreign])
    match = SIGNED.fullmatch(said)
    assert match is not None
    written, number = match.groups()
    try:
        # Bytes are whole: 11.3 GiB is 12,133,282,611.2 bytes.
        amount = int(size(number)) if memory else count(number)
    except BadQuantity as error:
        raise _refused(text, said, written or sign, error, example=example, memory=memory) from None
    if not isinstance(amount, int):
        whole = f"{written or sign} {int(amount)}"
        raise BadLimit(
            f"`{escaped(text)}` is {shown(amount)}, but a count is a whole number", f"write `{whole}`"
        )
    return Bound(written or sign, amount)


def _refused(text: str, said: str, sign: str, error: BadQuantity, *, example: str, memory: bool) -> BadLimit:
    """The error for a limit whose quantity cannot be read."""
    ways = [f"{sign} {way}" for way in error.instead]
    what = f"`{escaped(said)}` {error.reason}" + (f", `{escaped(error.unit)}`" if error.unit else "")
    if ways:
        help = f"write {' or '.join(f'`{way}`' for way in ways)}"
        return BadLimit(what, help, ways[0] if len(ways) == 1 else None)
    if error.unit:
        return BadLimit(what, "the units are k, M, G and T: powers of 1000")
    if "digits" in error.reason:
        return BadLimit(f"`{escaped(text)}` has more than 18 digits")
    return BadLimit(f"`{escaped(text)}` is not a limit", *_example(said, sign, example, memory=memory))


def _example(said: str, sign: str, example: str, *, memory: bool) -> tuple[str, str | None]:
    """What to write: the limit with the sign corrected, if that makes it valid."""
    bare = re.sub(r"^(=>|=<|==?)\s*", lambda match: f"{TURNED.get(match[1], sign)} ", said)
    match = SIGNED.fullmatch(bare)
    try:
        assert match is not None
        (size if memory else count)(match[2])
    except (BadQuantity, AssertionError):
        return f"write `{example}`", None
    return f"write `{bare}`", bare
