"""Modules that select, reorder or combine positions. As in `modules`, inputs and outputs have channels first."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from cnncalc.pytorch import reads


class Crop(reads.SomePositions):
    """`size` positions from `start` on, along each axis."""

    def __init__(self, start: Sequence[int], size: Sequence[int]) -> None:
        super().__init__()
        self.start, self.size = tuple(start), tuple(size)

    def forward(self, x: Tensor) -> Tensor:
        for axis, (start, size) in enumerate(
            zip(self.start, self.size, strict=True), 2
        ):
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
            x = x.narrow(
                axis, (x.shape[axis] - like.shape[axis]) // 2, like.shape[axis]
            )
        return x


class PadTo(reads.SomePositions):
    """A volume in the middle of zeros, at the size of another volume."""

    def __init__(self, rank: int) -> None:
        super().__init__()
        self.rank = rank

    def forward(self, x: Tensor, like: Tensor) -> Tensor:
        ends = []
        for axis in reversed(range(2, 2 + self.rank)):
            more = like.shape[axis] - x.shape[axis]
            ends += [more // 2, more - more // 2]
        return F.pad(x, ends)


class Roll(reads.SomePositions):
    """Positions moved in a circle: by a number of positions along each dimension, one after another.

    A roll of two dimensions at once allocates a hidden tensor between them.
    """

    def __init__(self, shifts: Sequence[tuple[int, int]]) -> None:
        super().__init__()
        self.shifts = tuple(shifts)

    def forward(self, x: Tensor) -> Tensor:
        for dim, shift in self.shifts:
            x = x.roll(shift, dim)
        return x

    def extra_repr(self) -> str:
        return f"shifts={self.shifts}"


class ResizeTo(reads.OwnModule):
    """A volume at the size of another volume."""

    def __init__(
        self, mode: str = "nearest", align_corners: bool | None = None
    ) -> None:
        super().__init__()
        self.mode, self.align_corners = mode, align_corners

    def forward(self, x: Tensor, like: Tensor) -> Tensor:
        return F.interpolate(
            x, like.shape[2:], mode=self.mode, align_corners=self.align_corners
        )

    def averaged(self, x: Tensor, *others: Tensor) -> Tensor:
        return reads.interpolated(
            x, self.mode, self.align_corners, others[0].shape[2:], None
        )

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
