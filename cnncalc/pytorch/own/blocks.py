"""Modules between blocks of positions and channels. As in `modules`, inputs and outputs have channels first."""

from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional as F

from cnncalc.pytorch import reads

Order = Literal["dcr", "crd"]
AVERAGES = (F.avg_pool1d, F.avg_pool2d, F.avg_pool3d)


class _Blocks(reads.OwnModule):
    """Blocks of positions and channels; `dcr` counts the channels first, `crd` the positions of a block."""

    def __init__(self, block: int, rank: int, order: Order = "dcr") -> None:
        super().__init__()
        self.block, self.rank, self.order = block, rank, order

    def extra_repr(self) -> str:
        return f"block={self.block}, order={self.order}"


class SpaceToDepth(_Blocks):
    """Every block of positions becomes channels of one position."""

    def forward(self, x: Tensor) -> Tensor:
        axes = range(self.rank)
        blocks = [x.shape[2 + axis] // self.block for axis in axes]
        split = [size for count in blocks for size in (count, self.block)]
        outer, inside = [2 + 2 * axis for axis in axes], [3 + 2 * axis for axis in axes]
        order = (
            [0, *inside, 1, *outer] if self.order == "dcr" else [0, 1, *inside, *outer]
        )
        # Always a new tensor, even if the values are already in this order.
        new = (
            x.view(x.shape[0], x.shape[1], *split)
            .permute(order)
            .clone(memory_format=torch.contiguous_format)
        )
        return new.view(x.shape[0], x.shape[1] * self.block**self.rank, *blocks)

    def averaged(self, x: Tensor, *others: Tensor) -> Tensor:
        return AVERAGES[self.rank - 1](x, self.block)


class DepthToSpace(_Blocks):
    """Channels of one position become a block of positions."""

    def forward(self, x: Tensor) -> Tensor:
        axes, channels = range(self.rank), x.shape[1] // self.block**self.rank
        inside = (self.block,) * self.rank
        parts = (*inside, channels) if self.order == "dcr" else (channels, *inside)
        first = 1 if self.order == "dcr" else 2
        order = [0, self.rank + 1 if self.order == "dcr" else 1]
        for axis in axes:
            order += [self.rank + 2 + axis, first + axis]
        sizes = [x.shape[2 + axis] for axis in axes]
        new = (
            x.view(x.shape[0], *parts, *sizes)
            .permute(order)
            .clone(memory_format=torch.contiguous_format)
        )
        return new.view(x.shape[0], channels, *(size * self.block for size in sizes))

    def averaged(self, x: Tensor, *others: Tensor) -> Tensor:
        for axis in range(2, x.dim()):
            x = x.repeat_interleave(self.block, axis)
        return x
