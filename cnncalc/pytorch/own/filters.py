"""Filters that each position has for itself. As in `modules`, inputs and outputs have channels first."""

from collections.abc import Sequence
from math import prod

import torch
from torch import Tensor, fx, nn
from torch.nn import functional as F

from cnncalc.pytorch.own.autocasting import as_multiplied
from cnncalc.pytorch.reads import OwnModule

# A trace takes it as it is: what it does depends on the device.
fx.wrap("as_multiplied")


class LocallyConnected(OwnModule):
    """A convolution whose filters and biases differ from position to position, for volumes of one size.

    `size` is that of the output, along each axis; `padding` zeros before and after, along each axis.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        size: Sequence[int],
        kernel_size: Sequence[int],
        stride: Sequence[int],
        padding: Sequence[tuple[int, int]],
        dilation: Sequence[int],
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.size, self.kernel_size, self.stride = (
            tuple(size),
            tuple(kernel_size),
            tuple(stride),
        )
        self.padding, self.dilation = tuple(padding), tuple(dilation)
        # As a convolution initialises its own: the bound is 1/sqrt(values that a filter reads).
        bound = (in_channels * prod(kernel_size)) ** -0.5
        own = (out_channels, *self.size)
        self.weight = nn.Parameter(
            torch.empty(*own, in_channels, *kernel_size).uniform_(-bound, bound)
        )
        self.bias = (
            nn.Parameter(torch.empty(own).uniform_(-bound, bound)) if bias else None
        )

    def forward(self, x: Tensor) -> Tensor:
        x, filters = as_multiplied(x), as_multiplied(self.weight)
        batch, channels, rank = x.shape[0], x.shape[1], len(self.size)
        if any(map(any, self.padding)):
            x = F.pad(x, _torch_order(self.padding))
        # A view of all windows: their positions along each axis, then what each reads along each axis.
        for axis, (taps, step, spread) in enumerate(
            zip(self.kernel_size, self.stride, self.dilation, strict=True), 2
        ):
            x = x.unfold(axis, (taps - 1) * spread + 1, step)
            if spread > 1:
                x = x[..., ::spread]
        # Copies even if views are possible, so that the memory of a batch is the batch size times that of one image.
        columns = x.permute(*range(2, 2 + rank), 0, 1, *range(2 + rank, 2 + 2 * rank))
        columns = columns.clone(memory_format=torch.contiguous_format)
        columns = columns.view(
            prod(self.size), batch, channels * prod(self.kernel_size)
        )
        del x
        filters = filters.flatten(1 + rank).flatten(1, rank).transpose(0, 1)
        # A product for each position: (positions, filters, batch).
        product = torch.bmm(filters, columns.transpose(1, 2))
        product = product.view(*self.size, -1, batch).permute(
            rank + 1, rank, *range(rank)
        )
        output = product.clone(memory_format=torch.contiguous_format)
        return output if self.bias is None else output.add_(self.bias)

    def averaged(self, x: Tensor, *others: Tensor) -> Tensor:
        taps = x.new_full((1, 1, *self.kernel_size), 1 / prod(self.kernel_size))
        convolve = (F.conv1d, F.conv2d, F.conv3d)[len(self.size) - 1]
        padded = F.pad(x, _torch_order(self.padding))
        result: Tensor = convolve(
            padded, taps, stride=self.stride, dilation=self.dilation
        )
        return result

    def extra_repr(self) -> str:
        return (
            f"{self.weight.shape[1 + len(self.size)]}, {self.weight.shape[0]}, size={self.size}, "
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, "
            f"dilation={self.dilation}, bias={self.bias is not None}"
        )


def _torch_order(padding: Sequence[tuple[int, int]]) -> list[int]:
    """The order of `F.pad`: the last axis first."""
    return [end for ends in reversed(padding) for end in ends]
