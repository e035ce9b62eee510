"""One limit of a budget as people write it: `<= 25M`, `< 8GiB`, `>= 224`, or a bare number."""

import re

from cnncalc.exact import shown
from cnncalc.quantity import BadQuantity, count, size
from cnncalc.spec.budget import Bound
from cnncalc.text import escaped

SIGNED = re.compile(r"(<=|>=|<|>|)\s*(.*)", re.DOTALL)
# Signs that people write for the two that are meant; of `==` the figure's own is.
TURNED = {"=>": ">=", "=<": "<=", "\N{LESS-THAN OR EQUAL TO}": "<=", "\N{GREATER-THAN OR EQUAL TO}": ">="}


class BadLimit(Exception):
    """Why a text is no limit, what to write, and text to put in its place where that is clear."""

    def __init__(self, message: str, help: str | None = None, instead: str | None = None) -> None:
        super().__init__(message)
        self.message, self.help, self.instead = message, help, instead


def bound(text: str, *, sign: str, memory: bool) -> Bound:
    """A limit from its text. `sign` is meant where none is written. Raises `BadLimit`."""
    example = f"{sign} 8GiB" if memory else f"{sign} 224" if sign == ">=" else f"{sign} 25M"
    said = text.strip()
    for foreign in ("\N{LESS-THAN OR EQUAL TO}", "\N{GREATER-THAN OR EQUAL TO}"):
        said = said.replace(foreign, TURNED[foreign])
    match = SIGNED.fullmatch(said)
    assert match is not None
    written, number = match.groups()
    try:
        # Of bytes whole ones count: 11.3 GiB are 12,133,282,611.2 of them.
        amount = int(size(number)) if memory else count(number)
    except BadQuantity as error:
        raise _refused(text, said, written or sign, error, example=example, memory=memory) from None
    if not isinstance(amount, int):
        whole = f"{written or sign} {int(amount)}"
        raise BadLimit(
            f"`{escaped(text)}` is {shown(amount)}, and what is counted is whole", f"write `{whole}`"
        )
    return Bound(written or sign, amount)


def _refused(text: str, said: str, sign: str, error: BadQuantity, *, example: str, memory: bool) -> BadLimit:
    """What to say of a limit whose quantity is refused."""
    ways = [f"{sign} {way}" for way in error.instead]
    what = f"`{escaped(said)}` {error.reason}" + (f", `{escaped(error.unit)}`" if error.unit else "")
    if ways:
        help = f"write {' or '.join(f'`{way}`' for way in ways)}"
        return BadLimit(what, help, ways[0] if len(ways) == 1 else None)
    if error.unit:
        return BadLimit(what, "the units are k, M, G and T: powers of 1000")
    if "digits" in error.reason:
        return BadLimit(f"`{escaped(text)}` has more than 18 digits")
    return BadLimit(f"`{escaped(text)}` is no limit", *_example(said, sign, example, memory=memory))


def _example(said: str, sign: str, example: str, *, memory: bool) -> tuple[str, str | None]:
    """What to write: the limit itself with the sign that was meant, where that makes it one."""
    bare = re.sub(r"^(=>|=<|==?)\s*", lambda match: f"{TURNED.get(match[1], sign)} ", said)
    match = SIGNED.fullmatch(bare)
    try:
        assert match is not None
        (size if memory else count)(match[2])
    except (BadQuantity, AssertionError):
        return f"write `{example}`", None
    return f"write `{bare}`", bare
