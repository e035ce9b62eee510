"""Pooling that PyTorch has not. As in `modules`, inputs and outputs have channels first."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, fx
from torch.nn import functional as F

from cnncalc.pytorch.reads import Opaque, OwnModule


class DisjointMaxPool(OwnModule):
    """The largest value of each window; windows of one and two positions along each axis tile the input.

    All images and channels of a call have the same windows. Their order is pseudo-random (windows of two positions are
    spread evenly), or any (`shuffled`).
    """

    def __init__(self, output_size: Sequence[int], shuffled: bool = False) -> None:
        super().__init__()
        self.output_size, self.shuffled = tuple(output_size), shuffled

    def forward(self, x: Tensor) -> Tensor:
        rank = len(self.output_size)
        places: list[Any] = [slice(None), slice(None)]
        for axis, count in enumerate(self.output_size):
            ends = window_ends(x, 2 + axis, count, self.shuffled)
            places.append(ends.view(-1, *(1,) * (rank - 1 - axis)))
        # The first and the last position of each window: of one position, the same twice.
        at_ends = x[tuple(places)]
        pool = (F.max_pool1d, F.max_pool2d, F.max_pool3d)[rank - 1]
        return pool(at_ends, 2)

    def averaged(self, x: Tensor, *others: Tensor) -> Tensor:
        raise Opaque(type(self).__name__)

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}, shuffled={self.shuffled}"


@fx.wrap
def window_ends(x: Tensor, axis: int, count: int, shuffled: bool) -> Tensor:
    """The first and the last position of each of `count` windows along an axis."""
    size, device = x.shape[axis], x.device
    if not count < size < 2 * count:
        raise ValueError(
            f"{size} positions are not {count} windows of one and two positions, some of each"
        )
    if shuffled:
        starts = torch.arange(count + 1, device=device)
        starts[1:] += (torch.randperm(count, device=device) < size - count).cumsum(0)
    else:
        # The start of window i is floor((i*W + r)/n): Graham's ceil(a*(i + u)), in whole numbers.
        starts = torch.arange(0, (count + 1) * size, size, device=device)
        starts += torch.randint(count, (1,), device=device)
        starts.floor_divide_(count)
    return torch.stack((starts[:-1], starts[1:] - 1), 1).flatten()
