"""The optimizer's step in one kernel, or over one parameter after another: less at once beside the state."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.memory.advice.remedies._remedy import Harm, Remedy, RemedyCase, RemedyOutcome, largest_saving

WAYS = {
    "fused": ("the optimizer's step in one fused kernel", "--fused"),
    "single": ("the optimizer's step over one parameter after another", "--no-foreach"),
}


class LeanerStep(Remedy):
    """The same optimizer, stepping with less beside its state."""

    changes_network: ClassVar[bool] = False
    harm: ClassVar[Harm] = Harm.NONE

    def outcomes(self, case: RemedyCase) -> Iterator[RemedyOutcome]:
        if case.training and case.now.peak.phase == "step":
            yield from largest_saving(
                case.tried(
                    case.way(title, option, setup=case.setup._replace(implementation=name))
                    for name, (title, option) in WAYS.items()
                    if name != case.setup.implementation
                )
            )
