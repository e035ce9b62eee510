"""Padding and cropping."""

from collections.abc import Sequence
from typing import Any

from cnncalc.pytorch.capture.arranging import standard
from cnncalc.pytorch.capture.drafting import Drafting, Tensor
from cnncalc.pytorch.capture.mapping import Unmapped, maps
from cnncalc.pytorch.capture.values import Value, group
from cnncalc.pytorch.capture.windows import ENDS, NOTHING, Padded, padded_with_zeros, sides

LAYERS = {"reflect": "reflection_pad", "replicate": "replication_pad", "circular": "circular_pad"}


@maps("pad")
def pad(drafting: Drafting, input: Any, pad: Any, mode: str = "constant", value: Any = None) -> Tensor:
    tensor = drafting.value(input)
    if not any(pad):
        return tensor
    ends = {
        len(tensor.dims) - 1 - index // 2: (pad[index], pad[index + 1]) for index in range(0, len(pad), 2)
    }
    ends = {dim: both for dim, both in ends.items() if any(both)}
    tensor = _spatial(drafting, tensor, ends)
    axes = {
        tensor.axes.index(tensor.dims[dim]) if tensor.dims[dim] else dim: both for dim, both in ends.items()
    }
    if min(axes) < 2:
        raise Unmapped("it pads the channels or the batch")
    pads = [axes.get(axis, (0, 0)) for axis in range(2, len(tensor.axes))]
    if any(size < 0 for both in pads for size in both):
        if mode != "constant":
            raise Unmapped("it crops and reflects")
        return _cropped(drafting, tensor, pads, value)
    if mode in LAYERS:
        return _emitted(drafting, LAYERS[mode], tensor, pads)
    fill = float(value or 0)
    if mode != "constant" or fill not in (0.0, NOTHING):
        raise Unmapped(f"it pads with {value if mode == 'constant' else mode}")
    if tensor.in_order:
        return Padded(scopes=drafting.scopes, place=drafting.place, value=tensor, pads=tuple(pads), fill=fill)
    if fill:
        raise Unmapped(f"it pads with {value}")
    return _emitted(drafting, "zero_pad", tensor, pads)


def _spatial(drafting: Drafting, value: Value, ends: dict[int, Any]) -> Value:
    """The value arranged so that each padded dimension is an axis."""
    if all(value.dims[dim] in value.axes and value.dims[dim] for dim in ends) or value.in_order:
        return value
    return standard(drafting, value)


def _emitted(drafting: Drafting, type: str, value: Value, pads: Sequence[tuple[int, int]]) -> Value:
    axes = list(value.axes)
    dims = list(value.dims)
    for index, (before, after) in enumerate(pads, 2):
        if before or after:
            new = group(_size(value, index) + before + after)
            place = value.dims.index(value.axes[index]) if not value.in_order else index
            axes[index] = dims[place] = new
    return drafting.emit(type, [value], axes, dims, padding=sides(pads))


def _size(value: Value, axis: int) -> int:
    size = 1
    for factor in value.axes[axis]:
        size *= factor.size
    return size


def _cropped(drafting: Drafting, value: Value, pads: Sequence[tuple[int, int]], fill: Any) -> Value:
    """Negative padding removes rows; what is positive is added first."""
    value = drafting.in_order(value)
    added = [(max(0, before), max(0, after)) for before, after in pads]
    if any(size for both in added for size in both):
        if fill:
            raise Unmapped(f"it pads with {fill}")
        value = padded_with_zeros(drafting, value, added)
    removed = [(max(0, -before), max(0, -after)) for before, after in pads]
    cut = {
        word: size
        for words, both in zip(ENDS[len(pads)], removed, strict=True)
        for word, size in zip(words, both, strict=True)
        if size
    }
    sizes = [size - before - after for size, (before, after) in zip(value.shape[2:], removed, strict=True)]
    return drafting.emit("crop", [value], (*value.axes[:2], *map(group, sizes)), sides=cut)
