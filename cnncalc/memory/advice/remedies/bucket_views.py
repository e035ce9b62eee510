"""Gradients that are views of the buckets in which devices sum them: they are not there twice."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.memory.advice.remedies._case import RemedyCase
from cnncalc.memory.advice.remedies._changes import OptionTurnedOn
from cnncalc.memory.advice.remedies._outcome import Harm, RemedyOutcome
from cnncalc.memory.advice.remedies._remedy import Remedy


class BucketViews(Remedy):
    """Where devices share the batch by DistributedDataParallel."""

    changes_network: ClassVar[bool] = False
    harm: ClassVar[Harm] = Harm.NONE

    def outcomes(self, case: RemedyCase) -> Iterator[RemedyOutcome]:
        setup = case.setup._replace(bucket_view=True)
        if case.training and setup != case.setup:
            yield from case.tried([case.way(OptionTurnedOn("bucket_view"), setup=setup)])
