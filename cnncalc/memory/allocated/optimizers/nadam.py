"""NAdam: Adam with Nesterov momentum."""

from collections.abc import Mapping
from typing import ClassVar

from cnncalc.memory.allocated.optimizers._optimizer import Optimizer


class NAdam(Optimizer):
    """torch.optim.NAdam, which has a product of momenta beside the counter of steps."""

    source: ClassVar[str] = "torch.optim.NAdam: `_single_tensor_nadam`, `_multi_tensor_nadam`; Dozat 2016"
    options: ClassVar[Mapping[str, float]] = {"weight_decay": 0.0}
    fused = False
    counts = 2

    def state(self) -> tuple[str, ...]:
        return ("exp_avg", "exp_avg_sq")

    def foreach(self) -> tuple[str, ...]:
        return (*(("grad",) if self.settings["weight_decay"] else ()), "exp_avg_sq_sqrt")

    def single(self) -> tuple[str, ...]:
        decayed = ("grad",) if self.settings["weight_decay"] else ()
        return ("-grad", *decayed, "corrected", "denom", "-corrected")
