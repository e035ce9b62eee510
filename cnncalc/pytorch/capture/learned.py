"""Parameters that are operands: layer scale, positions, class tokens, and `learned` for all others."""

from typing import TYPE_CHECKING

from cnncalc.pytorch.capture.layout import flat
from cnncalc.pytorch.capture.mapping import Unmapped
from cnncalc.pytorch.capture.values import Group, Own, Value, group, size_of

if TYPE_CHECKING:
    from cnncalc.pytorch.capture.drafting import Drafting


def combined_with_learned(drafting: "Drafting", type: str, value: Value, own: Own, *, swapped: bool) -> Value:
    """An operation on a value and a tensor of the model."""
    if value.expanded:
        raise Unmapped("its input is repeated by `expand`")
    if not own.learned:
        what = (
            f"computed by {own.function}" if own.function else "a constant" if not own.names else "a buffer"
        )
        raise Unmapped(f"an operand is {what}")
    value, sizes = aligned(drafting, value, own)
    if sizes is None:
        raise Unmapped("the result is larger than the operand that depends on the input")
    if own.plain is None:
        from cnncalc.pytorch.capture.computed import computed_layers

        return _emit(drafting, type, value, computed_layers(drafting, own, value), swapped=swapped)
    spread = [index for index, size in enumerate(sizes) if size > 1]
    channels = size_of(value.axes[1])
    is_own = drafting.is_learned_layer(own)
    if type == "mul" and not is_own and set(spread) == {0} and own.size == channels:
        return drafting.elementwise("layer_scale", value, weights={"weight": own})
    change = order_of(value, own)
    if type == "add" and not is_own and value.rank == 1 and spread == [0, 1]:
        return drafting.elementwise(
            "position_embedding",
            value,
            weights={"pos_embedding": own},
            # The layer has its parameter with the channels last.
            changes={"pos_embedding": "" if change else "transpose"},
        )
    return _emit(drafting, type, value, learned(drafting, own, sizes, value.rank, change), swapped=swapped)


def _emit(drafting: "Drafting", type: str, value: Value, other: Value, *, swapped: bool) -> Value:
    operands = [other, value] if swapped else [value, other]
    return drafting.emit(type, operands, value.axes, value.dims)


def learned(drafting: "Drafting", own: Own, sizes: list[int], rank: int, change: str = "") -> Value:
    """A `learned` layer with these sizes, channels first: one for all that read the parameter like this."""
    text: int | str = 1
    if own.size > 1:
        text = "x".join(map(str, (*sizes[1:], sizes[0]))) if rank else sizes[0]
    key = (own.plain or "", text, change)
    if key not in drafting.learned:
        drafting.learned[key] = _emitted(drafting, own, sizes, text, change)
    return drafting.learned[key]


def _emitted(drafting: "Drafting", own: Own, sizes: list[int], text: int | str, change: str) -> Value:
    axes: tuple[Group, ...] = ((), ()) if own.size == 1 else ((), *map(group, sizes))
    init = drafting.learned_layers.get(own.plain or "", 1.0)
    return drafting.emit(
        "learned",
        [],
        axes,
        shape=text,
        init=None if init == 1 else init,
        weights={"weight": own},
        changes={"weight": change},
    )


def aligned(drafting: "Drafting", value: Value, own: Own) -> tuple[Value, list[int] | None]:
    """The value, and the tensor's size along each of its axes, channels first.

    None if the tensor is larger than the value.
    """
    from cnncalc.pytorch.capture.arranging import standard

    more = len(value.dims) - len(own.sizes)
    if more < 0:
        if any(size > 1 for size in own.shape[:-more]):
            return value, None
        shape = own.sizes[-more:]
    else:
        shape = (1,) * more + own.sizes
    for attempt in range(2):
        sizes = [1] * (len(value.axes) - 1)
        done = True
        for dim, size in zip(value.dims, shape, strict=True):
            if size == 1:
                continue
            if size != size_of(dim):
                return value, None
            place = next((index for index, axis in enumerate(value.axes) if index and axis == dim), None)
            if place is None:
                done = False
                break
            sizes[place - 1] = size
        if done:
            return value, sizes
        if attempt == 0:
            value = standard(drafting, value)
    raise Unmapped("its dimensions are only a part of an axis")


def order_of(value: Value, own: Own) -> str:
    """How a parameter becomes channels first: `permute 2 0 1` of its dimensions larger than 1, or nothing."""
    count = len(value.dims)
    dims = ((),) * max(0, count - len(own.dims)) + own.dims[-count:] if own.dims else ((),) * count
    stored = list(flat(own.axes))
    wanted: list[object] = []
    for axis in value.axes[1:]:
        for dim, part in zip(value.dims, dims, strict=True):
            if axis and dim == axis:
                wanted += part
    if wanted == stored:
        return ""
    order = [stored.index(factor) for factor in wanted]  # type: ignore[arg-type]
    return f"permute {' '.join(map(str, order))}" if order != sorted(order) else ""
