"""Fewer layers: one repetition less of what is repeated, or as many less as it takes."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.diagnostic import Edit
from cnncalc.graph import build
from cnncalc.memory.advice.remedies._counters import Counter, counters
from cnncalc.memory.advice.remedies._edits import Rebuilt, edited_way, rebuilt
from cnncalc.memory.advice.remedies._remedy import Harm, Remedy, RemedyCase, RemedyOutcome, Way

# Counts that are tried.
TRIED = 8


class FewerLayers(Remedy):
    """The count where one less saves most; where that is not enough, the first where as many less as it takes are."""

    changes_network: ClassVar[bool] = True
    harm: ClassVar[Harm] = Harm.NETWORK

    def outcomes(self, case: RemedyCase) -> Iterator[RemedyOutcome]:
        found = [
            (counter, outcome)
            for counter in counters(case.graph.spec, case.values)[:TRIED]
            for outcome in case.tried(_ways(case, counter, counter.value - 1))
        ]
        found.sort(key=lambda pair: -pair[1].saved)
        for counter, one in found:
            for enough in _enough(case, counter, one):
                yield enough
                return
        yield from (one for _, one in found[:1])


def _enough(case: RemedyCase, counter: Counter, one: RemedyOutcome) -> Iterator[RemedyOutcome]:
    """What fits: with one less, or with as many less as should do, where that is not all."""
    if one.need.fits:
        yield one
    elif one.saved > 0:
        over = one.need.nbytes - case.usable
        left = counter.value - 1 - max(1, -(-over // one.saved))
        if left >= 1:
            yield from (more for more in case.tried(_ways(case, counter, left)) if more.need.fits)


def _ways(case: RemedyCase, counter: Counter, count: int) -> Iterator[Way]:
    made = _made(case, counter, count)
    if made is not None and (less := len(case.graph.layers) - len(made.graph.layers)) > 0:
        title = f"{counter.label}: {count} in place of {counter.value}, {less} layer{'s' * (less > 1)} less"
        options = f"--set {counter.parameter}={count}" if counter.parameter else ""
        yield from edited_way(case, title, options, made)


def _made(case: RemedyCase, counter: Counter, count: int) -> Rebuilt | None:
    """The network with another count: edited, or, where it does not stand in this spec, told beside it."""
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
