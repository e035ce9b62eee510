"""What a network takes of a device's memory: the peak, what it is made of, and how it comes about."""

from functools import cached_property

from cnncalc.graph import BoundLayer, Graph
from cnncalc.memory import replay
from cnncalc.memory.allocated import HeldTensor, Trace, inference_trace, training_trace
from cnncalc.memory.device import MIN_BLOCK
from cnncalc.memory.refusal import Refusal, refusal, smallest_share
from cnncalc.memory.setup import Setup
from cnncalc.record import NamedTuple
from cnncalc.vocabulary.groups import KeepsFormat, PutsInOrder

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


class Alive(NamedTuple):
    """A tensor that is held at the peak, and its bytes."""

    tensor: HeldTensor
    nbytes: int


def _differs_alone(fit: BoundLayer) -> bool:
    """Whether a layer may allocate otherwise for one image: it copies values, or is computed by another kernel."""
    layer = fit.layer
    return isinstance(layer, PutsInOrder) or (isinstance(layer, KeepsFormat) and fit.inputs[0].rank == 3)


class Estimate:
    """The memory of a network run in one way, for any batch. Shapes must all be known (`graph.ok`).

    The trace does not depend on the batch: it is made once, and replayed for each. Only a batch of one image has a
    trace of its own, where layers copy the values of several into another order, or PyTorch has another kernel for it.
    """

    def __init__(self, graph: Graph, setup: Setup) -> None:
        self.graph = graph
        self.setup = setup

    def __repr__(self) -> str:
        """One line: of which graph, run how. Nothing is computed for it."""
        setup = self.setup
        return f"<Estimate of {self.graph.title!r}: {setup.mode}, {setup.dtype}, {setup.backend.name}>"

    @cached_property
    def trace(self) -> Trace:
        """What a step (or a prediction) allocates and frees, for several images."""
        return self._trace(alone=False)

    @cached_property
    def _of_one(self) -> Trace:
        differs = any(_differs_alone(node.fit) for node in self.graph.layers if node.fit is not None)
        return self._trace(alone=True) if differs else self.trace

    def _trace(self, *, alone: bool) -> Trace:
        make = training_trace if self.setup.mode == "training" else inference_trace
        return make(self.graph, self.setup, alone=alone)

    def trace_of(self, batch: int) -> Trace:
        """What a batch allocates and frees."""
        return self._of_one if self.share(batch) == 1 else self.trace

    def refusal(self, batch: int) -> Refusal | None:
        """Why PyTorch refuses to run a batch, as it may one of a single image: figures of such a batch mean nothing."""
        known = self._refusals
        share = smallest_share(batch, self.setup.devices)
        if share not in known:
            known[share] = refusal(self.graph, self.setup, batch)
        found = known[share]
        return None if found is None else found._replace(batch=batch)

    @cached_property
    def _refusals(self) -> dict[int, Refusal | None]:
        return {}

    @cached_property
    def least_batch(self) -> int | None:
        """The smallest batch that PyTorch does not refuse; None where it refuses every one."""
        first = self.refusal(1)
        return 1 if first is None else first.least

    @property
    def rounding(self) -> int:
        """Bytes that the allocator hands out at least, and in multiples of."""
        return MIN_BLOCK if self.setup.backend.name == "cuda" else 1

    def peak(self, batch: int) -> replay.Peak:
        """The most that tensors take at once."""
        return replay.peak(self.trace_of(batch), self.share(batch), self.rounding)

    def reserved(self, batch: int, capacity: int | None = None) -> replay.Reserved | None:
        """What the caching allocator makes of it; None for a backend that has none.

        Raises `cnncalc.memory.device.allocator.OutOfMemory` where `capacity` bytes are too few.
        """
        if self.setup.backend.name != "cuda":
            return None
        return replay.reserved(self.trace_of(batch), self.share(batch), capacity)

    def timeline(self, batch: int) -> list[replay.Moment]:
        """From the beginning of the step to its end."""
        return replay.timeline(self.trace_of(batch), self.share(batch), self.rounding)

    def alive(self, batch: int) -> list[Alive]:
        """The tensors that are held at the peak, the largest first."""
        nbytes = replay.sizes(self.trace_of(batch), self.share(batch), self.rounding)
        found = [
            Alive(self.trace_of(batch).tensors[number], nbytes[number])
            for number in replay.held(self.trace_of(batch), self.peak(batch).event)
        ]
        return sorted(found, key=lambda alive: -alive.nbytes)

    def breakdown(self, batch: int) -> dict[str, int]:
        """Bytes at the peak by what they are for; they add up to it."""
        found = dict.fromkeys(CATEGORIES, 0)
        for alive in self.alive(batch):
            found[alive.tensor.category] += alive.nbytes
        return found

    def share(self, batch: int) -> int:
        """How many images of a batch one device gets."""
        return -(-batch // self.setup.devices)
