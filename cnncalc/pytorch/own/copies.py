"""Modules that repeat values, or take one position. As in `modules`, inputs and outputs have channels first."""

from collections.abc import Sequence

from torch import Tensor

from cnncalc.pytorch import reads


class Tile(reads.OwnModule):
    """The whole input repeated along each dimension, the batch first."""

    def __init__(self, repeats: Sequence[int]) -> None:
        super().__init__()
        self.repeats = tuple(repeats)

    def forward(self, x: Tensor) -> Tensor:
        return x.repeat(self.repeats)

    def averaged(self, x: Tensor, *others: Tensor) -> Tensor:
        return x.repeat(1, 1, *self.repeats[2:])

    def extra_repr(self) -> str:
        return f"repeats={self.repeats}"


class Unstack(reads.SomePositions):
    """One position along a dimension, without the dimension."""

    def __init__(self, dim: int, index: int) -> None:
        super().__init__()
        self.dim, self.index = dim, index

    def forward(self, x: Tensor) -> Tensor:
        return x.select(self.dim, self.index)

    def extra_repr(self) -> str:
        return f"dim={self.dim}, index={self.index}"
