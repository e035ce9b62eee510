"""Numbers of 16 bits in place of 32: in what autocast computes, or everywhere."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.memory.advice.remedies._case import RemedyCase
from cnncalc.memory.advice.remedies._changes import TypeReplaced
from cnncalc.memory.advice.remedies._outcome import Harm, RemedyOutcome, Way
from cnncalc.memory.advice.remedies._remedy import Remedy

# Bytes are the same in both; bfloat16 has float32's range, and so needs no scaling of the loss. GPUs compute in it from
# this capability on (Ampere).
LOWER, BEFORE, SINCE = "bfloat16", "float16", (8, 0)


class SixteenBits(Remedy):
    """Smaller numbers."""

    changes_network: ClassVar[bool] = False
    harm: ClassVar[Harm] = Harm.LITTLE

    def outcomes(self, case: RemedyCase) -> Iterator[RemedyOutcome]:
        yield from case.tried(self._ways(case))

    def _ways(self, case: RemedyCase) -> Iterator[Way]:
        setup = case.setup
        plain = setup._replace(autocast=None)
        lower = BEFORE if setup.capability is not None and setup.capability < SINCE else LOWER
        if setup.dtype == "float64":
            change = TypeReplaced("float32", autocast=False, training=case.training)
            yield case.way(change, setup=plain._replace(dtype="float32"))
        if setup.dtype == "float32" and setup.autocast is None:
            change = TypeReplaced(lower, autocast=True, training=case.training)
            yield case.way(change, setup=setup._replace(autocast=lower))
        if setup.dtype in ("float32", "float64"):
            # Trained with parameters of 16 bits, the step that is added to a weight is rounded.
            yield case.way(
                TypeReplaced(lower, autocast=False, training=case.training),
                setup=plain._replace(dtype=lower),
                harm=Harm.RISKY if case.training else None,
            )
