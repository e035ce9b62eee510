"""The findings of `validate`: the record that every format renders, and its layout in text and JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

from cnncalc.diagnostic import Diagnostic
from cnncalc.record import NamedTuple
from cnncalc.spec import NOTHING
from cnncalc.text import Source


class Findings(NamedTuple):
    """The findings of a check of specs, in the order of the text; `sources` are the texts of their places.

    `figures` tell programs what was checked, and `summary`, in whole lines, tells people: either may be empty.
    """

    diagnostics: Sequence[Diagnostic]
    sources: Mapping[str, Source]
    figures: Mapping[str, Any] = NOTHING
    summary: str = ""
    # In text: notes have one line each, after the errors and warnings.
    brief: bool = False
    # In text: characters in a line; None means no limit.
    width: int | None = None
