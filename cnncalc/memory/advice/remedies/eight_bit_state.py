"""The state of Adam in 8 bits."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.memory.advice.remedies._case import RemedyCase
from cnncalc.memory.advice.remedies._changes import StateNarrowed
from cnncalc.memory.advice.remedies._outcome import Harm, RemedyOutcome
from cnncalc.memory.advice.remedies._remedy import Remedy

# The optimizer, and the same with its state in 8 bits.
WIDE, NARROW = "adam", "adam8bit"


class EightBitState(Remedy):
    """The same optimizer: numbers of its state are rounded."""

    changes_network: ClassVar[bool] = False
    harm: ClassVar[Harm] = Harm.LITTLE

    def outcomes(self, case: RemedyCase) -> Iterator[RemedyOutcome]:
        setup = case.setup
        if case.training and setup.optimizer == WIDE and not setup.options.get("amsgrad"):
            narrow = setup._replace(optimizer=NARROW, implementation=None)
            yield from case.tried([case.way(StateNarrowed(WIDE, NARROW), setup=narrow)])
