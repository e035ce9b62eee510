"""Modules of transformers, over tokens. As in `modules`, inputs and outputs have channels first."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cnncalc.pytorch import reads


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
    pass. With `dim` the positions along this dimension are tokens, separately for each place along all others.
    """

    def __init__(self, embed_dim: int, num_heads: int, bias: bool = True, dim: int | None = None) -> None:
        super().__init__(embed_dim, num_heads, bias=bias, batch_first=True)
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        dim = 2 if self.dim is None else self.dim
        order = [0, *(axis for axis in range(2, x.dim()) if axis != dim), dim, 1]
        sizes = [x.shape[axis] for axis in order]
        length, width = sizes[-2:]
        batch = x.numel() // (length * width)
        heads, each = self.num_heads, self.head_dim
        query, key, value = (
            # Rows are a copy even if a view is possible: what is kept does not depend on the layout of the input.
            F.linear(
                x.transpose(1, 2)
                if x.dim() == 3
                else x.permute(order).clone(memory_format=torch.contiguous_format).view(batch, length, width),
                self.in_proj_weight,
                self.in_proj_bias,
            )
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
        result = F.linear(joined, self.out_proj.weight, self.out_proj.bias)
        if x.dim() == 3:
            return result.transpose(1, 2)
        return result.view(sizes).permute([order.index(axis) for axis in range(x.dim())])

    def averaged(self, x: Tensor, *others: Tensor) -> Tensor:
        return x.mean(self.dim or 2, keepdim=True).expand_as(x)
