"""Fewer layers: one repetition less of what is repeated, or as many less as it takes."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.diagnostic import Edit
from cnncalc.graph import build
from cnncalc.memory.advice.remedies._case import RemedyCase
from cnncalc.memory.advice.remedies._changes import CountLowered
from cnncalc.memory.advice.remedies._counters import Counter, counters
from cnncalc.memory.advice.remedies._edits import Rebuilt, edited_way, rebuilt
from cnncalc.memory.advice.remedies._outcome import Harm, RemedyOutcome, Way
from cnncalc.memory.advice.remedies._remedy import Remedy

# Counts that are tried.
TRIED = 8


class FewerLayers(Remedy):
    """The count where one less saves most; where that is not enough, the first where as many less as it takes are."""

    changes_network: ClassVar[bool] = True
    harm: ClassVar[Harm] = Harm.NETWORK

    def outcomes(self, case: RemedyCase) -> Iterator[RemedyOutcome]:
        lowered = [
            (counter, outcome)
            for counter in counters(case.graph.spec, case.values)[:TRIED]
            for outcome in case.tried(_ways(case, counter, counter.value - 1))
        ]
        lowered.sort(key=lambda pair: -pair[1].saved)
        for counter, outcome in lowered:
            for enough in _enough(case, counter, outcome):
                yield enough
                return
        yield from (outcome for _, outcome in lowered[:1])


def _enough(case: RemedyCase, counter: Counter, by_one: RemedyOutcome) -> Iterator[RemedyOutcome]:
    """What fits: with one less, or with as many less as should be enough, where that is not all."""
    if by_one.need.fits:
        yield by_one
    elif by_one.saved > 0:
        over = by_one.need.nbytes - case.usable
        left = counter.value - 1 - max(1, -(-over // by_one.saved))
        if left >= 1:
            yield from (more for more in case.tried(_ways(case, counter, left)) if more.need.fits)


def _ways(case: RemedyCase, counter: Counter, count: int) -> Iterator[Way]:
    smaller = _with_count(case, counter, count)
    if smaller is not None and (fewer := len(case.graph.layers) - len(smaller.graph.layers)) > 0:
        change = CountLowered(counter.label, counter.value, count, fewer, counter.parameter)
        yield from edited_way(case, change, smaller)


def _with_count(case: RemedyCase, counter: Counter, count: int) -> Rebuilt | None:
    """The network with another count: edited, or, where it is not written in this spec, given beside it."""
    if counter.span is not None:
        return rebuilt(case, f"{counter.label}: {count}", (Edit(counter.span, str(count)),))
    graph = build(
        case.graph.spec,
        mode=case.graph.mode,
        values={**case.values, counter.parameter or "": count},
        strict=case.strict,
        max_nodes=case.max_nodes,
    )
    return Rebuilt(graph, None) if graph.ok else None
