"""Lion: steps of one size, in the direction of a mean of gradients."""

from collections.abc import Mapping
from typing import ClassVar

from cnncalc.memory.allocated.optimizers._optimizer import Optimizer


class Lion(Optimizer):
    """timm.optim.Lion with `foreach=False`; torch.optim has none."""

    source: ClassVar[str] = "timm.optim.Lion: `_single_tensor_lion`; Chen et al. 2023, arXiv 2302.06675"
    # What decays is the parameter itself.
    options: ClassVar[Mapping[str, float]] = {"weight_decay": 0.0}
    fused = False
    counts = 0
    lists = False

    def state(self) -> tuple[str, ...]:
        return ("exp_avg",)

    def foreach(self) -> tuple[str, ...]:
        return self.single()

    def single(self) -> tuple[str, ...]:
        return ("update",)
