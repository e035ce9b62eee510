"""Adagrad."""

from collections.abc import Mapping
from typing import ClassVar

from cnncalc.memory.allocated.optimizers._optimizer import Optimizer


class Adagrad(Optimizer):
    """torch.optim.Adagrad."""

    source: ClassVar[str] = "torch.optim.Adagrad: `_single_tensor_adagrad`, `_multi_tensor_adagrad`"
    eager = True
    options: ClassVar[Mapping[str, float]] = {"weight_decay": 0.0}

    def state(self) -> tuple[str, ...]:
        return ("sum",)

    def foreach(self) -> tuple[str, ...]:
        # Decayed gradients are already a list of their own, in which the numerators are then computed.
        return ("grad", "std") if self.settings["weight_decay"] else ("std", "numerator")

    def single(self) -> tuple[str, ...]:
        return ("-grad", *(("grad",) if self.settings["weight_decay"] else ()), "std")
