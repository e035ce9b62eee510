"""Modules of transformers, over tokens. As in `modules`, inputs and outputs have channels first."""

import torch
from torch import Tensor, fx, nn
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
        self.pos_embedding = nn.Parameter(
            torch.empty(1, length, channels).normal_(std=0.02)
        )

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


def _order(x: Tensor, dim: int | None) -> list[int]:
    """The dimensions with those of the tokens and the channels last."""
    along = 2 if dim is None else dim
    return [0, *(axis for axis in range(2, x.dim()) if axis != along), along, 1]


@fx.wrap
def _tokens(x: Tensor, dim: int | None) -> Tensor:
    """The rows of a volume whose positions along one dimension are tokens: (rows, tokens, channels)."""
    if x.dim() == 3:
        return x.transpose(1, 2)
    turned = x.permute(_order(x, dim))
    # A copy even if a view is possible: what is kept does not depend on the layout of the input.
    return turned.clone(memory_format=torch.contiguous_format).view(
        -1, *turned.shape[-2:]
    )


@fx.wrap
def _volume(tokens: Tensor, x: Tensor, dim: int | None) -> Tensor:
    """Tokens as they were in the volume."""
    if x.dim() == 3:
        return tokens.transpose(1, 2)
    order = _order(x, dim)
    sizes = [x.shape[axis] for axis in order]
    return tokens.view(sizes).permute([order.index(axis) for axis in range(x.dim())])


class SelfAttention(reads.OwnModule, nn.MultiheadAttention):
    """Multi-head attention between tokens, with PyTorch's parameters.

    `fused` is what PyTorch's own module does where nobody asks for its weights: it selects a kernel by device and mode.
    Otherwise the two products are written out. With `dim` the positions along this dimension are tokens, separately for
    each place along all others.
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        bias: bool = True,
        dim: int | None = None,
        fused: bool = True,
    ) -> None:
        super().__init__(embed_dim, num_heads, bias=bias, batch_first=True)
        self.dim, self.fused = dim, fused

    def forward(self, x: Tensor) -> Tensor:  # type: ignore[override]
        tokens = _tokens(x, self.dim)
        # A trace has the products written out: PyTorch's module looks at what it gets to choose its way.
        given: object = x
        if self.fused and not isinstance(given, fx.Proxy):
            result, _ = super().forward(tokens, tokens, tokens, need_weights=False)
            return _volume(result, x, self.dim)
        batch, length = tokens.shape[0], tokens.shape[1]
        heads, each = self.num_heads, self.head_dim
        projected = F.linear(tokens, self.in_proj_weight, self.in_proj_bias)
        # What is not needed any more is freed before the next copy is made.
        del tokens
        query, key, value = (
            projected.view(batch, length, 3, heads, each)
            .permute(2, 0, 3, 1, 4)
            # A copy even if a view is possible, so that the memory of a batch is the batch size times that of one
            # image.
            .clone(memory_format=torch.contiguous_format)
            .view(3, batch * heads, length, each)
            .unbind(0)
        )
        del projected
        shares = torch.bmm(query * each**-0.5, key.transpose(1, 2)).softmax(dim=2)
        joined = (
            torch.bmm(shares, value)
            .view(batch, heads, length, each)
            .transpose(1, 2)
            .clone(memory_format=torch.contiguous_format)
            .view(batch, length, heads * each)
        )
        result = F.linear(joined, self.out_proj.weight, self.out_proj.bias)
        return _volume(result, x, self.dim)

    def averaged(self, x: Tensor, *others: Tensor) -> Tensor:
        return x.mean(self.dim or 2, keepdim=True).expand_as(x)
