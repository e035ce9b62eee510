"""Max unpooling. As in `modules`, inputs and outputs have channels first."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from cnncalc.layers import Layer
from cnncalc.pytorch.reads import OwnModule
from cnncalc.shape import Shape
from cnncalc.vocabulary.unpooling import Pooled

POOLS = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}
UNPOOLS = {1: F.max_unpool1d, 2: F.max_unpool2d, 3: F.max_unpool3d}
TRANSPOSED = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}


class MaxUnpool(OwnModule):
    """Puts each value to the index of its window, and zeros elsewhere. The size of the output is fixed."""

    def __init__(
        self,
        kernel_size: Sequence[int],
        stride: Sequence[int],
        padding: Sequence[int],
        dilation: Sequence[int],
        output_size: Sequence[int],
    ) -> None:
        super().__init__()
        self.kernel_size, self.stride, self.padding = (
            tuple(kernel_size),
            tuple(stride),
            tuple(padding),
        )
        self.dilation, self.output_size = tuple(dilation), tuple(output_size)

    def forward(self, x: Tensor, indices: Tensor) -> Tensor:
        # PyTorch's unpooling has no dilation: it only checks the size of the output by the size of a window.
        sizes = [
            gap * (taps - 1) + 1
            for taps, gap in zip(self.kernel_size, self.dilation, strict=True)
        ]
        unpool = UNPOOLS[len(sizes)]
        result: Tensor = unpool(
            x, indices, sizes, self.stride, self.padding, self.output_size
        )
        return result

    def averaged(self, x: Tensor, *others: Tensor) -> Tensor:
        """Each position as the sum of all windows that it is in."""
        rank = len(self.output_size)
        ones = torch.ones((1, 1, *self.kernel_size), dtype=x.dtype)
        spread = TRANSPOSED[rank](x, ones, None, self.stride, dilation=self.dilation)
        for axis, (size, start) in enumerate(
            zip(self.output_size, self.padding, strict=True), 2
        ):
            more = start + size - spread.shape[axis]
            if more > 0:
                spread = F.pad(spread, [0, 0] * (rank + 1 - axis) + [0, more])
            spread = spread.narrow(axis, start, size)
        return spread

    def extra_repr(self) -> str:
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, "
            f"dilation={self.dilation}, output_size={self.output_size}"
        )


def indices(
    layer: Layer, read: Shape, batch: int, device: torch.device | str = "cpu"
) -> Tensor:
    """Indices as the pooling of an unpooling gives them for random images of this shape."""
    pooled: Pooled = getattr(layer, "pooled")  # noqa: B009
    windows = pooled.windows(read)
    images = torch.rand(batch, *read.torch, device=device)
    both = POOLS[read.rank](
        images,
        tuple(window.kernel for window in windows),
        tuple(window.stride for window in windows),
        tuple(window.before for window in windows),
        tuple(window.dilation for window in windows),
        ceil_mode=windows[0].ceil,
        return_indices=True,
    )
    result: Tensor = both[1]
    return result
