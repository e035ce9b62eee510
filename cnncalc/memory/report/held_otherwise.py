"""A prediction's memory if tensors are held as they are not in the run: a spec says little of who holds them."""

from cnncalc.memory.estimate import Estimate
from cnncalc.memory.report.peak_place import PeakPlace, place_of
from cnncalc.memory.setup import HOLDERS
from cnncalc.record import NamedTuple


class HeldOtherwise(NamedTuple):
    """The same prediction if tensors are held by the other of `HOLDERS`; as in `Figures`."""

    holders: str
    peak: int
    peak_place: PeakPlace
    allocated: int | None
    reserved: int | None


def held_otherwise(estimate: Estimate, batch: int) -> HeldOtherwise:
    """The figures with the other holders: without gradients, who holds a tensor may be all that keeps it."""
    (other,) = (name for name in HOLDERS if name != estimate.setup.holders)
    changed = Estimate(estimate.graph, estimate.setup._replace(holders=other))
    peak, reserved = changed.peak(batch), changed.reserved(batch)
    return HeldOtherwise(
        other,
        peak.nbytes,
        place_of(peak, estimate.graph),
        None if reserved is None else reserved.allocated,
        None if reserved is None else reserved.reserved,
    )
