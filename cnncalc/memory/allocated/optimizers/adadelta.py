"""Adadelta."""

from collections.abc import Mapping
from typing import ClassVar

from cnncalc.memory.allocated.optimizers._optimizer import Optimizer


class Adadelta(Optimizer):
    """torch.optim.Adadelta."""

    source: ClassVar[str] = (
        "torch.optim.Adadelta: `_single_tensor_adadelta`, `_multi_tensor_adadelta`; Zeiler 2012, arXiv 1212.5701"
    )
    options: ClassVar[Mapping[str, float]] = {"weight_decay": 0.0}
    fused = False

    def state(self) -> tuple[str, ...]:
        return ("square_avg", "acc_delta")

    def foreach(self) -> tuple[str, ...]:
        return (*(("grad",) if self.settings["weight_decay"] else ()), "deviation", "delta")

    def single(self) -> tuple[str, ...]:
        return ("-grad", *(("grad",) if self.settings["weight_decay"] else ()), "deviation", "delta")
