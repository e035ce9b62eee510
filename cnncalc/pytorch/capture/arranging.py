"""Layers that put a value's axes in the order in which its dimensions are read."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cnncalc.pytorch.capture.layout import flat, refined, runs
from cnncalc.pytorch.capture.mapping import Unmapped
from cnncalc.pytorch.capture.permutations import permutations
from cnncalc.pytorch.capture.values import Group, Value
from cnncalc.shape import AXES

if TYPE_CHECKING:
    from cnncalc.pytorch.capture.emitting import Emitting


def standard(drafting: "Emitting", value: Value, channels: int | None = None) -> Value:
    """The value with one of its dimensions as channels, and the others as spatial axes in their order."""
    dims = value.dims
    if not dims or dims[0] != value.axes[0]:
        raise Unmapped("the images of the batch are not its first dimension")
    if len(dims) == 1:
        return arrange(drafting, value, (dims[0], ()))
    if channels is None:
        channels = channel_dim(value)
    if channels == 0:
        raise Unmapped("it works over the images of the batch")
    others = (dim for index, dim in enumerate(dims) if index not in (0, channels))
    return arrange(drafting, value, (dims[0], dims[channels], *others))


def channel_dim(value: Value) -> int:
    """The dimension that has the channels of the node, or most of them."""
    whole = [index for index, dim in enumerate(value.dims) if index and dim == value.axes[1] and dim]
    if whole:
        return whole[0]
    some = [index for index, dim in enumerate(value.dims) if index and set(dim) & set(value.axes[1])]
    return some[0] if len(some) == 1 else 1


def arrange(drafting: "Emitting", value: Value, target: Sequence[Group]) -> Value:
    """The value with these axes: batch, channels, spatial axes. Emits reshapes and permutations where they differ."""
    target = tuple(target)
    if value.axes == target:
        return value
    if not target or target[0] != value.axes[0]:
        raise Unmapped("the images of the batch are not its first dimension")
    if len(target) == 1:
        target = (*target, ())
    if set(flat(target)) != set(flat(value.axes)):
        raise Unmapped("its dimensions are only a part of it")
    if value.axes == target:
        return value
    key = (value.node, target)
    if key not in drafting.arranged:
        drafting.arranged[key] = _arranged(drafting, value, target)
    node = drafting.arranged[key]
    return Value(node.node, node.axes, value.dims)


def _arranged(drafting: "Emitting", value: Value, target: tuple[Group, ...]) -> Value:
    """The layers that give a value these axes, which it does not have."""
    source, wanted = flat(value.axes[1:]), flat(target[1:])
    if source != wanted:
        named = _named(drafting, value, target)
        if named is not None:
            return named
        pieces = runs(source, wanted)
        order = sorted(pieces, key=lambda piece: wanted.index(piece[0]))
        for before, after in permutations(pieces, order):
            value = _permuted(drafting, value, before, after)
        if value.axes == target:
            return value
    return _reshape(drafting, value, target)


def _permuted(drafting: "Emitting", value: Value, before: Sequence[Group], after: Sequence[Group]) -> Value:
    """The value as a volume with the axes `before`, permuted to `after`."""
    if value.axes[1:] != tuple(before):
        value = _reshape(drafting, value, (value.axes[0], *before))
    axes = dict(zip(before, ("channels", *AXES[len(before) - 1]), strict=True))
    words = [axes[piece] for piece in (*after[1:], after[0])]
    return drafting.emit("permute", [value], (value.axes[0], *after), value.dims, order=words)


def _reshape(drafting: "Emitting", value: Value, axes: tuple[Group, ...]) -> Value:
    from cnncalc.pytorch.capture.views import reshape_fields

    type, fields = reshape_fields(axes)
    return drafting.emit(type, [value], axes, value.dims, **fields)


def _named(drafting: "Emitting", value: Value, target: tuple[Group, ...]) -> Value | None:
    """A rearrangement that is a layer of its own."""
    axes = value.axes
    if target[2:] == axes[2:] and len(axes[1]) == 2 and target[1] == axes[1][::-1]:
        return drafting.emit("channel_shuffle", [value], target, value.dims, groups=axes[1][0].size)
    if len(axes) != 4 or len(target) != 4:
        return None
    # Positions to channels: (C, H bh, W bw) -> (C bh bw, H, W), and back.
    if all(axes[2:]) and target[2:] == (axes[2][:-1], axes[3][:-1]):
        high, wide = axes[2][-1], axes[3][-1]
        if high.size == wide.size:
            if target[1] == (*axes[1], high, wide):
                return drafting.emit(
                    "pixel_unshuffle", [value], target, value.dims, downscale_factor=high.size
                )
            if target[1] == (wide, high, *axes[1]) and high.size == 2:
                return drafting.emit("patch_merging", [value], target, value.dims)
            if target[1] == (high, wide, *axes[1]):
                return drafting.emit("space_to_depth", [value], target, value.dims, block=high.size)
    if all(target[2:]) and (target[2][:-1], target[3][:-1]) == axes[2:]:
        high, wide = target[2][-1], target[3][-1]
        if high.size == wide.size:
            if axes[1] == (*target[1], high, wide):
                return drafting.emit("pixel_shuffle", [value], target, value.dims, upscale_factor=high.size)
            if axes[1] == (high, wide, *target[1]):
                return drafting.emit("depth_to_space", [value], target, value.dims, block=high.size)
    return None


def joined(drafting: "Emitting", first: Value, second: Value) -> tuple[Value, Value]:
    """Two values arranged so that equal dimensions are equal axes of their nodes."""
    for tensor in (first, second):
        if tensor.expanded:
            raise Unmapped("an operand is repeated by `expand`")
    count = max(len(first.dims), len(second.dims))
    base, other = (
        Value(value.node, value.axes, ((),) * (count - len(value.dims)) + value.dims)
        for value in (first, second)
    )
    divided = refined((base.axes, base.dims), (other.axes, other.dims))
    if divided is None:
        base, other = standard(drafting, base), standard(drafting, other)
        divided = refined((base.axes, base.dims), (other.axes, other.dims))
        if divided is None:
            raise Unmapped("the operands are divided in different ways")
    base, other = (Value(value.node, *view) for value, view in zip((base, other), divided, strict=True))
    target = _like(base, other)
    if target is not None and target != other.axes:
        # If the first one has been arranged like the second already, that is read. If the code has seen it in another
        # order, and the second one is as the code has it, the first one is arranged.
        back = _like(other, base)
        seen = not base.in_order and other.in_order
        if back is not None and (seen or (base.node, back) in drafting.arranged):
            return arrange(drafting, base, back), other
    if target is None:
        back = _like(other, base)
        if back is not None:
            return arrange(drafting, base, back), other
        base, other = standard(drafting, base), standard(drafting, other, channel_dim(base))
        target = _like(base, other)
        if target is None:
            raise Unmapped("the operands have different dimensions")
    return base, arrange(drafting, other, target)


def _like(first: Value, second: Value) -> tuple[Group, ...] | None:
    """The axes of the second that are those of the first; None if one of them is only in part there."""
    there: dict[object, Group] = {}
    free: list[Group] = []
    for base, other in zip(first.dims, second.dims, strict=True):
        if base and other:
            there.update({factor: (same,) for factor, same in zip(base, other, strict=True)})
        elif base:
            there.update(dict.fromkeys(base, ()))
        else:
            free.append(other)
    target: list[Group] = []
    for axis in first.axes:
        if not axis:
            target.append(free.pop(0) if free else ())
            continue
        collected = [there[factor] for factor in axis]
        if any(collected) and not all(collected):
            return None
        target.append(flat(collected))
    if any(free):
        return None
    return tuple(target)
