"""The optimizer's step in one kernel, or over one parameter after another: less at once beside the state."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.memory.advice.remedies._case import RemedyCase
from cnncalc.memory.advice.remedies._changes import StepReplaced
from cnncalc.memory.advice.remedies._outcome import Harm, RemedyOutcome, largest_saving
from cnncalc.memory.advice.remedies._remedy import Remedy

IMPLEMENTATIONS = ("fused", "single")


class LeanerStep(Remedy):
    """The same optimizer, stepping with less beside its state."""

    changes_network: ClassVar[bool] = False
    harm: ClassVar[Harm] = Harm.NONE

    def outcomes(self, case: RemedyCase) -> Iterator[RemedyOutcome]:
        if case.training and case.peak.phase == "step":
            yield from largest_saving(
                case.tried(
                    case.way(StepReplaced(name), setup=case.setup._replace(implementation=name))
                    for name in IMPLEMENTATIONS
                    if name != case.setup.implementation
                )
            )
