"""Activations that overwrite their input."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import Edit, Span
from cnncalc.layers import Storage
from cnncalc.memory.advice.remedies._case import RemedyCase
from cnncalc.memory.advice.remedies._changes import MadeInPlace
from cnncalc.memory.advice.remedies._edits import edited_way, rebuilt
from cnncalc.memory.advice.remedies._outcome import Harm, RemedyOutcome
from cnncalc.memory.advice.remedies._remedy import Remedy


class InPlaceRemedy(Remedy):
    """`inplace: true` wherever a spec says `false` and nothing else needs what is overwritten.

    Left out, a layer is in place where that is safe and saves memory already.
    """

    changes_network: ClassVar[bool] = False
    harm: ClassVar[Harm] = Harm.NONE

    def outcomes(self, case: RemedyCase) -> Iterator[RemedyOutcome]:
        spans = _not_in_place(case)
        if not spans:
            return
        overwriting = rebuilt(case, "inplace: true", tuple(Edit(span, "true") for span in spans))
        if overwriting is None or _overwrites(Analysis(overwriting.graph)):
            return
        change = MadeInPlace(tuple(span.line for span in spans))
        yield from case.tried(edited_way(case, change, overwriting))


def _not_in_place(case: RemedyCase) -> list[Span]:
    """Where `inplace: false` is written, of that what is safe in all of its uses."""
    analysis = Analysis(case.graph)
    safe: dict[Span, bool] = {}
    for node in case.graph.layers:
        if node.fit is None or node.call is None or getattr(node.fit.layer, "inplace", None) is not False:
            continue
        span = node.call.spans.get("inplace") or node.call.inherited.get("inplace")
        if span is not None and "inplace" not in node.call.computed:
            safe[span] = safe.get(span, True) and analysis.needed_besides(node) is None
    return [span for span, is_safe in safe.items() if is_safe]


def _overwrites(analysis: Analysis) -> bool:
    """Whether a layer is to overwrite what something else needs."""
    training = analysis.graph.mode == "training"
    return any(
        node.fit is not None
        and node.fit.layer.storage(training=training) is Storage.IN_PLACE
        and analysis.needed_besides(node) is not None
        for node in analysis.graph.layers
    )
