"""Operations that change the number of positions: padding, resizing."""

from math import floor
from typing import Any

from cnncalc.importers.onnx.call import OnnxCall, operator
from cnncalc.importers.onnx.operators._windows import padding_field, short
from cnncalc.importers.onnx.reading import OnnxReading
from cnncalc.importers.onnx.values import BATCH, CHANNELS, Entry, NoLayer, Values
from cnncalc.shape import Shape

_PADS = {
    "constant": "zero_pad",
    "reflect": "reflection_pad",
    "edge": "replication_pad",
    "wrap": "circular_pad",
}
_MODES = {1: "linear", 2: "bilinear", 3: "trilinear"}


@operator("Pad")
def pad(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """A padding layer; `crop` for what is negative."""
    values = call.values()
    rank = len(values.dims)
    pads = list(call.attributes["pads"]) if "pads" in call.attributes else reading.integers(call.given(1))
    axes = reading.integers(call.given(3)) or list(range(rank))
    if pads is None:
        raise NoLayer("its sizes are missing")
    if not any(pads):
        return [values]
    mode = call.attributes.get("mode", b"constant").decode()
    value = call.attributes.get("value") if call.given(2) is None else reading.number(call.given(2))
    if mode == "constant" and value is None and call.given(2) is not None:
        raise NoLayer("what it adds depends on the input")
    if mode == "constant" and value:
        raise NoLayer(f"it adds {value:g}, and not 0")
    if mode not in _PADS:
        raise NoLayer(f"its mode is {mode}")
    by_dim = {axis % rank: (pads[index], pads[index + len(axes)]) for index, axis in enumerate(axes)}
    if not values.has_channels_in(values.channel_dim) or any(len(parts) > 1 for parts in values.dims):
        values = reading.settled(values)
    channel = values.channel_dim
    spatial = [dim for dim in range(1, rank) if dim != channel]
    values = reading.settled(values, channel)
    if any(by_dim.get(BATCH, ())):
        raise NoLayer("it pads the batch")
    if any(by_dim.get(channel, ())):
        raise NoLayer("it pads the channels")
    ends = [by_dim.get(dim, (0, 0)) for dim in spatial]
    cuts = [(max(0, -before), max(0, -after)) for before, after in ends]
    grown = [(max(0, before), max(0, after)) for before, after in ends]
    order = [BATCH] * rank
    for place, dim in enumerate([channel, *spatial]):
        order[dim] = place + CHANNELS
    for type_, changes, sign in (("crop", cuts, -1), (_PADS[mode], grown, 1)):
        if not any(map(any, changes)):
            continue
        sizes = tuple(
            size + sign * sum(pair) for size, pair in zip(values.shape.spatial, changes, strict=True)
        )
        shape = Shape(values.shape.channels, sizes)
        field = padding_field(changes)
        name = reading.emit(type_, (values.node,), shape, {"sides" if type_ == "crop" else "padding": field})
        values = reading.plain(name, tuple(order))
    return [values]


@operator("Resize", "Upsample")
def resize(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """`upsample` by a whole number, else `resize`."""
    values = call.values()
    channel = values.channel_dim
    values = reading.settled(values, channel)
    if call.size[channel] != values.sizes[channel] or call.size[0] != values.sizes[0]:
        raise NoLayer("it changes the number of channels")
    spatial = [dim for dim in range(1, len(values.dims)) if dim != channel]
    after = [call.size[dim] for dim in spatial]
    before = values.shape.spatial
    fields = _filling(call, values, after)
    shape = Shape(values.shape.channels, tuple(after))
    whole = [large // small for large, small in zip(after, before, strict=True)]
    if all(factor * small == large for factor, large, small in zip(whole, after, before, strict=True)):
        type_, fields = "upsample", {"scale": short(whole), **fields}
    else:
        type_, fields = "resize", {"size": short(after), **fields}
    order = [BATCH] * len(values.dims)
    for place, dim in enumerate([channel, *spatial]):
        order[dim] = place + CHANNELS
    if shape == values.shape and fields.get("mode", "nearest") == "nearest":
        return [values]
    return [reading.plain(reading.emit(type_, (values.node,), shape, fields), tuple(order))]


def _filling(call: OnnxCall, values: Values, after: list[int]) -> dict[str, Any]:
    """How values between are computed. Raises `NoLayer` if PyTorch has no such way."""
    attributes = call.attributes
    mode = attributes.get("mode", b"nearest").decode()
    usual = b"half_pixel" if call.op == "Resize" else b"asymmetric"
    places = attributes.get("coordinate_transformation_mode", usual).decode()
    if attributes.get("antialias") or attributes.get("exclude_outside"):
        raise NoLayer("it smooths before it resizes")
    if places == "tf_crop_and_resize":
        raise NoLayer("it resizes a part")
    if mode == "nearest":
        # PyTorch takes floor(position * W / size).
        rounding = attributes.get("nearest_mode", b"round_prefer_floor").decode()
        if call.op == "Resize" and _nearest(values.shape.spatial, after, places, rounding):
            raise NoLayer(f"it takes other nearest values ({places}, {rounding})")
        return {}
    if mode == "cubic" and abs(attributes.get("cubic_coeff_a", -0.75) + 0.75) > 1e-6:
        raise NoLayer("its cubic has another coefficient")
    rank = values.shape.rank
    name = "bicubic" if mode == "cubic" else _MODES[rank]
    if mode == "cubic" and rank != 2:
        raise NoLayer("cubic along other axes than height and width")
    if places not in ("half_pixel", "pytorch_half_pixel", "align_corners"):
        raise NoLayer(f"its positions are {places}")
    if places == "half_pixel" and any(
        large == 1 and small > 1 for large, small in zip(after, values.shape.spatial, strict=True)
    ):
        raise NoLayer(f"its positions are {places}")
    return {"mode": name, **({"align_corners": True} if places == "align_corners" else {})}


def _nearest(before: tuple[int, ...], after: list[int], places: str, rounding: str) -> bool:
    """Whether any position reads another value than PyTorch's nearest one."""
    for small, large in zip(before, after, strict=True):
        for index in range(large):
            ratio = small / large
            if places == "align_corners":
                place = index * (small - 1) / (large - 1) if large > 1 else 0.0
            elif places == "asymmetric":
                place = index * ratio
            else:
                place = (index + 0.5) * ratio - 0.5
            taken = min(max(_rounded(place, rounding), 0), small - 1)
            if taken != min(floor(index * ratio + 1e-9), small - 1):
                return True
    return False


def _rounded(place: float, rounding: str) -> int:
    low = floor(place + 1e-9)
    if rounding == "floor":
        return low
    if rounding == "ceil":
        return -floor(-place + 1e-9)
    half = place - low
    if rounding == "round_prefer_ceil":
        return low + (half >= 0.5 - 1e-9)
    return low + (half > 0.5 + 1e-9)
