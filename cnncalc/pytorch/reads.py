"""What a module of our own reads of the positions of its input: one channel of it, as an average of what it reads."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cnncalc.vocabulary.interpolation import MODES

# A weight of an interpolation that is not 0 by more than rounding, in float64, for each position of the input.
LEAST_WEIGHT = 1e-12
# PyTorch's word for an interpolation between two neighbours along one axis.
ALONG_ONE_AXIS = next(mode for mode, (taps, ranks) in MODES.items() if taps == 2 and ranks == (1,))


class Opaque(Exception):
    """A module of which it is not known here what it reads."""


class OwnModule(nn.Module):
    """A module of our own. Every one states what it reads, as an average."""

    def averaged(self, x: Tensor, *others: Tensor) -> Tensor:
        """One channel (batch, 1, *positions) through it; `others` are further operands.

        Raises `Opaque` where what it reads can't be stated for one channel.
        """
        raise NotImplementedError


class EachPosition(OwnModule):
    """A module that looks at each position alone."""

    def averaged(self, x: Tensor, *others: Tensor) -> Tensor:
        return x


class SomePositions(OwnModule):
    """A module that treats all channels alike: one of them as it treats several."""

    def averaged(self, x: Tensor, *others: Tensor) -> Tensor:
        result: Tensor = self(x, *others)
        return result


def interpolated(x: Tensor, mode: str, corners: bool | None, size: Any, factor: Any) -> Tensor:
    """By the weights along each axis, without signs; the nearest in float32, as a network runs."""
    rank = x.dim() - 2
    sizes = (None,) * rank if size is None else each(size, rank)
    factors = (None,) * rank if factor is None else each(factor, rank)
    for axis, (to, by) in enumerate(zip(sizes, factors, strict=True), 2):
        lines = torch.eye(x.shape[axis], dtype=torch.float32 if mode == "nearest" else torch.float64)[:, None]
        new: dict[str, Any]
        if mode == "bicubic":
            # It needs two axes: the other stays as it is.
            lines = lines[:, :, None].expand(-1, -1, 4, -1)
            new = {"scale_factor": (1.0, float(by))} if by is not None else {"size": (4, to)}
        else:
            new = {"scale_factor": float(by)} if by is not None else {"size": to}
        new |= {} if mode == "nearest" else {"align_corners": corners}
        single = mode if mode in ("nearest", "bicubic") else ALONG_ONE_AXIS
        weights = F.interpolate(lines, mode=single, **new).flatten(1, -2)[:, 0]
        x = along(x, axis, (weights.abs() > LEAST_WEIGHT * x.shape[axis]).T)
    return x


def along(x: Tensor, axis: int, reads: Tensor) -> Tensor:
    """Each position of an axis as the average of those that it reads: `reads` is a row for each of the output."""
    weights = reads.to(x) / reads.sum(1, keepdim=True)
    return (x.movedim(axis, -1) @ weights.T).movedim(-1, axis)


def each(value: Any, rank: int) -> tuple[Any, ...]:
    """One number for each axis."""
    return tuple(value) if isinstance(value, tuple | list) else (value,) * rank
