"""Stochastic gradient descent, with momentum."""

from collections.abc import Mapping
from typing import ClassVar

from cnncalc.memory.allocated.optimizers._optimizer import Optimizer


class Sgd(Optimizer):
    """torch.optim.SGD."""

    source: ClassVar[str] = "torch.optim.SGD: `_single_tensor_sgd`, `_multi_tensor_sgd`"
    options: ClassVar[Mapping[str, float]] = {"momentum": 0.0, "weight_decay": 0.0, "nesterov": False}
    counts = 0

    def state(self) -> tuple[str, ...]:
        return ("momentum_buffer",) if self.settings["momentum"] else ()

    def foreach(self) -> tuple[str, ...]:
        # Nesterov's sum is written into the gradients themselves.
        return ("grad",) if self.settings["weight_decay"] else ()

    def single(self) -> tuple[str, ...]:
        decayed = ("grad",) if self.settings["weight_decay"] else ()
        looked_ahead = ("grad",) if self.settings["nesterov"] else ("-grad",)
        return ("-grad", *decayed, *looked_ahead)
