"""The strides of tensors: the distance in memory between values along each dimension of an image, channels first."""

from collections.abc import Sequence
from itertools import accumulate
from math import prod
from typing import TypeAlias

Strides: TypeAlias = tuple[int, ...]
# The layout of a batch: the step from one image to the next, then the strides of an image. None: contiguous.
Lying: TypeAlias = Strides | None


def in_order(sizes: tuple[int, ...]) -> Strides:
    """The strides of a contiguous tensor, as PyTorch creates it."""
    return tuple(accumulate(sizes[:0:-1], lambda step, size: step * size, initial=1))[::-1]


def contiguous(sizes: tuple[int, ...], strides: Strides) -> bool:
    """Whether a tensor is contiguous: the strides of axes of size 1 do not matter."""
    return all(
        size == 1 or have == want for size, have, want in zip(sizes, strides, in_order(sizes), strict=True)
    )


def last_in_order(sizes: tuple[int, ...]) -> Strides:
    """The strides of a tensor in channels-last format: `torch.channels_last`."""
    channels, *spatial = sizes
    return (1, *(channels * step for step in in_order(tuple(spatial)))) if spatial else (1,)


def regrouped(sizes: tuple[int, ...], strides: Strides, wanted: tuple[int, ...]) -> Strides | None:
    """The strides of a view of the same values with other sizes; None if no view is possible.

    PyTorch then copies the values (`torch.reshape`, by computeStride in ATen/TensorUtils.cpp). Dimensions that are
    contiguous in memory form one run, and every run must consist of whole dimensions. Those of size 1 belong to the run
    after them.
    """
    result: list[int] = []
    left = list(wanted)
    base, values = strides[-1], 1
    for index in reversed(range(len(sizes))):
        values *= sizes[index]
        if index and (sizes[index - 1] == 1 or strides[index - 1] == values * base):
            continue
        taken = 1
        while left and (taken < values or left[-1] == 1):
            result.append(taken * base)
            taken *= left.pop()
        if taken != values:
            return None
        base, values = strides[index - 1], 1
    return tuple(reversed(result))


def steps(sizes: tuple[int, ...], lying: Lying) -> Strides:
    """The strides of a batch of images of these sizes; first the step from one image to the next."""
    return (prod(sizes), *in_order(sizes)) if lying is None else lying


def channels_last(sizes: tuple[int, ...]) -> Lying:
    """A batch in channels-last format; None if this is the same as the usual order."""
    return lies(sizes, (prod(sizes), *last_in_order(sizes)))


def lies(sizes: tuple[int, ...], strides: Strides) -> Lying:
    """Strides as a `Lying`: None if they are the usual ones."""
    return None if strides == (prod(sizes), *in_order(sizes)) else strides


def suggests_last(sizes: tuple[int, ...], lying: Lying) -> bool:
    """Whether PyTorch treats a batch of volumes with two or three axes as channels-last.

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
    """Whether the values are contiguous, or contiguous with channels `last` (`Tensor.is_contiguous`)."""
    if lying is None and not last:
        return True
    wanted = (prod(sizes), *(last_in_order(sizes) if last else in_order(sizes)))
    return all(
        size == 1 or have == want
        for size, have, want in zip((images, *sizes), steps(sizes, lying), wanted, strict=True)
    )


def as_rows(sizes: tuple[int, ...], lying: Lying, images: int, *, last_axis_alone: bool = False) -> bool:
    """Whether the channels of all positions of a batch are rows of one matrix, without a copy.

    `last_axis_alone`: of several matrices, one for each index of all axes but the last.
    """
    strides = steps(sizes, lying)
    turned = (images, *sizes[1:], sizes[0])
    rows = (strides[0], *strides[2:], strides[1])
    wanted = (prod(turned[:-2]), turned[-2]) if last_axis_alone else (prod(turned[:-1]),)
    return regrouped(turned, rows, (*wanted, sizes[0])) is not None


def elementwise(
    shape: tuple[int, ...], operands: Sequence[tuple[tuple[int, ...], Lying]], *, subclasses: bool = False
) -> Lying:
    """The layout of the result of an elementwise operation: like its operands, as far as they agree.

    `operands` are sizes of an image and their layouts; `TensorIteratorBase::reorder_dimensions` and
    `compute_fast_setup_type` in aten/src/ATen/TensorIterator.cpp. For `subclasses` of tensors that are both contiguous
    and channels-last (axes of size 1 allow that), `compute_elementwise_output_logical_to_physical_perm` in
    torch/_prims_common/__init__.py.
    """
    if all(lying is None and sizes == shape for sizes, lying in operands):
        return None
    whole = all(sizes == shape for sizes, _ in operands)
    both = subclasses and len(shape) == 3 and all(follows(shape, lying, last=True) for _, lying in operands)
    if whole and not both and all(follows(shape, lying) for _, lying in operands):
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

    # The innermost dimension first: an insertion sort, because comparisons can be ambiguous.
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
    """Whether the values have no gaps and no overlaps, in any order."""
    if lying is None:
        return True
    expected = 1
    for step, size in sorted((step, size) for step, size in zip(lying, (2, *sizes), strict=True) if size > 1):
        if step != expected:
            return False
        expected *= size
    return True
