"""Segments of the caching allocator that grow: less is lost to gaps between them."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.memory.advice.remedies._case import RemedyCase
from cnncalc.memory.advice.remedies._changes import OptionTurnedOn
from cnncalc.memory.advice.remedies._outcome import Harm, RemedyOutcome
from cnncalc.memory.advice.remedies._remedy import Remedy


class ExpandableSegments(Remedy):
    """The same tensors; only what the allocator reserves is less."""

    changes_network: ClassVar[bool] = False
    harm: ClassVar[Harm] = Harm.NONE

    def outcomes(self, case: RemedyCase) -> Iterator[RemedyOutcome]:
        setup = case.setup._replace(expandable_segments=True)
        if setup != case.setup and case.now.peak.nbytes < case.usable:
            yield from case.tried([case.way(OptionTurnedOn("expandable_segments"), setup=setup)])
