"""LAMB: Adam whose step in each layer is as large as a share of the layer's weights."""

from collections.abc import Mapping
from typing import ClassVar

from cnncalc.memory.allocated.optimizers._optimizer import Optimizer


class Lamb(Optimizer):
    """timm.optim.Lamb with `foreach=False` and no limit of gradients (`max_grad_norm=None`); torch.optim has none."""

    source: ClassVar[str] = "timm.optim.Lamb: `_single_tensor_lamb`; You et al. 2019, arXiv 1904.00962"
    # What decays is added to the update in place.
    options: ClassVar[Mapping[str, float]] = {"weight_decay": 0.0}
    fused = False
    counts_all = True
    lists = False

    def state(self) -> tuple[str, ...]:
        return ("exp_avg", "exp_avg_sq")

    def foreach(self) -> tuple[str, ...]:
        return self.single()

    def single(self) -> tuple[str, ...]:
        return ("root", "denom", "-root", "update")
