"""Modules that normalise. As in `modules`, inputs and outputs have channels first."""

import torch
from torch import Tensor, nn

from cnncalc.pytorch import reads


class ChannelRMSNorm(reads.EachPosition):
    """Root mean square normalisation over the channels of each position, with the parameter of `nn.RMSNorm`.

    Under autocast all of it is in float32, as `torch.rms_norm` on CUDA.
    """

    weight: nn.Parameter | None

    def __init__(self, channels: int, eps: float | None = None, affine: bool = True) -> None:
        super().__init__()
        self.eps = eps
        self.register_parameter("weight", nn.Parameter(torch.ones(channels)) if affine else None)

    def forward(self, x: Tensor) -> Tensor:
        if torch.is_autocast_enabled(x.device.type):
            x = x.float()
        eps = torch.finfo(x.dtype).eps if self.eps is None else self.eps
        normed = x * x.pow(2).mean(1, keepdim=True).add_(eps).rsqrt()
        if self.weight is None:
            return normed
        return self.weight.view(-1, *(1,) * (x.dim() - 2)) * normed

    def extra_repr(self) -> str:
        return f"eps={self.eps}, affine={self.weight is not None}"
