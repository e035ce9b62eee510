"""Gradient accumulation: the same batch in parts, whose gradients are added up before the optimizer's step."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.memory.advice.fit import largest
from cnncalc.memory.advice.remedies._case import RemedyCase
from cnncalc.memory.advice.remedies._changes import AccumulatedParts
from cnncalc.memory.advice.remedies._outcome import Harm, RemedyOutcome
from cnncalc.memory.advice.remedies._remedy import Remedy

# Numbers of parts that are tried beyond the fewest.
MORE = 3


class AccumulatedGradients(Remedy):
    """The fewest parts of which each fits. Batch normalisation sees one part at a time."""

    changes_network: ClassVar[bool] = False
    harm: ClassVar[Harm] = Harm.NONE

    def outcomes(self, case: RemedyCase) -> Iterator[RemedyOutcome]:
        setup, batch = case.setup, case.batch
        if not case.training or batch < 2:
            return
        parts = 2
        if not case.now.fits:
            most = largest(case.estimate_of(case.graph, setup._replace(accumulate=2)), case.usable)
            if not most:
                return
            parts = max(2, -(-batch // most))
        # The last part may be smaller, down to one image, which batch normalisation may refuse.
        counts = range(parts, min(batch, parts + MORE) + 1)
        parts = next((count for count in counts if case.runs(_last_part(batch, count))), 0)
        if not parts:
            return
        images = -(-batch // parts)
        accumulate = parts * setup.accumulate
        way = case.way(
            AccumulatedParts(parts, images, batch, accumulate),
            setup=setup._replace(accumulate=accumulate),
            batch=images,
        )
        yield from case.tried([way])


def _last_part(batch: int, parts: int) -> int:
    """How many images are in the last of a number of parts."""
    images = -(-batch // parts)
    return batch % images or images
