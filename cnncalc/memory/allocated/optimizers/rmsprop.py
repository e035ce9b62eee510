"""RMSprop."""

from collections.abc import Mapping
from typing import ClassVar

from cnncalc.memory.allocated.optimizers._optimizer import Optimizer


class RMSprop(Optimizer):
    """torch.optim.RMSprop."""

    source: ClassVar[str] = "torch.optim.RMSprop: `_single_tensor_rmsprop`, `_multi_tensor_rmsprop`"
    options: ClassVar[Mapping[str, float]] = {"momentum": 0.0, "weight_decay": 0.0, "centered": False}
    fused = False

    def state(self) -> tuple[str, ...]:
        momentum = ("momentum_buffer",) if self.settings["momentum"] else ()
        return ("square_avg", *momentum, *(("grad_avg",) if self.settings["centered"] else ()))

    def foreach(self) -> tuple[str, ...]:
        return (*(("grad",) if self.settings["weight_decay"] else ()), "avg")

    def single(self) -> tuple[str, ...]:
        return ("-grad", *(("grad",) if self.settings["weight_decay"] else ()), "avg")
