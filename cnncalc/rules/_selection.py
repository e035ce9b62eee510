"""Which diagnostics are reported: selected and ignored codes, and prefixes of codes."""

from collections.abc import Iterable
from functools import cache

from cnncalc.diagnostic import DiagnosticKind
from cnncalc.record import NamedTuple

ALL = "ALL"


class Choice(NamedTuple):
    """The choice of one place: codes, prefixes (`S`, `D1`) or ALL.

    Without `select` it changes the choices before it.
    """

    select: tuple[str, ...] | None = None
    extend: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


class Selection(NamedTuple):
    """The choices of several places; the last one decides. Without any choice, everything is reported.

    Rules in preview are reported only with `preview`. Within one choice the more specific word decides: `S001` before
    `S` before ALL; for equal words, `ignore`.
    """

    choices: tuple[Choice, ...] = ()
    preview: bool = False

    def takes(self, fault: DiagnosticKind) -> bool:
        """Whether findings of this kind are reported."""
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
    """The length of the most specific word that matches a code; -1 if none matches."""
    return max(
        (0 if word == ALL else len(word) for word in words if word == ALL or code.startswith(word)),
        default=-1,
    )
