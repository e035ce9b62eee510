"""Modules that reduce dimensions to one value, or share out 1 along them. Channels come first, as in `modules`."""

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
        self.gone = (
            tuple(axis for axis in self.dim if axis > 1)
            if 1 in self.dim and not keep
            else ()
        )

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


class _Spread(_Reduction):
    """How far values over dimensions are from their mean."""

    def __init__(
        self, dim: Sequence[int], keep: bool = False, correction: int = 1
    ) -> None:
        super().__init__(dim, keep)
        self.correction = correction

    def extra_repr(self) -> str:
        return f"{super().extra_repr()}, correction={self.correction}"


class Std(_Spread):
    """The standard deviation over dimensions."""

    def reduced(self, x: Tensor, keepdim: bool) -> Tensor:
        return x.std(self.dim, correction=self.correction, keepdim=keepdim)


class Var(_Spread):
    """The variance over dimensions."""

    def reduced(self, x: Tensor, keepdim: bool) -> Tensor:
        return x.var(self.dim, correction=self.correction, keepdim=keepdim)


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


class _JointSoftmax(reads.OwnModule):
    """A softmax over several dimensions together: they become one, which is last unless they are adjacent."""

    def __init__(self, dim: Sequence[int]) -> None:
        super().__init__()
        self.dim = tuple(dim)

    def joint(self, x: Tensor, dim: int) -> Tensor:
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        first, count = self.dim[0], len(self.dim)
        if self.dim[-1] - first == count - 1:
            return self.joint(x.flatten(first, first + count - 1), first).view(x.shape)
        last = tuple(range(-count, 0))
        moved = x.movedim(self.dim, last)
        return (
            self.joint(moved.flatten(-count), -1)
            .view(moved.shape)
            .movedim(last, self.dim)
        )

    def averaged(self, x: Tensor, *others: Tensor) -> Tensor:
        return x.mean(self.dim, keepdim=True).expand_as(x)

    def extra_repr(self) -> str:
        return f"dim={self.dim}"


class Softmax(_JointSoftmax):
    """Softmax over several dimensions."""

    def joint(self, x: Tensor, dim: int) -> Tensor:
        return x.softmax(dim)


class LogSoftmax(_JointSoftmax):
    """The logarithm of softmax over several dimensions."""

    def joint(self, x: Tensor, dim: int) -> Tensor:
        return x.log_softmax(dim)
