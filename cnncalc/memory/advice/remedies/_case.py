"""The run that needs too much memory, and how changes of it are tried."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

from cnncalc.diagnostic import Fix
from cnncalc.graph import MAX_NODES, Graph
from cnncalc.memory.advice.fit import Need, largest, need
from cnncalc.memory.advice.remedies._changes import Change
from cnncalc.memory.advice.remedies._outcome import Harm, RemedyOutcome, Way
from cnncalc.memory.estimate import Estimate
from cnncalc.memory.replay import Peak
from cnncalc.memory.setup import Setup
from cnncalc.memory.validate_setup import impossible

# How many nodes are simulated again for the layers that one remedy tries: of deep networks it tries fewer.
NODES = 2000


class RemedyCase:
    """A run that should take less: the graph and how it is run, a batch, and the bytes that there are for it.

    `setup_for` is the run of an edited network, by its graph (None where there is none); without it a way is not tried
    whose edit may renumber the layers. `values` are the parameters that were given beside the spec, `strict` and
    `max_nodes` how its graph was built: that of an edited spec is built so too. `largest` is the largest batch that
    fits, and `now` what the run takes as it is, where these are known.
    """

    def __init__(
        self,
        estimate: Estimate,
        batch: int,
        usable: int,
        *,
        setup_for: Callable[[Graph], Setup | None] | None = None,
        values: Mapping[str, Any] | None = None,
        strict: bool = False,
        max_nodes: int = MAX_NODES,
        largest: int | None = None,
        now: Need | None = None,
    ) -> None:
        self.estimate = estimate
        self.batch = batch
        self.usable = usable
        self.setup_for = setup_for or self._same_setup
        self.values = values or {}
        self.strict = strict
        self.max_nodes = max_nodes
        # By remedy, the layers of its kind that it does not try.
        self.not_tried: dict[str, int] = {}
        self._largest = largest
        self._now = now
        self._latest = estimate

    @property
    def graph(self) -> Graph:
        return self.estimate.graph

    @property
    def setup(self) -> Setup:
        return self.estimate.setup

    def runs(self, batch: int) -> bool:
        """Whether PyTorch runs a batch of this many images."""
        return self.estimate.refusal(batch) is None

    @property
    def training(self) -> bool:
        return self.setup.mode == "training"

    def _same_setup(self, graph: Graph) -> Setup | None:
        # What is frozen or checkpointed is stated by numbers of nodes, which an edit may change.
        return None if self.setup.frozen or self.setup.checkpoint else self.setup

    def tries(self, most: int) -> int:
        """How many layers a remedy tries: `most`, fewer in a deep network, and one at least."""
        return max(1, min(most, NODES // len(self.graph.nodes)))

    @cached_property
    def largest(self) -> int:
        """The largest batch that fits without a remedy; 0 if none does."""
        return largest(self.estimate, self.usable) if self._largest is None else self._largest

    @cached_property
    def now(self) -> Need:
        """The memory of the run without a remedy."""
        return need(self.estimate, self.batch, self.usable) if self._now is None else self._now

    @cached_property
    def peak(self) -> Peak:
        """The peak of tensors without a remedy, with the least workspaces."""
        return self.estimate.ends[0].peak(self.batch)

    def way(
        self,
        change: Change,
        *,
        graph: Graph | None = None,
        setup: Setup | None = None,
        batch: int | None = None,
        fix: Fix | None = None,
        harm: Harm | None = None,
    ) -> Way:
        """A way with the given changes, and everything else unchanged."""
        return Way(change, graph or self.graph, setup or self.setup, batch or self.batch, fix, harm)

    def estimate_of(self, graph: Graph, setup: Setup) -> Estimate:
        """The estimate of a graph and a setup: that of the run itself, or the latest one, where it is the same."""
        # More batches allocate what two do, whose gradients are added up.
        setup = setup._replace(accumulate=min(2, setup.accumulate))
        for known in (self.estimate, self._latest):
            if (
                known.graph is graph
                and known.setup._replace(accumulate=min(2, known.setup.accumulate)) == setup
            ):
                return known
        self._latest = Estimate(graph, setup)
        return self._latest

    def tried(self, ways: Iterable[Way]) -> Iterator[RemedyOutcome]:
        """The outcome of each way; those that PyTorch does not run are left out."""
        for way in ways:
            if impossible(way.setup, way.graph) is None:
                estimate = self.estimate_of(way.graph, way.setup)
                if estimate.refusal(way.batch) is not None:
                    continue
                needed = need(estimate, way.batch, self.usable)
                least = need(estimate.ends[0], way.batch, self.usable)
                yield RemedyOutcome(way, estimate, needed, self.peak.nbytes - least.peak.nbytes, least)
