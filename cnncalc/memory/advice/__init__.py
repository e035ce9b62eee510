"""Whether a network fits a device's memory, which batch is the largest, and what takes less."""

from typing import TYPE_CHECKING

from cnncalc import plugins

if TYPE_CHECKING:
    from cnncalc.memory.advice.answer import Answer as Answer
    from cnncalc.memory.advice.answer import ModeResult as ModeResult
    from cnncalc.memory.advice.answer import Remedied as Remedied
    from cnncalc.memory.advice.answer import advise as advise
    from cnncalc.memory.advice.answer import inference_of as inference_of
    from cnncalc.memory.advice.fit import Need as Need
    from cnncalc.memory.advice.fit import largest as largest
    from cnncalc.memory.advice.fit import need as need
    from cnncalc.memory.advice.remedies import Harm as Harm
    from cnncalc.memory.advice.remedies import Remedy as Remedy
    from cnncalc.memory.advice.remedies import RemedyCase as RemedyCase
    from cnncalc.memory.advice.remedies import RemedyOutcome as RemedyOutcome
    from cnncalc.memory.advice.remedies import Suggestion as Suggestion
    from cnncalc.memory.advice.remedies import Way as Way
    from cnncalc.memory.advice.remedies import suggestions as suggestions

# What leaves the room, and the module that has it.
_EXPORTS = {
    "Answer": "answer",
    "Harm": "remedies",
    "ModeResult": "answer",
    "Need": "fit",
    "Remedied": "answer",
    "Remedy": "remedies",
    "RemedyCase": "remedies",
    "RemedyOutcome": "remedies",
    "Suggestion": "remedies",
    "Way": "remedies",
    "advise": "answer",
    "inference_of": "answer",
    "largest": "fit",
    "need": "fit",
    "suggestions": "remedies",
}
__all__ = [
    "Answer",
    "Harm",
    "ModeResult",
    "Need",
    "Remedied",
    "Remedy",
    "RemedyCase",
    "RemedyOutcome",
    "Suggestion",
    "Way",
    "advise",
    "inference_of",
    "largest",
    "need",
    "suggestions",
]

if not TYPE_CHECKING:
    # Hidden from type checkers, which would accept any name.
    def __getattr__(name):
        return plugins.offered(__name__, _EXPORTS, name)
