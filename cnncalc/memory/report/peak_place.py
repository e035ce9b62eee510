"""The place of a peak: when in a run it is, and in which layer."""

from cnncalc.graph import Graph
from cnncalc.memory.replay import Peak
from cnncalc.record import NamedTuple


class PeakPlace(NamedTuple):
    """A time in a run: the phase (start, forward, backward, step) and the layer; None at the loss and in the step."""

    phase: str
    layer: str | None


def place_of(peak: Peak, graph: Graph) -> PeakPlace:
    """The place of a peak, with the layer's name."""
    return PeakPlace(peak.phase, None if peak.node is None else graph.nodes[peak.node].name)
