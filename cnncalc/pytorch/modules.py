"""Modules that do not exist in PyTorch: plain `nn.Module`s for layers whose call is `own.*`.

Inputs and outputs are volumes in PyTorch's order, channels first. A module that works on the channels of each position
views its input with channels last, and returns a view with channels first: in memory, tokens stay (batch, length,
channels) from layer to layer.
"""

from collections.abc import Sequence
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cnncalc.pytorch import reads
from cnncalc.pytorch.windows import PatchMerging as PatchMerging
from cnncalc.pytorch.windows import WindowAttention as WindowAttention


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

    def __init__(self, p: float, rank: int, mode: Literal["row", "batch"] = "row") -> None:
        super().__init__()
        self.p, self.mode, self.rank = p, mode, rank

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.p == 0:
            return x
        rows = x.shape[0] if self.mode == "row" else 1
        noise = torch.empty((rows, *(1,) * (1 + self.rank)), dtype=x.dtype, device=x.device)
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
        self.depthwise = conv(in_channels, middle, groups=in_channels, bias=False, **window)
        self.pointwise = conv(middle, out_channels, 1, bias=bias)


class Crop(reads.SomePositions):
    """`size` positions from `start` on, along each axis."""

    def __init__(self, start: Sequence[int], size: Sequence[int]) -> None:
        super().__init__()
        self.start, self.size = tuple(start), tuple(size)

    def forward(self, x: Tensor) -> Tensor:
        for axis, (start, size) in enumerate(zip(self.start, self.size, strict=True), 2):
            x = x.narrow(axis, start, size)
        return x

    def extra_repr(self) -> str:
        return f"start={self.start}, size={self.size}"


