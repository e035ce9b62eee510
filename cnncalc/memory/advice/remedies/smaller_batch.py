"""A smaller batch."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.memory.advice.remedies._case import RemedyCase
from cnncalc.memory.advice.remedies._changes import BatchLowered
from cnncalc.memory.advice.remedies._outcome import Harm, RemedyOutcome
from cnncalc.memory.advice.remedies._remedy import Remedy


class SmallerBatch(Remedy):
    """The largest batch that fits."""

    changes_network: ClassVar[bool] = False
    harm: ClassVar[Harm] = Harm.LITTLE

    def outcomes(self, case: RemedyCase) -> Iterator[RemedyOutcome]:
        if case.now.fits:
            return
        batch = case.largest
        if 0 < batch < case.batch:
            yield from case.tried([case.way(BatchLowered(batch), batch=batch)])
