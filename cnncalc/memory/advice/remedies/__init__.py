"""Remedies where memory is too small: one file each, found by its name."""

from cnncalc import plugins
from cnncalc.memory.advice.remedies._case import RemedyCase
from cnncalc.memory.advice.remedies._changes import (
    AccumulatedParts,
    BatchLowered,
    BlocksCheckpointed,
    Change,
    CountLowered,
    DevicesAdded,
    LayerRemoved,
    MadeInPlace,
    OptimizerReplaced,
    OptionLeftOut,
    OptionTurnedOn,
    StateNarrowed,
    StepReplaced,
    StrideRaised,
    TypeReplaced,
)
from cnncalc.memory.advice.remedies._outcome import Harm, RemedyOutcome, Way
from cnncalc.memory.advice.remedies._remedy import Remedy
from cnncalc.record import NamedTuple

__all__ = [
    "AccumulatedParts",
    "BatchLowered",
    "BlocksCheckpointed",
    "Change",
    "CountLowered",
    "DevicesAdded",
    "Harm",
    "LayerRemoved",
    "MadeInPlace",
    "OptimizerReplaced",
    "OptionLeftOut",
    "OptionTurnedOn",
    "Remedy",
    "RemedyCase",
    "RemedyOutcome",
    "StateNarrowed",
    "StepReplaced",
    "StrideRaised",
    "Suggestion",
    "TypeReplaced",
    "Way",
    "names",
    "remedy_type",
    "suggestions",
]

# The part of the peak that a remedy must save to be suggested, where it makes nothing fit.
LEAST = 0.01


class Suggestion(NamedTuple):
    """A remedy's key, whether it changes the network, its outcome, and its possible harm."""

    name: str
    changes_network: bool
    outcome: RemedyOutcome
    harm: Harm


def names() -> tuple[str, ...]:
    """Every remedy's key, sorted; imports none of them."""
    return plugins.names(__name__)


def remedy_type(name: str) -> type[Remedy]:
    """The class of a remedy. Raises `ModuleNotFoundError` if there is none."""
    return plugins.only(plugins.load(__name__, name), Remedy)  # type: ignore[type-abstract]


def suggestions(case: RemedyCase) -> list[Suggestion]:
    """The remedies, best first: those that make the batch fit, then by least harm, then by most saved memory."""
    suggested = []
    for name in names():
        remedy = remedy_type(name)()
        suggested += [
            Suggestion(
                name,
                remedy.changes_network,
                outcome,
                remedy.harm if outcome.way.harm is None else outcome.way.harm,
            )
            for outcome in remedy.outcomes(case)
            if _is_worth_it(outcome, case)
        ]
    return sorted(suggested, key=_rank)


def _rank(suggestion: Suggestion) -> tuple[bool, Harm, int, str]:
    outcome = suggestion.outcome
    return not outcome.need.fits, suggestion.harm, -outcome.saved, suggestion.name


def _is_worth_it(outcome: RemedyOutcome, case: RemedyCase) -> bool:
    if outcome.need.fits and not case.now.fits:
        return True
    return outcome.saved >= case.peak.nbytes * LEAST
