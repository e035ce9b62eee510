"""A way to take less memory, and what comes of it."""

from collections.abc import Iterable, Iterator
from enum import IntEnum

from cnncalc.diagnostic import Fix
from cnncalc.graph import Graph
from cnncalc.memory.advice.fit import Need
from cnncalc.memory.advice.remedies._changes import Change
from cnncalc.memory.estimate import Estimate
from cnncalc.memory.setup import Setup
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
    """One thing to do: what it changes, and what is run then.

    A `fix` edits the spec's text; `graph` is what that gives. `harm` is the remedy's own unless this way has another.
    """

    change: Change
    graph: Graph
    setup: Setup
    batch: int
    fix: Fix | None = None
    harm: Harm | None = None


class RemedyOutcome(NamedTuple):
    """A way, and what it takes: from a replay of its own. `saved` is in bytes, of the peak."""

    way: Way
    estimate: Estimate
    need: Need
    saved: int


def largest_saving(outcomes: Iterable[RemedyOutcome]) -> Iterator[RemedyOutcome]:
    """The one that saves most, if there is any."""
    best = max(outcomes, key=lambda outcome: outcome.saved, default=None)
    if best is not None:
        yield best


def first_that_fits(outcomes: Iterable[RemedyOutcome]) -> Iterator[RemedyOutcome]:
    """The first that fits, else the one that saves most."""
    tried = []
    for outcome in outcomes:
        if outcome.need.fits:
            yield outcome
            return
        tried.append(outcome)
    yield from largest_saving(tried)
