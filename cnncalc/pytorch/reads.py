"""Which positions of its input one of our own modules reads: for one channel, as an average of all it reads."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cnncalc.vocabulary.interpolation import MODES

# The smallest interpolation weight, in float64, that is more than a rounding error, for each input position.
LEAST_WEIGHT = 1e-12
# PyTorch's name for an interpolation between two neighbours along one axis.
ALONG_ONE_AXIS = next(mode for mode, (taps, ranks) in MODES.items() if taps == 2 and ranks == (1,))


class Opaque(Exception):
    """It is unknown which positions a module reads."""


class OwnModule(nn.Module):
    """The base class of our own modules. Every module states what it reads, as an average."""

    def averaged(self, x: Tensor, *others: Tensor) -> Tensor:
        """One channel (batch, 1, *positions) through it; `others` are further operands.

        Raises `Opaque` if what it reads cannot be stated for one channel.
        """
        raise NotImplementedError

    def unread(self) -> Tensor:
        """One channel of what a module gives that reads nothing: no pixel reaches it."""
        raise NotImplementedError


class EachPosition(OwnModule):
    """A module that works on each position separately."""

    def averaged(self, x: Tensor, *others: Tensor) -> Tensor:
        return x


class SomePositions(OwnModule):
    """A module that treats all channels in the same way: one channel as well as several."""

    def averaged(self, x: Tensor, *others: Tensor) -> Tensor:
        result: Tensor = self(x, *others)
        return result


def interpolated(x: Tensor, mode: str, corners: bool | None, size: Any, factor: Any) -> Tensor:
    """Uses the weights along each axis, without signs; `nearest` in float32, as in a network."""
    rank = x.dim() - 2
    sizes = (None,) * rank if size is None else each(size, rank)
    factors = (None,) * rank if factor is None else each(factor, rank)
    for axis, (to, by) in enumerate(zip(sizes, factors, strict=True), 2):
        lines = torch.eye(x.shape[axis], dtype=torch.float32 if mode == "nearest" else torch.float64)[:, None]
        new: dict[str, Any]
        if mode == "bicubic":
            # It needs two axes: the other axis does not change.
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
    """Each position of an axis as the average of those that it reads: `reads` has a row for each output position."""
    weights = reads.to(x) / reads.sum(1, keepdim=True)
    return (x.movedim(axis, -1) @ weights.T).movedim(-1, axis)


def each(value: Any, rank: int) -> tuple[Any, ...]:
    """One number for each axis."""
    return tuple(value) if isinstance(value, tuple | list) else (value,) * rank
