"""Several devices that share the work: the batch in parts, and, sharded, parameters and their state in parts too."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.exact import counted
from cnncalc.memory.advice.remedies._remedy import Harm, Remedy, RemedyCase, RemedyOutcome, first_that_fits

TIMES = (2, 4, 8)
# What is in parts where parameters are sharded.
SHARDED = ("params", "grads", "optimizer")


class MoreDevices(Remedy):
    """The fewest that it fits on."""

    changes_network: ClassVar[bool] = False
    harm: ClassVar[Harm] = Harm.LITTLE

    def outcomes(self, case: RemedyCase) -> Iterator[RemedyOutcome]:
        counts = [case.setup.devices * times for times in TIMES]
        yield from first_that_fits(
            case.tried(
                case.way(
                    f"{counted(count, 'device')}, each with its part of the batch"
                    + (" and of the parameters" * sharded),
                    f"--devices {count}",
                    setup=case.setup._replace(devices=count),
                )
                for sharded in (case.setup.sharded,)
                for count in counts
            )
        )
        if not case.setup.sharded and _parameters_dominate(case):
            yield from first_that_fits(
                case.tried(
                    case.way(
                        f"{counted(count, 'device')}, parameters and their state in parts over them",
                        f"--devices {count} --sharded",
                        setup=case.setup._replace(devices=count, sharded=True),
                    )
                    for count in counts
                )
            )


def _parameters_dominate(case: RemedyCase) -> bool:
    """Whether more than half of the peak are parameters, their gradients and the optimizer's state."""
    held = case.estimate.breakdown(case.batch)
    return 2 * sum(held[category] for category in SHARDED) > case.now.peak.nbytes
