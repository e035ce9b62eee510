"""Gradient accumulation: the same batch in parts, whose gradients are added up before the optimizer's step."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.memory.advice.fit import largest
from cnncalc.memory.advice.remedies._remedy import Harm, Remedy, RemedyCase, RemedyOutcome
from cnncalc.memory.estimate import Estimate

# Numbers of parts that are tried beyond the fewest.
MORE = 3


def _last(batch: int, parts: int) -> int:
    """How many images are in the last of so many parts."""
    part = -(-batch // parts)
    return batch % part or part


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
            # Two parts accumulate what more would: the trace is the same.
            most = largest(Estimate(case.graph, setup._replace(accumulate=2)), case.usable)
            if not most:
                return
            parts = max(2, -(-batch // most))
        # The last part may be smaller, down to one image, which batch normalisation may refuse.
        wanted = range(parts, min(batch, parts + MORE) + 1)
        parts = next((count for count in wanted if case.runs(_last(batch, count))), 0)
        if not parts:
            return
        part = -(-batch // parts)
        times = parts * setup.accumulate
        of = f"{part:,}" if part * parts == batch else f"{part:,} or fewer"
        title = f"the gradients of {parts} batches of {of}, added up"
        way = case.way(
            title,
            f"--batch {part} --accumulate {times}",
            setup=setup._replace(accumulate=times),
            batch=part,
        )
        yield from case.tried([way])