class CropTo(reads.SomePositions):
    """The middle of a volume, at the size of another volume."""

    def __init__(self, rank: int) -> None:
        super().__init__()
        self.rank = rank

    def forward(self, x: Tensor, like: Tensor) -> Tensor:
        for axis in range(2, 2 + self.rank):
            x = x.narrow(axis, (x.shape[axis] - like.shape[axis]) // 2, like.shape[axis])
        return x


class ResizeTo(reads.OwnModule):
    """A volume at the size of another volume."""

    def __init__(self, mode: str = "nearest", align_corners: bool | None = None) -> None:
        super().__init__()
        self.mode, self.align_corners = mode, align_corners

    def forward(self, x: Tensor, like: Tensor) -> Tensor:
        return F.interpolate(x, like.shape[2:], mode=self.mode, align_corners=self.align_corners)

    def averaged(self, x: Tensor, *others: Tensor) -> Tensor:
        return reads.interpolated(x, self.mode, self.align_corners, others[0].shape[2:], None)

    def extra_repr(self) -> str:
        return f"mode={self.mode}, align_corners={self.align_corners}"


class Slice(reads.OwnModule):
    """Every `step`-th one from `start` up to, but not including, `stop`, along one dimension."""

    def __init__(self, dim: int, start: int, stop: int, step: int = 1) -> None:
        super().__init__()
        self.dim, self.start, self.stop, self.step = dim, start, stop, step

    def forward(self, x: Tensor) -> Tensor:
        return x[(slice(None),) * self.dim + (slice(self.start, self.stop, self.step),)]

    def averaged(self, x: Tensor, *others: Tensor) -> Tensor:
        result: Tensor = x if self.dim == 1 else self(x)
        return result

    def extra_repr(self) -> str:
        return f"dim={self.dim}, start={self.start}, stop={self.stop}, step={self.step}"


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
        return grouped.transpose(1, 2).clone(memory_format=torch.contiguous_format).flatten(1, 2)

    def extra_repr(self) -> str:
        return f"groups={self.groups}"


class Permute(reads.OwnModule):
    """Axes in another order, in memory too."""

    def __init__(self, dims: Sequence[int]) -> None:
        super().__init__()
        self.dims = tuple(dims)

    def forward(self, x: Tensor) -> Tensor:
        # Always a new tensor, even if the values are already in this order.
        return x.permute(self.dims).clone(memory_format=torch.contiguous_format)

    def averaged(self, x: Tensor, *others: Tensor) -> Tensor:
        if self.dims[1] != 1:
            raise reads.Opaque(type(self).__name__)
        return x.permute(self.dims)

    def extra_repr(self) -> str:
        return f"dims={self.dims}"


class Reshape(reads.OwnModule):
    """The values of each image in another shape."""

    def __init__(self, shape: Sequence[int]) -> None:
        super().__init__()
        self.shape = tuple(shape)

    def forward(self, x: Tensor) -> Tensor:
        # Not -1 for the batch: an image of another size would be split into several.
        return x.reshape(x.shape[0], *self.shape)

    def averaged(self, x: Tensor, *others: Tensor) -> Tensor:
        """There is only one channel here, so the channels must stay, or the positions must be gone before or after."""
        _, *positions = self.shape
        if not positions:
            return x.flatten(1).mean(1, keepdim=True)
        count = x[0, 0].numel()
        if count == 1:
            return x.reshape(-1, 1, *(1,) * len(positions)).expand(-1, 1, *positions)
        if count != torch.Size(positions).numel():
            raise reads.Opaque(type(self).__name__)
        return x.reshape(-1, 1, *positions)

    def extra_repr(self) -> str:
        return f"shape={self.shape}"


class Mean(reads.SomePositions):
    """The mean over dimensions, which are removed."""

    def __init__(self, dim: Sequence[int]) -> None:
        super().__init__()
        self.dim = tuple(dim)

    def forward(self, x: Tensor) -> Tensor:
        return x.mean(self.dim)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class ClassToken(reads.OwnModule):
    """Adds one learned token before all others."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.class_token = nn.Parameter(torch.zeros(1, 1, channels))

    def forward(self, x: Tensor) -> Tensor:
        token = self.class_token.expand(x.shape[0], -1, -1)
        return torch.cat((token, x.transpose(1, 2)), dim=1).transpose(1, 2)

    def averaged(self, x: Tensor, *others: Tensor) -> Tensor:
        return F.pad(x, (1, 0))


class PositionEmbedding(reads.EachPosition):
    """Adds a learned vector to each token, one for each position."""

    def __init__(self, channels: int, length: int) -> None:
        super().__init__()
        self.pos_embedding = nn.Parameter(torch.empty(1, length, channels).normal_(std=0.02))

    def forward(self, x: Tensor) -> Tensor:
        return (x.transpose(1, 2) + self.pos_embedding).transpose(1, 2)


class SelectToken(reads.OwnModule):
    """Takes one token, as features."""

    def __init__(self, index: int) -> None:
        super().__init__()
        self.index = index

    def forward(self, x: Tensor) -> Tensor:
        # The tokens in their memory order: the gradient has this order too, and the layer before reads it without a
        # copy.
        return x.transpose(1, 2).select(1, self.index)

    def averaged(self, x: Tensor, *others: Tensor) -> Tensor:
        return x.select(2, self.index)

    def extra_repr(self) -> str:
        return f"index={self.index}"


class SelfAttention(reads.OwnModule, nn.MultiheadAttention):
    """Multi-head attention between tokens, with PyTorch's parameters.

    The forward pass computes the two products explicitly. PyTorch's own module selects fused kernels by device and
    mode: `torch.utils.flop_counter` counts 0 for those of the CPU, and they keep different tensors for the backward
    pass.
    """

    def __init__(self, embed_dim: int, num_heads: int, bias: bool = True) -> None:
        super().__init__(embed_dim, num_heads, bias=bias, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        batch, width, length = x.shape[0], x.shape[1], x.shape[2]
        heads, each = self.num_heads, self.head_dim
        query, key, value = (
            F.linear(x.transpose(1, 2), self.in_proj_weight, self.in_proj_bias)
            .view(batch, length, 3, heads, each)
            .permute(2, 0, 3, 1, 4)
            # A copy even if a view is possible, so that the memory of a batch is the batch size times that of one
            # image.
            .clone(memory_format=torch.contiguous_format)
            .view(3, batch * heads, length, each)
            .unbind(0)
        )
        shares = torch.bmm(query * each**-0.5, key.transpose(1, 2)).softmax(dim=2)
        joined = (
            torch.bmm(shares, value)
            .view(batch, heads, length, each)
            .transpose(1, 2)
            .clone(memory_format=torch.contiguous_format)
            .view(batch, length, width)
        )
        return F.linear(joined, self.out_proj.weight, self.out_proj.bias).transpose(1, 2)

    def averaged(self, x: Tensor, *others: Tensor) -> Tensor:
        return x.mean(2, keepdim=True).expand_as(x)
