"""Modules of learned tensors, which have no batch. As in `modules`, inputs and outputs have channels first."""

import torch
from torch import Tensor, nn

from cnncalc.pytorch import reads


class Learned(reads.OwnModule):
    """A parameter: it reads nothing."""

    def __init__(self, shape: tuple[int, ...], init: float = 1.0) -> None:
        super().__init__()
        self.init = init
        self.weight = nn.Parameter(torch.full(shape, init))

    def forward(self) -> Tensor:
        return self.weight

    def unread(self) -> Tensor:
        """Zeros, for one image."""
        return torch.zeros(1, 1, *self.weight.shape[1:], dtype=torch.float64)

    def extra_repr(self) -> str:
        return f"{tuple(self.weight.shape)}, init={self.init}"


class Concat(reads.OwnModule):
    """Joins its operands along a dimension of a batch; those in `learned` (by number) are joined to every image."""

    def __init__(self, dim: int, rank: int, learned: tuple[int, ...]) -> None:
        super().__init__()
        self.dim, self.rank, self.learned = dim, rank, learned

    def forward(self, *operands: Tensor) -> Tensor:
        images = next(
            x.shape[0] for index, x in enumerate(operands) if index not in self.learned
        )
        joined = [
            x.expand(images, *(-1,) * (self.rank + 1)) if index in self.learned else x
            for index, x in enumerate(operands)
        ]
        return torch.cat(joined, self.dim)

    def averaged(self, x: Tensor, *others: Tensor) -> Tensor:
        operands = (x, *others)
        if self.dim == 1:
            # Of one channel each: a pixel is seen if any operand sees it.
            return sum(others, x)
        images = max(operand.shape[0] for operand in operands)
        return torch.cat(
            [operand.expand(images, *operand.shape[1:]) for operand in operands],
            self.dim,
        )

    def extra_repr(self) -> str:
        return f"dim={self.dim}, rank={self.rank}, learned={self.learned}"
