"""Modules that normalise. As in `modules`, inputs and outputs have channels first."""

import torch
from torch import Tensor, fx, nn

from cnncalc.pytorch import reads
from cnncalc.pytorch.own.autocasting import in_full

# A trace takes it as it is: what it does depends on the device.
fx.wrap("in_full")


@fx.wrap
def roots(x: Tensor, eps: float | None) -> Tensor:
    """1 / the root of the mean square of the channels of each position."""
    return (
        x.pow(2)
        .mean(1, keepdim=True)
        .add_(torch.finfo(x.dtype).eps if eps is None else eps)
        .rsqrt()
    )


class ChannelRMSNorm(reads.EachPosition):
    """Root mean square normalisation over the channels of each position, with the parameter of `nn.RMSNorm`."""

    weight: nn.Parameter | None

    def __init__(
        self, channels: int, rank: int, eps: float | None = None, affine: bool = True
    ) -> None:
        super().__init__()
        self.eps, self.rank = eps, rank
        self.register_parameter(
            "weight", nn.Parameter(torch.ones(channels)) if affine else None
        )

    def forward(self, x: Tensor) -> Tensor:
        x = in_full(x)
        normed = x * roots(x, self.eps)
        return (
            normed
            if self.weight is None
            else self.weight.view(-1, *(1,) * self.rank) * normed
        )

    def extra_repr(self) -> str:
        return f"eps={self.eps}, affine={self.weight is not None}"


class GlobalResponseNorm(reads.EachPosition):
    """Global response normalisation, as in ConvNeXt V2: each channel by its share of the norms of all channels."""

    def __init__(
        self, channels: int, rank: int, eps: float = 1e-6, init: float = 0.0
    ) -> None:
        super().__init__()
        self.eps, self.rank = eps, rank
        self.weight = nn.Parameter(torch.full((channels,), init))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x: Tensor) -> Tensor:
        x = in_full(x)
        each = (-1, *(1,) * self.rank)
        norms = torch.linalg.vector_norm(
            x, dim=tuple(range(2, 2 + self.rank)), keepdim=True
        )
        shares = norms / norms.mean(1, keepdim=True).add_(self.eps)
        return x + torch.addcmul(
            self.bias.view(each), self.weight.view(each), x * shares
        )

    def extra_repr(self) -> str:
        return f"{self.weight.shape[0]}, eps={self.eps}"
