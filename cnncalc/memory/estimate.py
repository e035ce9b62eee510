"""The device memory of a network: the peak, its parts, and the memory over time."""

from functools import cached_property, partial

from cnncalc import plugins
from cnncalc.graph import BoundLayer, Graph
from cnncalc.memory.allocated import (
    ImageLimit,
    Trace,
    image_limit,
    inference_trace,
    training_trace,
    workspaces_vary,
)
from cnncalc.memory.device import MIN_BLOCK
from cnncalc.memory.refusal import Refusal, refusal, smallest_share
from cnncalc.memory.replay import Alive, Moment, Peak, Replay
from cnncalc.memory.setup import LEAST, MOST, Setup
from cnncalc.memory.two_steps import MemoryBand, Reserved
from cnncalc.vocabulary.layouts import KeepsFormat, PutsInOrder

# The categories of memory, in the order of a report.
CATEGORIES = (
    "params",
    "buffers",
    "grads",
    "optimizer",
    "activations",
    "temporaries",
    "input",
    "workspace",
)
# Events of all replays that are kept for another question about the same batch.
KEPT_EVENTS = 2_000_000


class Estimate:
    """The memory of a network run in one way, for any batch. Shapes must all be known (`graph.ok`).

    The trace does not depend on the batch: it is made once, and replayed for each. Only a batch of one image has a
    trace of its own, where layers copy the values of several into another order, or PyTorch has another kernel for it.

    Of a network that the spec places on several devices, the figures are those of the device with the highest peak;
    `replays` has all devices.
    """

    def __init__(self, graph: Graph, setup: Setup) -> None:
        self.graph = graph
        self.setup = setup
        self._replays: dict[int, tuple[Replay, ...]] = {}
        self._refusals: dict[int, Refusal | None] = {}

    def __repr__(self) -> str:
        """One line: the graph and the setup. Nothing is computed for it."""
        setup = self.setup
        return f"<Estimate of {self.graph.title!r}: {setup.mode}, {setup.dtype}, {setup.backend.name}>"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """What a notebook shows: the memory over time of one image, or of the smallest batch that PyTorch runs."""
        # The display is made by a higher floor, which is imported only for this.
        shown: dict[str, str] = plugins.load("cnncalc.notebook", "estimate").bundle_of(self)
        return shown

    @property
    def trace(self) -> Trace:
        """What a step (or a prediction) allocates and frees, for several images; on the first of several devices."""
        return self._traces[0]

    @cached_property
    def _traces(self) -> tuple[Trace, ...]:
        return self._make(alone=False)

    @cached_property
    def _traces_of_one(self) -> tuple[Trace, ...]:
        differs = any(_differs_alone(node.fit) for node in self.graph.layers if node.fit is not None)
        return self._make(alone=True) if differs else self._traces

    def _make(self, *, alone: bool) -> tuple[Trace, ...]:
        make = partial(training_trace if self.setup.mode == "training" else inference_trace, alone=alone)
        if len(self.graph.devices) < 2:
            return (make(self.graph, self.setup),)
        from cnncalc.memory.on_devices import traces

        return tuple(traces(self.graph, self.setup, make).values())

    def trace_of(self, batch: int) -> Trace:
        """What a batch allocates and frees; of several devices, on the one with the highest peak."""
        return self.replay(batch).trace

    def replays(self, batch: int) -> tuple[Replay, ...]:
        """The replay of a batch's trace on each of `graph.devices`, or on the only device; it is cached."""
        share = self.share(batch)
        replays = self._replays.get(share)
        if replays is None:
            parts = self._traces_of_one if share == 1 else self._traces
            replays = self._replays[share] = tuple(
                Replay(part, share, self.rounding, expandable=self.setup.expandable_segments)
                for part in parts
            )
            if len(self._replays) * sum(len(part.events) for part in parts) > KEPT_EVENTS:
                del self._replays[next(iter(self._replays))]
        return replays

    def replay(self, batch: int) -> Replay:
        """The replay of a batch's trace; of several devices, that of the one with the highest peak."""
        replays = self.replays(batch)
        return replays[0] if len(replays) == 1 else max(replays, key=lambda replay: replay.peak.nbytes)

    def device(self, batch: int) -> str | None:
        """The device with the highest peak, whose figures the others are; None if the spec places no layer."""
        devices = self.graph.devices
        if len(devices) < 2:
            return devices[0] if devices else None
        return devices[self.replays(batch).index(self.replay(batch))]

    def refusal(self, batch: int) -> Refusal | None:
        """Why PyTorch refuses to run a batch, as it may one of a single image: figures of such a batch mean nothing."""
        share = smallest_share(batch, self.setup.devices)
        # A layer that refuses two images refuses any number: it counts the values of one image.
        images = min(share, 2)
        if images not in self._refusals:
            self._refusals[images] = refusal(self.graph, self.setup, batch)
        reason = self._refusals[images]
        return None if reason is None else reason._replace(batch=batch, share=share)

    @cached_property
    def image_limit(self) -> ImageLimit | None:
        """How many images one device can count the values of; None where no kernel has such a limit."""
        return image_limit(self.graph, self.setup)

    def countable(self, batch: int) -> bool:
        """Whether every kernel can count the values of a batch: PyTorch raises an error for a larger one."""
        return self.image_limit is None or self.share(batch) <= self.image_limit.images

    @cached_property
    def least_batch(self) -> int | None:
        """The smallest batch that PyTorch does not refuse; None where it refuses every one."""
        first = self.refusal(1)
        return 1 if first is None else first.least

    @property
    def rounding(self) -> int:
        """The allocator's unit: sizes are multiples of it, in bytes."""
        return MIN_BLOCK if self.setup.backend.name == "cuda" else 1

    def peak(self, batch: int) -> Peak:
        """The peak memory of tensors."""
        return self.replay(batch).peak

    def reserved(self, batch: int, capacity: int | None = None) -> Reserved | None:
        """The peaks of the caching allocator; None for a backend without one. Of several devices, the highest.

        Raises `cnncalc.memory.device.OutOfMemory` where `capacity` bytes are too few on one of them.
        """
        if self.setup.backend.name != "cuda":
            return None
        peaks = [replay.reserved(capacity) for replay in self.replays(batch)]
        return Reserved(max(peak.allocated for peak in peaks), max(peak.reserved for peak in peaks))

    @cached_property
    def ends(self) -> tuple["Estimate", ...]:
        """The run with the least that workspaces may take, and with the most; once where both are the same."""
        low = self if self.setup.workspaces == LEAST else self._with(LEAST)
        if not workspaces_vary(self.graph, self.setup):
            return (low,)
        return low, self._with(MOST) if self.setup.workspaces == LEAST else self

    def _with(self, workspaces: str) -> "Estimate":
        return Estimate(self.graph, self.setup._replace(workspaces=workspaces))

    def band(self, batch: int) -> MemoryBand | None:
        """What the caching allocator takes at least and at most; None for a backend without one."""
        ends = [peaks for end in self.ends if (peaks := end.reserved(batch)) is not None]
        if not ends:
            return None
        # Where blocks lie otherwise in the gaps, the one with more may take a little less.
        most = Reserved(max(end.allocated for end in ends), max(end.reserved for end in ends))
        return MemoryBand(ends[0], most)

    def timeline(self, batch: int) -> list[Moment]:
        """From the beginning of the step to its end."""
        return self.replay(batch).timeline

    def alive(self, batch: int) -> list[Alive]:
        """The tensors that are held at the peak, the largest first."""
        return self.replay(batch).alive

    def breakdown(self, batch: int) -> dict[str, int]:
        """Bytes at the peak by what they are for; they add up to it."""
        return dict.fromkeys(CATEGORIES, 0) | self.replay(batch).breakdown()

    def share(self, batch: int) -> int:
        """How many images of a batch one device gets."""
        return -(-batch // self.setup.devices)


def _differs_alone(fit: BoundLayer) -> bool:
    """Whether a layer may allocate otherwise for one image: it copies values, or is computed by another kernel."""
    layer = fit.layer
    return isinstance(layer, PutsInOrder) or (isinstance(layer, KeepsFormat) and fit.inputs[0].rank == 3)
