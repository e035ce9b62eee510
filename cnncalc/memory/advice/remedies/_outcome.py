"""A way to need less memory, and its outcome."""

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
    """The possible harm of a remedy, from least to most."""

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
    """One change of a run, and the run with it.

    A `fix` edits the spec's text; `graph` is what that gives. `harm` is the remedy's own unless this way has another.
    """

    change: Change
    graph: Graph
    setup: Setup
    batch: int
    fix: Fix | None = None
    harm: Harm | None = None


class RemedyOutcome(NamedTuple):
    """A way, and its memory from its own simulation. `saved` are the bytes that the peak is lower.

    `least` is what it needs with the least that workspaces may take, by which remedies are compared.
    """

    way: Way
    estimate: Estimate
    need: Need
    saved: int
    least: Need


def largest_saving(outcomes: Iterable[RemedyOutcome]) -> Iterator[RemedyOutcome]:
    """The one that saves most, if there is any."""
    best = max(outcomes, key=lambda outcome: outcome.saved, default=None)
    if best is not None:
        yield best


def best_of(outcomes: Iterable[RemedyOutcome], most: int) -> list[RemedyOutcome]:
    """The first outcomes, up to a number: those that fit, then those that save most."""
    return sorted(outcomes, key=lambda outcome: (not outcome.need.fits, -outcome.saved))[:most]


def first_that_fits(outcomes: Iterable[RemedyOutcome]) -> Iterator[RemedyOutcome]:
    """The first that fits, else the one that saves most."""
    tried = []
    for outcome in outcomes:
        if outcome.need.fits:
            yield outcome
            return
        tried.append(outcome)
    yield from largest_saving(tried)
