"""Adamax: Adam with the largest gradient instead of a mean of squares."""

from collections.abc import Mapping
from typing import ClassVar

from cnncalc.memory.allocated.optimizers._optimizer import Optimizer


class Adamax(Optimizer):
    """torch.optim.Adamax."""

    source: ClassVar[str] = (
        "torch.optim.Adamax: `_single_tensor_adamax`, `_multi_tensor_adamax`; Kingma & Ba 2014"
    )
    options: ClassVar[Mapping[str, float]] = {"weight_decay": 0.0}
    fused = False

    def state(self) -> tuple[str, ...]:
        return ("exp_avg", "exp_inf")

    def foreach(self) -> tuple[str, ...]:
        # The sizes of decayed gradients are written over them.
        return ("grad",)

    def single(self) -> tuple[str, ...]:
        return ("-grad", *(("grad",) if self.settings["weight_decay"] else ()), "size", "-size")
