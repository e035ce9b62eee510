"""Modules that work on the channels of each position. As in `modules`, inputs and outputs have channels first."""

from typing import Any, Literal

import torch
from torch import Tensor, nn

from cnncalc.pytorch import reads


class Maxout(reads.EachPosition):
    """The largest value of every `pieces` channels."""

    def __init__(self, pieces: int) -> None:
        super().__init__()
        self.pieces = pieces

    def forward(self, x: Tensor) -> Tensor:
        pieces: Tensor = x.unflatten(1, (-1, self.pieces))  # type: ignore[no-untyped-call]
        return pieces.max(dim=2).values

    def extra_repr(self) -> str:
        return f"pieces={self.pieces}"


class LayerScale(reads.EachPosition):
    """Multiplies each channel by a learned factor."""

    def __init__(self, channels: int, rank: int, init: float = 1e-6) -> None:
        super().__init__()
        self.init = init
        self.weight = nn.Parameter(torch.full((channels, *(1,) * rank), init))

    def forward(self, x: Tensor) -> Tensor:
        return self.weight * x

    def extra_repr(self) -> str:
        return f"{self.weight.shape[0]}, init={self.init}"


class StochasticDepth(reads.EachPosition):
    """In training, zero for an image (`row`) or the whole batch with probability p, else scaled by 1/(1 - p)."""

    def __init__(
        self, p: float, rank: int, mode: Literal["row", "batch"] = "row"
    ) -> None:
        super().__init__()
        self.p, self.mode, self.rank = p, mode, rank

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.p == 0:
            return x
        rows = x.shape[0] if self.mode == "row" else 1
        noise = torch.empty(
            (rows, *(1,) * (1 + self.rank)), dtype=x.dtype, device=x.device
        )
        noise.bernoulli_(1 - self.p)
        if self.p < 1:
            noise.div_(1 - self.p)
        return x * noise

    def extra_repr(self) -> str:
        return f"p={self.p}, mode={self.mode}"


class ChannelLayerNorm(reads.EachPosition, nn.LayerNorm):
    """Layer normalisation over the channels of each position."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)


class ChannelLinear(reads.EachPosition, nn.Linear):
    """A fully-connected layer over the channels of each position."""

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x.movedim(1, -1)).movedim(-1, 1)


class SeparableConv(nn.Sequential):
    """A depthwise convolution, then a 1x1 convolution."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        multiplier: int,
        rank: int,
        bias: bool = True,
        **window: Any,
    ) -> None:
        super().__init__()
        conv = (nn.Conv1d, nn.Conv2d, nn.Conv3d)[rank - 1]
        middle = in_channels * multiplier
        self.depthwise = conv(
            in_channels, middle, groups=in_channels, bias=False, **window
        )
        self.pointwise = conv(middle, out_channels, 1, bias=bias)


class Chunk(reads.EachPosition):
    """One of several equal pieces of the channels."""

    def __init__(self, chunks: int, index: int) -> None:
        super().__init__()
        self.chunks, self.index = chunks, index

    def forward(self, x: Tensor) -> Tensor:
        return x.chunk(self.chunks, dim=1)[self.index]

    def extra_repr(self) -> str:
        return f"chunks={self.chunks}, index={self.index}"


class ChannelShuffle(reads.EachPosition):
    """Reorders the channels: a transposition of groups and channels."""

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.groups = groups

    def forward(self, x: Tensor) -> Tensor:
        grouped: Tensor = x.unflatten(1, (self.groups, -1))  # type: ignore[no-untyped-call]
        # Always a new tensor, even if a group has one channel.
        return (
            grouped.transpose(1, 2)
            .clone(memory_format=torch.contiguous_format)
            .flatten(1, 2)
        )

    def extra_repr(self) -> str:
        return f"groups={self.groups}"
