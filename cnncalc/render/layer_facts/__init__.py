"""The facts of one layer by itself, as `cnncalc conv`, `pool` and `fc` print them: one format, one file."""

from collections.abc import Sequence

from cnncalc.analysis.layer_facts import LayerFacts
from cnncalc.layers import Problem
from cnncalc.record import NamedTuple


class LayerPage(NamedTuple):
    """What is shown: the facts (None where the layer has no output), its label, its input, and what is wrong.

    `width` are the characters of a line; None: lines are not broken.
    """

    facts: LayerFacts | None
    title: str
    problems: Sequence[Problem] = ()
    strict: bool = False
    width: int | None = None
