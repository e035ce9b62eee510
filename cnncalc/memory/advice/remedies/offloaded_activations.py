"""What autograd keeps in the host's memory, between the passes."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.memory.advice.remedies._case import RemedyCase
from cnncalc.memory.advice.remedies._changes import OptionTurnedOn
from cnncalc.memory.advice.remedies._outcome import Harm, RemedyOutcome
from cnncalc.memory.advice.remedies._remedy import Remedy


class OffloadedActivations(Remedy):
    """The same numbers: it takes time."""

    changes_network: ClassVar[bool] = False
    harm: ClassVar[Harm] = Harm.NONE

    def outcomes(self, case: RemedyCase) -> Iterator[RemedyOutcome]:
        if case.training and "activations" not in case.setup.offload:
            setup = case.setup._replace(offload=("activations", *case.setup.offload))
            yield from case.tried([case.way(OptionTurnedOn("offload activations"), setup=setup)])
