"""The optimizer's state in the host's memory, where the step is computed then."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.memory.advice.remedies._case import RemedyCase
from cnncalc.memory.advice.remedies._changes import OptionTurnedOn
from cnncalc.memory.advice.remedies._outcome import Harm, RemedyOutcome
from cnncalc.memory.advice.remedies._remedy import Remedy


class OffloadedState(Remedy):
    """The same numbers: it takes time."""

    changes_network: ClassVar[bool] = False
    harm: ClassVar[Harm] = Harm.NONE

    def outcomes(self, case: RemedyCase) -> Iterator[RemedyOutcome]:
        if case.training and "optimizer" not in case.setup.offload and case.setup.backend.name != "cpu":
            setup = case.setup._replace(offload=(*case.setup.offload, "optimizer"))
            yield from case.tried([case.way(OptionTurnedOn("offload optimizer"), setup=setup)])
