"""Claims of a spec: figures that are printed elsewhere, and the figures that cnncalc computes."""

from typing import TYPE_CHECKING

from cnncalc.record import NamedTuple
from cnncalc.shape import Shape

if TYPE_CHECKING:
    from cnncalc.analysis import Analysis
    from cnncalc.spec.claims import Claim


class ClaimHere(NamedTuple):
    """A claim, the computed figure (or the layer's output), and the layer's full name if it is about a layer."""

    claim: "Claim"
    here: int | Shape
    layer: str | None


def claims_here(analysis: "Analysis") -> tuple[ClaimHere, ...]:
    """Every claim whose figure is known."""
    nodes = analysis.graph.nodes
    known = []
    for claim, index in analysis.graph.claims:
        here = (
            _of_layer(analysis, claim.figure, index) if index is not None else _whole(analysis, claim.figure)
        )
        if here is not None:
            known.append(ClaimHere(claim, here, None if index is None else nodes[index].name))
    return tuple(known)


def _whole(analysis: "Analysis", figure: str) -> int | None:
    if figure == "depth":
        return None if analysis.depth is None else analysis.depth.longest.layers
    value: int | None = getattr(analysis.totals, figure)
    return value


def _of_layer(analysis: "Analysis", figure: str, index: int) -> int | Shape | None:
    learned, done, stored = analysis.parameters[index], analysis.work[index], analysis.storage[index]
    match figure:
        case "params":
            return None if learned is None else learned.params
        case "weights":
            return None if learned is None else learned.weights
        case "macs":
            return None if done is None else done.macs
        case "activations":
            return None if stored is None else stored.values
        case _:
            return analysis.graph.nodes[index].shape
