"""Modules that copy values to more places. As in `modules`, inputs and outputs have channels first."""

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
