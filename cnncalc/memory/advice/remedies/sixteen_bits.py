"""Numbers of 16 bits in place of 32: in what autocast computes, or everywhere."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.memory.advice.remedies._remedy import Harm, Remedy, RemedyCase, RemedyOutcome, Way

# What may go wrong where a model is trained with parameters of 16 bits: the step that is added to a weight is rounded.
RISKS = {
    "bfloat16": "a step of less than 1/512 of a weight is lost, so that training may stall",
    "float16": "values above 65,504 overflow, and a step of less than 1/4,096 of a weight is lost: training may fail",
}
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
            yield case.way("a model in float32", "--dtype float32", setup=plain._replace(dtype="float32"))
        if setup.dtype == "float32" and setup.autocast is None:
            yield case.way(
                f"autocast: compute in {lower}, parameters in float32",
                f"--autocast {lower}",
                setup=setup._replace(autocast=lower),
            )
        if setup.dtype in ("float32", "float64"):
            yield case.way(
                f"a model in {lower}, parameters and all",
                f"--dtype {lower}",
                setup=plain._replace(dtype=lower),
                harm=Harm.RISKY if case.training else None,
                risk=RISKS[lower] if case.training else "",
            )
