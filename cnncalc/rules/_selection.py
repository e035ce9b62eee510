"""Which diagnostics are told: codes and prefixes of codes, chosen and left out."""

from collections.abc import Iterable
from functools import cache

from cnncalc.diagnostic import DiagnosticKind
from cnncalc.record import NamedTuple

ALL = "ALL"


class Choice(NamedTuple):
    """What one place says: codes, prefixes (`S`, `D1`) or ALL. Without `select` it changes what others say."""

    select: tuple[str, ...] | None = None
    extend: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


class Selection(NamedTuple):
    """What several places say, the last one having the last word. Without any, everything is told.

    What is in preview is told only under `preview`. Within one choice the more specific word counts: `S001` before `S`
    before ALL; of equal ones, `ignore`.
    """

    choices: tuple[Choice, ...] = ()
    preview: bool = False

    def takes(self, fault: DiagnosticKind) -> bool:
        """Whether findings of this kind are told."""
        if fault.preview and not self.preview:
            return False
        return not self.choices or _taken(self.choices, fault.code)


EVERYTHING = Selection()


@cache
def _taken(choices: tuple[Choice, ...], code: str) -> bool:
    taken = True
    for choice in choices:
        chosen = _specific(code, (*(choice.select or ()), *choice.extend))
        refused = _specific(code, choice.ignore)
        if choice.select is not None or chosen >= 0 or refused >= 0:
            taken = chosen > refused
    return taken


def _specific(code: str, words: Iterable[str]) -> int:
    """How specific the most specific of the words is that mean a code; -1 where none does."""
    return max(
        (0 if word == ALL else len(word) for word in words if word == ALL or code.startswith(word)),
        default=-1,
    )
