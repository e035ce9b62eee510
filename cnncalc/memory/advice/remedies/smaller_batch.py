"""A smaller batch."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.memory.advice.remedies._remedy import Harm, Remedy, RemedyCase, RemedyOutcome


class SmallerBatch(Remedy):
    """The largest batch that fits."""

    changes_network: ClassVar[bool] = False
    harm: ClassVar[Harm] = Harm.LITTLE

    def outcomes(self, case: RemedyCase) -> Iterator[RemedyOutcome]:
        if case.now.fits:
            return
        batch = case.largest
        if 0 < batch < case.batch:
            yield from case.tried([case.way(f"a batch of {batch:,}", f"--batch {batch}", batch=batch)])
