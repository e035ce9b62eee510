"""How far apart in memory the values of a tensor lie, along each of its dimensions: an image's, channels first."""

from itertools import accumulate
from typing import TypeAlias

Strides: TypeAlias = tuple[int, ...]


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
    found: list[int] = []
    left = list(wanted)
    for count, step in runs:
        taken = 1
        while taken < count:
            found.append(taken * step)
            taken *= left.pop()
        if taken != count:
            return None
    # What is left has one value along each dimension.
    return (*left, *reversed(found))
