"""Padding in a step of its own: what PyTorch needs where the two ends differ, or are more than its layer takes."""

from collections.abc import Iterable
from typing import TypeAlias

from cnncalc.layers._layer import Tensor, TorchCall
from cnncalc.shape import Shape, Window

# Positions before and after, an axis each. Negative ones crop.
Ends: TypeAlias = tuple[tuple[int, int], ...]


def uneven(windows: Iterable[Window]) -> bool:
    """Whether the padding of some axis differs at its two ends."""
    return any(at.before != at.after for at in windows)


def ends_of(windows: Iterable[Window]) -> Ends:
    """The padding of windows."""
    return tuple((at.before, at.after) for at in windows)


def padded(volume: Shape, ends: Ends) -> Tensor:
    """The padded input, as a tensor."""
    sizes = (size + before + after for size, (before, after) in zip(volume.spatial, ends, strict=True))
    return Tensor("padded", (volume.channels, *sizes), batched=True)


def zero_pad_call(ends: Ends) -> TorchCall:
    """Pads with zeros."""
    return TorchCall(f"nn.ZeroPad{len(ends)}d", {"padding": torch_order(ends)})


def constant_pad_call(ends: Ends, value: float) -> TorchCall:
    """Pads with a value."""
    return TorchCall(f"nn.ConstantPad{len(ends)}d", {"padding": torch_order(ends), "value": value})


def torch_order(ends: Ends) -> tuple[int, ...]:
    """PyTorch's order: last axis first."""
    return tuple(end for pair in reversed(ends) for end in pair)
