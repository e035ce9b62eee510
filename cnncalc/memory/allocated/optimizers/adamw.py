"""AdamW: Adam with a weight decay apart from the gradients."""

from collections.abc import Mapping
from typing import ClassVar

from cnncalc.memory.allocated.optimizers._optimizer import Optimizer


class AdamW(Optimizer):
    """torch.optim.AdamW, which multiplies the parameters themselves."""

    source: ClassVar[str] = "torch.optim.AdamW: `torch.optim.Adam` with `decoupled_weight_decay`"
    options: ClassVar[Mapping[str, float]] = {"weight_decay": 0.01, "amsgrad": False}

    def state(self) -> tuple[str, ...]:
        return ("exp_avg", "exp_avg_sq", *(("max_exp_avg_sq",) if self.settings["amsgrad"] else ()))

    def foreach(self) -> tuple[str, ...]:
        return ("exp_avg_sq_sqrt",)

    def single(self) -> tuple[str, ...]:
        return ("sqrt", "denom", "-sqrt")
