"""What a remedy is: ways to take less memory, each of them replayed before it is told."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import IntEnum
from functools import cached_property
from typing import Any, ClassVar

from cnncalc.diagnostic import Fix
from cnncalc.graph import MAX_NODES, Graph
from cnncalc.memory.advice.fit import Need, largest, need
from cnncalc.memory.estimate import Estimate
from cnncalc.memory.setup import Setup
from cnncalc.memory.validate_setup import impossible
from cnncalc.record import NamedTuple


class Harm(IntEnum):
    """What a remedy may cost beside memory, from least to most."""

    # The same numbers come out: it takes time at most.
    NONE = 0
    # Another batch, more devices, or numbers that are rounded where that is known to be safe.
    LITTLE = 1
    # It is trained in another way, and learns differently.
    TRAINING = 2
    # Another network is trained or run.
    NETWORK = 3
    # Training may fail.
    RISKY = 4


class Way(NamedTuple):
    """One thing to do: what is said of it, the options of the command line that tell it, and what is run then.

    A `fix` edits the spec's text; `graph` is what that gives. `harm` is the remedy's own unless this way has another;
    `risk` says in a sentence what may go wrong.
    """

    title: str
    options: str
    graph: Graph
    setup: Setup
    batch: int
    fix: Fix | None = None
    harm: Harm | None = None
    risk: str = ""


class RemedyOutcome(NamedTuple):
    """A way, and what it takes: from a replay of its own. `saved` is in bytes, of the peak."""

    way: Way
    estimate: Estimate
    need: Need
    saved: int


class RemedyCase:
    """A run that should take less: the graph and how it is run, a batch, and the bytes that there are for it.

    `setup_for` is the run of an edited network, by its graph (None where there is none); without it what an edit shifts
    is not tried. `values` are the parameters that were given beside the spec, `strict` and `max_nodes` how its graph
    was built: that of an edited spec is built so too. `largest` is the largest batch that fits, where that is known.
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
    ) -> None:
        self.estimate = estimate
        self.batch = batch
        self.usable = usable
        self.setup_for = setup_for or self._same_setup
        self.values = values or {}
        self.strict = strict
        self.max_nodes = max_nodes
        self._largest = largest

    @property
    def graph(self) -> Graph:
        return self.estimate.graph

    @property
    def setup(self) -> Setup:
        return self.estimate.setup

    def runs(self, batch: int) -> bool:
        """Whether PyTorch takes a batch of so many images."""
        return self.estimate.refusal(batch) is None

    @property
    def training(self) -> bool:
        return self.setup.mode == "training"

    def _same_setup(self, graph: Graph) -> Setup | None:
        # What is frozen or checkpointed is told by numbers of nodes, which an edit may shift.
        return None if self.setup.frozen or self.setup.checkpoint else self.setup

    @cached_property
    def largest(self) -> int:
        """The largest batch that fits as it is; 0 where none does."""
        return largest(self.estimate, self.usable) if self._largest is None else self._largest

    @cached_property
    def now(self) -> Need:
        """What the run takes as it is."""
        return need(self.estimate, self.batch, self.usable)

    def way(
        self,
        title: str,
        options: str,
        *,
        graph: Graph | None = None,
        setup: Setup | None = None,
        batch: int | None = None,
        fix: Fix | None = None,
        harm: Harm | None = None,
        risk: str = "",
    ) -> Way:
        """A way that changes what is named, and leaves the rest as it is."""
        graph, setup = graph or self.graph, setup or self.setup
        return Way(title, options, graph, setup, batch or self.batch, fix, harm, risk)

    def tried(self, ways: Iterable[Way]) -> Iterator[RemedyOutcome]:
        """What comes of each; those that PyTorch does not take are left out."""
        for way in ways:
            if impossible(way.setup) is None:
                estimate = Estimate(way.graph, way.setup)
                if estimate.refusal(way.batch) is not None:
                    continue
                found = need(estimate, way.batch, self.usable)
                yield RemedyOutcome(way, estimate, found, self.now.peak.nbytes - found.peak.nbytes)


class Remedy(ABC):
    """One remedy, in a file named as its key."""

    key: ClassVar[str]
    # Whether what is trained or run is another network than before.
    changes_network: ClassVar[bool]
    harm: ClassVar[Harm]

    def __init_subclass__(cls) -> None:
        cls.key = cls.__module__.rpartition(".")[2]

    @abstractmethod
    def outcomes(self, case: RemedyCase) -> Iterator[RemedyOutcome]:
        """What it can do here: the few ways worth telling."""


def largest_saving(outcomes: Iterable[RemedyOutcome]) -> Iterator[RemedyOutcome]:
    """The one that saves most, if there is any."""
    found = max(outcomes, key=lambda one: one.saved, default=None)
    if found is not None:
        yield found


def first_that_fits(outcomes: Iterable[RemedyOutcome]) -> Iterator[RemedyOutcome]:
    """The first that fits, else the one that saves most."""
    seen = []
    for one in outcomes:
        if one.need.fits:
            yield one
            return
        seen.append(one)
    yield from largest_saving(seen)
