"""Several devices that share the work: the batch in parts, and, sharded, parameters and their state in parts too."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.memory.advice.remedies._case import RemedyCase
from cnncalc.memory.advice.remedies._changes import DevicesAdded
from cnncalc.memory.advice.remedies._outcome import Harm, RemedyOutcome, first_that_fits
from cnncalc.memory.advice.remedies._remedy import Remedy

TIMES = (2, 4, 8)
# What is in parts where parameters are sharded.
SHARDED = ("params", "grads", "optimizer")


class MoreDevices(Remedy):
    """The fewest that it fits on."""

    changes_network: ClassVar[bool] = False
    harm: ClassVar[Harm] = Harm.LITTLE

    def outcomes(self, case: RemedyCase) -> Iterator[RemedyOutcome]:
        setup = case.setup
        counts = [setup.devices * times for times in TIMES]
        yield from first_that_fits(
            case.tried(
                case.way(DevicesAdded(count, setup.sharded, newly=False), setup=setup._replace(devices=count))
                for count in counts
            )
        )
        if not setup.sharded and _parameters_dominate(case):
            yield from first_that_fits(
                case.tried(
                    case.way(
                        DevicesAdded(count, sharded=True, newly=True),
                        setup=setup._replace(devices=count, sharded=True),
                    )
                    for count in counts
                )
            )


def _parameters_dominate(case: RemedyCase) -> bool:
    """Whether more than half of the peak are parameters, their gradients and the optimizer's state."""
    nbytes = case.estimate.breakdown(case.batch)
    return 2 * sum(nbytes[category] for category in SHARDED) > case.peak.nbytes
