"""Modules that reduce dimensions to one value. As in `modules`, inputs and outputs have channels first."""

from collections.abc import Sequence

import torch
from torch import Tensor

from cnncalc.pytorch import reads


class _Reduction(reads.OwnModule):
    """Reduces dimensions, which are removed unless `keep`; dimension 1, the channels, is always kept with size 1."""

    def __init__(self, dim: Sequence[int], keep: bool = False) -> None:
        super().__init__()
        self.dim, self.keep = tuple(dim), keep
        # What has to be removed after the reduction, which keeps all dimensions or none.
        self.gone = tuple(axis for axis in self.dim if axis > 1) if 1 in self.dim and not keep else ()

    def reduced(self, x: Tensor, keepdim: bool) -> Tensor:
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        result = self.reduced(x, self.keep or 1 in self.dim)
        return result.squeeze(self.gone) if self.gone else result

    def averaged(self, x: Tensor, *others: Tensor) -> Tensor:
        result = x.mean(self.dim, keepdim=self.keep or 1 in self.dim)
        return result.squeeze(self.gone) if self.gone else result

    def extra_repr(self) -> str:
        return f"dim={self.dim}" + (", keep=True" if self.keep else "")


class Mean(_Reduction):
    """The mean over dimensions."""

    def reduced(self, x: Tensor, keepdim: bool) -> Tensor:
        return x.mean(self.dim, keepdim=keepdim)


class Sum(_Reduction):
    """The sum over dimensions."""

    def reduced(self, x: Tensor, keepdim: bool) -> Tensor:
        return x.sum(self.dim, keepdim=keepdim)


class Max(_Reduction):
    """The largest value over dimensions."""

    def reduced(self, x: Tensor, keepdim: bool) -> Tensor:
        return x.amax(self.dim, keepdim=keepdim)


class Std(_Reduction):
    """The standard deviation over dimensions."""

    def __init__(self, dim: Sequence[int], keep: bool = False, correction: int = 1) -> None:
        super().__init__(dim, keep)
        self.correction = correction

    def reduced(self, x: Tensor, keepdim: bool) -> Tensor:
        return x.std(self.dim, correction=self.correction, keepdim=keepdim)

    def extra_repr(self) -> str:
        return f"{super().extra_repr()}, correction={self.correction}"


class VectorNorm(_Reduction):
    """The vector norm over dimensions."""

    def __init__(self, p: float, dim: Sequence[int], keep: bool = False) -> None:
        super().__init__(dim, keep)
        self.p = p

    def reduced(self, x: Tensor, keepdim: bool) -> Tensor:
        result: Tensor = torch.linalg.vector_norm(x, self.p, self.dim, keepdim)
        return result

    def extra_repr(self) -> str:
        return f"p={self.p:g}, {super().extra_repr()}"
