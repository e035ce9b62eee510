"""Modules that multiply two volumes. As in `modules`, inputs and outputs have channels first."""

import torch
from torch import Tensor

from cnncalc.pytorch import reads


class Matmul(reads.OwnModule):
    """The matrix product of two volumes, of which each can be transposed: positions are rows, channels are columns."""

    def __init__(
        self, first: bool = False, second: bool = False, learned: int | None = None
    ) -> None:
        super().__init__()
        self.first, self.second, self.learned = first, second, learned

    def _each(self, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
        """Both operands with a batch: the learned one, by its number, is a view for each image."""
        if self.learned:
            return x, y.expand(x.shape[0], *y.shape)
        return x.expand(y.shape[0], *x.shape), y

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        if self.learned is not None:
            x, y = self._each(x, y)
        # With channels first both factors are transposed already, so the second one is on the left. (All are views.)
        right = x.reshape(x.shape[0], x.shape[1], -1)
        left = y.reshape(y.shape[0], y.shape[1], -1)
        right = right.transpose(1, 2) if self.first else right
        left = left.transpose(1, 2) if self.second else left
        product = torch.bmm(left, right)
        result: Tensor = product.unflatten(2, (-1,) if self.first else x.shape[2:])  # type: ignore[no-untyped-call]
        return result

    def averaged(self, x: Tensor, *others: Tensor) -> Tensor:
        """Positions of the first operand read their own; everything of a transposed one, and of the second, is read."""
        if self.first:
            # There is only one channel here, and channels become positions.
            raise reads.Opaque(type(self).__name__)
        return (x + others[0].flatten(1).mean(1).view(-1, *(1,) * (x.dim() - 1))) / 2

    def extra_repr(self) -> str:
        learned = "" if self.learned is None else f", learned={self.learned}"
        return f"first={self.first}, second={self.second}{learned}"
