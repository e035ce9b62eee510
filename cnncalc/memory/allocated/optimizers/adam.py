"""Adam."""

from collections.abc import Mapping
from typing import ClassVar

from cnncalc.memory.allocated.optimizers._optimizer import Optimizer


class Adam(Optimizer):
    """torch.optim.Adam."""

    source: ClassVar[str] = "torch.optim.Adam: `_single_tensor_adam`, `_multi_tensor_adam`; Kingma & Ba 2014"
    options: ClassVar[Mapping[str, float]] = {"weight_decay": 0.0, "amsgrad": False}

    def state(self) -> tuple[str, ...]:
        return ("exp_avg", "exp_avg_sq", *(("max_exp_avg_sq",) if self.settings["amsgrad"] else ()))

    def foreach(self) -> tuple[str, ...]:
        # The list of decayed gradients is deleted before the roots are taken.
        return (*(("grad", "-grad") if self.settings["weight_decay"] else ()), "exp_avg_sq_sqrt")

    def single(self) -> tuple[str, ...]:
        decayed = ("grad",) if self.settings["weight_decay"] else ()
        return ("-grad", *decayed, "sqrt", "denom", "-sqrt")
