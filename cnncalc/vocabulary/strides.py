"""How far apart in memory the values of a tensor lie, along each of its dimensions: an image's, channels first."""

from collections.abc import Sequence
from itertools import accumulate
from math import prod
from typing import TypeAlias

Strides: TypeAlias = tuple[int, ...]
# How a batch lies: the step from one image to the next, then the strides of an image. None: all in order, no gaps.
Lying: TypeAlias = Strides | None


def in_order(sizes: tuple[int, ...]) -> Strides:
    """Strides of values without gaps, those of the last dimension side by side: as PyTorch makes tensors."""
    return tuple(accumulate(sizes[:0:-1], lambda step, size: step * size, initial=1))[::-1]


def last_in_order(sizes: tuple[int, ...]) -> Strides:
    """Strides of values without gaps, the channels of a position side by side: `torch.channels_last`."""
    channels, *spatial = sizes
    return (1, *(channels * step for step in in_order(tuple(spatial)))) if spatial else (1,)


def regrouped(sizes: tuple[int, ...], strides: Strides, wanted: tuple[int, ...]) -> Strides | None:
    """Strides under which the same values in the same order have other sizes; None where there are none.

    PyTorch copies the values then (`torch.reshape`, by computeStride in ATen/TensorUtils.cpp). Dimensions that follow
    on each other in memory are one run, and every run must be made of whole dimensions.
    """
    runs: list[tuple[int, int]] = []
    for size, stride in zip(reversed(sizes), reversed(strides), strict=True):
        if size == 1:
            continue
        if runs and stride == runs[-1][0] * runs[-1][1]:
            runs[-1] = (size * runs[-1][0], runs[-1][1])
        else:
            runs.append((size, stride))
    result: list[int] = []
    left = list(wanted)
    for count, step in runs:
        taken = 1
        while taken < count:
            result.append(taken * step)
            taken *= left.pop()
        if taken != count:
            return None
    # What is left has one value along each dimension.
    return (*left, *reversed(result))


def steps(sizes: tuple[int, ...], lying: Lying) -> Strides:
    """The strides of a batch of images of these sizes, from one image to the next first."""
    return (prod(sizes), *in_order(sizes)) if lying is None else lying


def channels_last(sizes: tuple[int, ...]) -> Lying:
    """A batch whose channels lie side by side at each position; None where that is the usual order."""
    return lies(sizes, (prod(sizes), *last_in_order(sizes)))


def lies(sizes: tuple[int, ...], strides: Strides) -> Lying:
    """Strides as `Lying` has them: None where they are the usual ones."""
    return None if strides == (prod(sizes), *in_order(sizes)) else strides


def suggests_last(sizes: tuple[int, ...], lying: Lying) -> bool:
    """Whether PyTorch takes a batch of volumes of two or three axes for one with channels last.

    `is_channels_last_strides_2d` and `_3d` in c10/core/MemoryFormat.h.
    """
    if lying is None or len(sizes) not in (3, 4):
        return False
    least = 0
    if lying[1] == 0:
        return False
    for index in (1, *reversed(range(2, len(lying)))):
        if lying[index] < least:
            return False
        least = lying[index] * sizes[index - 1]
    return lying[0] >= least and least != lying[1]


def follows(sizes: tuple[int, ...], lying: Lying, images: int = 2, *, last: bool = False) -> bool:
    """Whether the values have no gaps and lie in order, or with channels `last` (`Tensor.is_contiguous`)."""
    if lying is None and not last:
        return True
    wanted = (prod(sizes), *(last_in_order(sizes) if last else in_order(sizes)))
    return all(
        size == 1 or have == want
        for size, have, want in zip((images, *sizes), steps(sizes, lying), wanted, strict=True)
    )


def as_rows(sizes: tuple[int, ...], lying: Lying, images: int) -> bool:
    """Whether the channels of each position of a batch, side by side, are rows of one matrix as they lie."""
    strides = steps(sizes, lying)
    turned = (images, *sizes[1:], sizes[0])
    rows = (strides[0], *strides[2:], strides[1])
    return regrouped(turned, rows, (prod(turned[:-1]), sizes[0])) is not None


def elementwise(shape: tuple[int, ...], operands: Sequence[tuple[tuple[int, ...], Lying]]) -> Lying:
    """How the result of an operation value by value lies: like its operands, as far as these agree.

    `operands` are sizes of an image and how they lie; `TensorIteratorBase::reorder_dimensions` and
    `compute_fast_setup_type` in aten/src/ATen/TensorIterator.cpp.
    """
    if all(lying is None and sizes == shape for sizes, lying in operands):
        return None
    whole = all(sizes == shape for sizes, _ in operands)
    if whole and all(follows(shape, lying) for _, lying in operands):
        return None
    if whole and all(
        suggests_last(shape, lying) and follows(shape, lying, last=True) for _, lying in operands
    ):
        return channels_last(shape)
    if whole and dense(shape, operands[0][1]) and len({steps(shape, lying) for _, lying in operands}) == 1:
        return operands[0][1]
    batch = (2, *shape)
    given = [
        tuple(
            0 if size == 1 and have != 1 else step
            for size, have, step in zip((2, *sizes), batch, steps(sizes, lying), strict=True)
        )
        for sizes, lying in operands
    ]

    def compared(first: int, other: int) -> int:
        for strides in given:
            a, b = strides[first], strides[other]
            if 0 in (a, b):
                continue
            if a != b:
                return -1 if a < b else 1
            if batch[first] > batch[other]:
                return 1
        return 0

    # The innermost dimension first: an insertion sort, as comparisons may be ambiguous.
    order = list(reversed(range(len(batch))))
    for start in range(1, len(order)):
        index = start
        for before in reversed(range(start)):
            sign = compared(order[before], order[index])
            if sign > 0:
                order[before], order[index] = order[index], order[before]
                index = before
            elif sign < 0:
                break
    result, step = [0] * len(batch), 1
    for dimension in order:
        result[dimension] = step
        step *= batch[dimension]
    return lies(shape, tuple(result))


def dense(sizes: tuple[int, ...], lying: Lying) -> bool:
    """Whether the values have no gaps and none lies twice, in whatever order."""
    if lying is None:
        return True
    expected = 1
    for step, size in sorted((step, size) for step, size in zip(lying, (2, *sizes), strict=True) if size > 1):
        if step != expected:
            return False
        expected *= size
    return True
