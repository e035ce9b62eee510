"""What a network takes of a device's memory: the peak, what it is made of, and how it comes about."""

from functools import cached_property

from cnncalc.graph import BoundLayer, Graph
from cnncalc.memory.allocated import Trace, inference_trace, training_trace
from cnncalc.memory.device import MIN_BLOCK
from cnncalc.memory.refusal import Refusal, refusal, smallest_share
from cnncalc.memory.replay import Alive, Moment, Peak, Replay
from cnncalc.memory.setup import Setup
from cnncalc.memory.two_steps import Reserved
from cnncalc.vocabulary.layouts import KeepsFormat, PutsInOrder

# What memory is held for, in the order of a report.
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
    """

    def __init__(self, graph: Graph, setup: Setup) -> None:
        self.graph = graph
        self.setup = setup
        self._replays: dict[int, Replay] = {}
        self._refusals: dict[int, Refusal | None] = {}

    def __repr__(self) -> str:
        """One line: of which graph, run how. Nothing is computed for it."""
        setup = self.setup
        return f"<Estimate of {self.graph.title!r}: {setup.mode}, {setup.dtype}, {setup.backend.name}>"

    @cached_property
    def trace(self) -> Trace:
        """What a step (or a prediction) allocates and frees, for several images."""
        return self._trace(alone=False)

    @cached_property
    def _trace_of_one(self) -> Trace:
        differs = any(_differs_alone(node.fit) for node in self.graph.layers if node.fit is not None)
        return self._trace(alone=True) if differs else self.trace

    def _trace(self, *, alone: bool) -> Trace:
        make = training_trace if self.setup.mode == "training" else inference_trace
        return make(self.graph, self.setup, alone=alone)

    def trace_of(self, batch: int) -> Trace:
        """What a batch allocates and frees."""
        return self._trace_of_one if self.share(batch) == 1 else self.trace

    def replay(self, batch: int) -> Replay:
        """The trace of a batch, replayed; asked again, the same replay."""
        share = self.share(batch)
        replay = self._replays.get(share)
        if replay is None:
            replay = self._replays[share] = Replay(self.trace_of(batch), share, self.rounding)
            if len(self._replays) * len(replay.trace.events) > KEPT_EVENTS:
                del self._replays[next(iter(self._replays))]
        return replay

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
    def least_batch(self) -> int | None:
        """The smallest batch that PyTorch does not refuse; None where it refuses every one."""
        first = self.refusal(1)
        return 1 if first is None else first.least

    @property
    def rounding(self) -> int:
        """Bytes that the allocator hands out at least, and in multiples of."""
        return MIN_BLOCK if self.setup.backend.name == "cuda" else 1

    def peak(self, batch: int) -> Peak:
        """The most that tensors take at once."""
        return self.replay(batch).peak

    def reserved(self, batch: int, capacity: int | None = None) -> Reserved | None:
        """What the caching allocator makes of it; None for a backend that has none.

        Raises `cnncalc.memory.device.OutOfMemory` where `capacity` bytes are too few.
        """
        return self.replay(batch).reserved(capacity) if self.setup.backend.name == "cuda" else None

    def timeline(self, batch: int) -> list[Moment]:
        """From the beginning of the step to its end."""
        return self.replay(batch).timeline

    def alive(self, batch: int) -> list[Alive]:
        """The tensors that are held at the peak, the largest first."""
        return self.replay(batch).alive

    def breakdown(self, batch: int) -> dict[str, int]:
        """Bytes at the peak by what they are for; they add up to it."""
        nbytes = dict.fromkeys(CATEGORIES, 0)
        for alive in self.alive(batch):
            nbytes[alive.tensor.category] += alive.nbytes
        return nbytes

    def share(self, batch: int) -> int:
        """How many images of a batch one device gets."""
        return -(-batch // self.setup.devices)


def _differs_alone(fit: BoundLayer) -> bool:
    """Whether a layer may allocate otherwise for one image: it copies values, or is computed by another kernel."""
    layer = fit.layer
    return isinstance(layer, PutsInOrder) or (isinstance(layer, KeepsFormat) and fit.inputs[0].rank == 3)
