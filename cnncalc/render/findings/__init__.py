"""What `validate` found: the record that every format of it renders, and how text and JSON lay it out."""

from collections.abc import Mapping, Sequence
from typing import Any

from cnncalc.diagnostic import Diagnostic
from cnncalc.record import NamedTuple
from cnncalc.spec import NOTHING
from cnncalc.text import Source


class Findings(NamedTuple):
    """What a check of specs found, in the order of the text; `sources` are the texts that it points into.

    `figures` say for programs what was checked, and `summary`, in whole lines, for people: either may be empty.
    """

    diagnostics: Sequence[Diagnostic]
    sources: Mapping[str, Source]
    figures: Mapping[str, Any] = NOTHING
    summary: str = ""
    # In text: notes stand on one line each, after the errors and warnings.
    brief: bool = False
    # In text: characters in a line; None means no limit.
    width: int | None = None
