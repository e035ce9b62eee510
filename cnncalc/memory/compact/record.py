"""The record of several runs of one network. From it the peak of any batch can be computed: nothing is fitted.

A tensor's bytes are `fixed + each * images`, so the events of a run, once written, serve every batch. Only a batch of
one image may have events of its own. Sizes are exact as whole numbers below `EXACT`, beyond which a number of
JavaScript is rounded: `most` is the largest batch that stays below.
"""

from collections.abc import Iterable
from itertools import chain
from typing import Any

from cnncalc.memory.compact.traces import SharedTables
from cnncalc.memory.estimate import CATEGORIES, Estimate
from cnncalc.record import NamedTuple

# Whole numbers below it are all floats of 64 bits.
EXACT = 2**53


class CompactRun(NamedTuple):
    """One run: the phases of its trace on each device, by number, and which batches it can be computed for.

    `alone` are the phases for one image, None where they are the same. `share` devices have parts of a batch; `places`
    are the devices of the spec, None where it has no more than one. `least` is the smallest batch that PyTorch runs
    (None where it runs none), and `refusals` why it refuses one image and several (empty where it refuses none). `most`
    is the largest batch that can be computed: 0 where sizes are too large for that.
    """

    traces: tuple[tuple[int, ...], ...]
    alone: tuple[tuple[int, ...], ...] | None
    share: int
    rounding: int
    places: tuple[str, ...] | None
    least: int | None
    refusals: tuple[str, str]
    most: int


class CompactRecord(NamedTuple):
    """Tables that all runs share (as in `SharedTables`), flat where rows have one length, and the runs."""

    layers: tuple[str, ...]
    names: tuple[str, ...]
    categories: tuple[str, ...]
    sizes: tuple[int, ...]
    kinds: tuple[int, ...]
    moments: tuple[tuple[int, ...], ...]
    phases: tuple[tuple[str, tuple[int, ...]], ...]
    runs: tuple[CompactRun, ...]

    def asdict(self) -> dict[str, Any]:
        """Lists and dictionaries, as JSON has them."""
        return {**self._asdict(), "runs": [run._asdict() for run in self.runs]}


def compact_record(estimates: Iterable[Estimate], most: int) -> CompactRecord:
    """The record of some runs of one network, for batches up to `most`."""
    tables = SharedTables()
    runs = tuple(_run(estimate, most, tables) for estimate in estimates)
    return CompactRecord(
        tuple(tables.layers.things),
        tuple(tables.names.things),
        CATEGORIES,
        tuple(chain.from_iterable(tables.sizes.things)),
        tuple(chain.from_iterable(tables.kinds.things)),
        tuple(tables.moments.things),
        tuple(tables.phases.things),
        runs,
    )


def _run(estimate: Estimate, most: int, tables: SharedTables) -> CompactRun:
    graph, devices = estimate.graph, estimate.graph.devices
    # One image for a device, and several.
    batches = (1, 2 * estimate.setup.devices)
    of_one, of_several = (
        tuple(tuple(tables.add(replay.trace, graph)) for replay in estimate.replays(batch))
        for batch in batches
    )
    reasons = [estimate.refusal(batch) for batch in batches]
    while most and estimate.peak(most).nbytes >= EXACT:
        most //= 2
    return CompactRun(
        of_several,
        None if of_one == of_several else of_one,
        estimate.setup.devices,
        estimate.rounding,
        devices if len(devices) > 1 else None,
        estimate.least_batch,
        ("" if reasons[0] is None else reasons[0].reason, "" if reasons[1] is None else reasons[1].reason),
        most,
    )
