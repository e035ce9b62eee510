"""Whether a batch fits a device's memory, and the largest that does: from simulations, never from a linear estimate.

An estimate with the most that workspaces may take answers for both ends: where blocks lie otherwise in the allocator's
gaps, the run with less may take a little more. A convolution for whose workspace there is no room runs without it, in
another algorithm; what workspaces split and cut up of the memory until then is counted.
"""

from collections.abc import Callable

from cnncalc.memory.device import OutOfMemory
from cnncalc.memory.estimate import Estimate
from cnncalc.memory.replay import Peak, Replay
from cnncalc.memory.setup import MOST
from cnncalc.record import NamedTuple

# How many batches are tried one after another, from the largest whose tensors fit. The memory that the allocator
# loses to gaps is not monotone in the batch; it is little, for it gives cached segments back before it gives up.
WALKED = 3


class Need(NamedTuple):
    """What a batch takes, in bytes of one device: the peak of its tensors, and what is reserved for them.

    The peak is with the least that workspaces may take.
    `reserved` is what the caching allocator takes for them within that memory, `allocated` what is in use of it at
    most; None where the batch does not fit, and for a backend that has no such allocator.
    """

    batch: int
    peak: Peak
    reserved: int | None
    fits: bool
    allocated: int | None = None

    @property
    def nbytes(self) -> int:
        """What the device must have at least."""
        return self.peak.nbytes if self.reserved is None else self.reserved


def need(estimate: Estimate, batch: int, usable: int) -> Need:
    """What a batch takes of a device with `usable` bytes. Where nothing at all would be left it does not fit.

    A batch that PyTorch refuses to run does not fit either: its figures are what it would take.
    """
    needs = (_need(end, batch, usable) for end in _answering(estimate))
    return max(needs, key=lambda needed: (not needed.fits, needed.nbytes))


def _answering(estimate: Estimate) -> tuple[Estimate, ...]:
    return estimate.ends if estimate.setup.workspaces == MOST else (estimate,)


def _need(estimate: Estimate, batch: int, usable: int) -> Need:
    peak = estimate.ends[0].peak(batch)
    if peak.nbytes >= usable or estimate.refusal(batch) is not None or not estimate.countable(batch):
        return Need(batch, peak, None, False)
    try:
        reserved = estimate.reserved(batch, usable - 1)
    except OutOfMemory:
        return Need(batch, peak, None, False)
    if reserved is None:
        return Need(batch, peak, None, True)
    return Need(batch, peak, reserved.reserved, True, reserved.allocated)


class DeviceNeed(NamedTuple):
    """What a batch takes of one of the devices on which the spec places layers."""

    name: str
    need: Need


def device_needs(estimate: Estimate, batch: int, usable: int) -> tuple[DeviceNeed, ...]:
    """What a batch takes of each device, if each has `usable` bytes. The network fits where each part fits."""
    cuda = estimate.setup.backend.name == "cuda"
    needs = []
    parts = zip(*(end.replays(batch) for end in _answering(estimate)), strict=True)
    for name, replays in zip(estimate.graph.devices, parts, strict=True):
        peak = replays[0].peak
        part = (_part(replay, batch, usable, peak, cuda=cuda) for replay in replays)
        needs.append(DeviceNeed(name, max(part, key=lambda needed: (not needed.fits, needed.nbytes))))
    return tuple(needs)


def _part(replay: Replay, batch: int, usable: int, peak: Peak, *, cuda: bool) -> Need:
    """What a batch takes of one device; the `peak` is without workspaces."""
    if peak.nbytes >= usable:
        return Need(batch, peak, None, False)
    if not cuda:
        return Need(batch, peak, None, True)
    try:
        reserved = replay.reserved(usable - 1)
    except OutOfMemory:
        return Need(batch, peak, None, False)
    return Need(batch, peak, reserved.reserved, True, reserved.allocated)


def largest(estimate: Estimate, usable: int) -> int:
    """The largest batch that fits; 0 where not even one image does, or not as many as PyTorch needs to run it.

    It fits, and the next one (that gives each device an image more) does not. Where the allocator's gaps cost more than
    a few images, a larger one may fit again by luck.
    """
    return min(_largest(end, usable) for end in _answering(estimate))


def _largest(estimate: Estimate, usable: int) -> int:
    each = estimate.setup.devices
    # Convolutions can do without a workspace.
    top = _last(
        lambda share: estimate.countable(share * each) and estimate.ends[0].peak(share * each).nbytes < usable
    )
    if estimate.least_batch is None or top * each < estimate.least_batch:
        return 0
    if estimate.setup.backend.name != "cuda":
        return top * each

    def fits(share: int) -> bool:
        return _need(estimate, share * each, usable).fits

    for share in range(top, max(0, top - WALKED), -1):
        if fits(share):
            return share * each
    # Farther and farther below, then between what fits and what does not.
    high, step = max(1, top - WALKED + 1), WALKED
    low = max(0, high - step)
    while low and not fits(low):
        high, step = low, 2 * step
        low = max(0, high - step)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low * each


def _last(holds: Callable[[int], bool]) -> int:
    """The last number from 1 on for which `holds` is true, before the first for which it is false; 0 for none."""
    high = 1
    while holds(high):
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        if holds(middle):
            low = middle
        else:
            high = middle
    return low
