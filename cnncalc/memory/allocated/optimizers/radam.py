"""RAdam: Adam whose step waits until its variance is known."""

from collections.abc import Mapping
from typing import ClassVar

from cnncalc.memory.allocated.optimizers._optimizer import Optimizer


class RAdam(Optimizer):
    """torch.optim.RAdam, as it is from its sixth step on."""

    source: ClassVar[str] = (
        "torch.optim.RAdam: `_single_tensor_radam`, `_multi_tensor_radam`; Liu et al. 2019, arXiv 1908.03265"
    )
    options: ClassVar[Mapping[str, float]] = {"weight_decay": 0.0}
    fused = False

    def state(self) -> tuple[str, ...]:
        return ("exp_avg", "exp_avg_sq")

    def foreach(self) -> tuple[str, ...]:
        return (*(("grad", "-grad") if self.settings["weight_decay"] else ()), "buffer")

    def single(self) -> tuple[str, ...]:
        decayed = ("grad",) if self.settings["weight_decay"] else ()
        # A number divided by a tensor is its reciprocal, multiplied.
        adaptive = ("root", "reciprocal", "adaptive", "-reciprocal", "-root")
        product = ("twice", "-once", "-adaptive", "update", "-twice", "-update")
        return ("-grad", *decayed, "corrected", "once", *adaptive, *product)
