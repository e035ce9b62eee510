"""Blurring by fixed filters. As in `modules`, inputs and outputs have channels first."""

import torch
from torch import Tensor
from torch.nn import functional as F

from cnncalc.pytorch import reads


class BlurPool(reads.OwnModule):
    """Anti-aliased downsampling: mirrored edges, then the same binomial filter over every channel, each with a copy."""

    filt: Tensor

    def __init__(self, channels: int, kernel: int, stride: int, padding: int) -> None:
        super().__init__()
        self.channels, self.kernel, self.stride, self.padding = (
            channels,
            kernel,
            stride,
            padding,
        )
        row = torch.ones(1, dtype=torch.float64)
        for _ in range(kernel - 1):
            row = (F.pad(row, (0, 1)) + F.pad(row, (1, 0))) / 2
        filters = (row[:, None] * row).to(torch.get_default_dtype())
        self.register_buffer(
            "filt", filters.repeat(channels, 1, 1, 1), persistent=False
        )

    def forward(self, x: Tensor) -> Tensor:
        x = F.pad(x, (self.padding,) * 4, mode="reflect")
        return F.conv2d(x, self.filt, stride=self.stride, groups=self.channels)

    def averaged(self, x: Tensor, *others: Tensor) -> Tensor:
        """Positions around the input count as outside of it, wherever their values come from."""
        ones = torch.full(
            (1, 1, self.kernel, self.kernel), self.kernel**-2, dtype=x.dtype
        )
        return F.conv2d(x, ones, stride=self.stride, padding=self.padding)

    def extra_repr(self) -> str:
        return f"kernel={self.kernel}, stride={self.stride}, padding={self.padding}"
