"""Keras' layers that join values, or put them in another shape or order."""

from math import prod

from cnncalc.importers import faults
from cnncalc.importers.formats._keras.call import KerasCall
from cnncalc.shape import Shape


def join(call: KerasCall, kind: str) -> str:
    if len(call.sources) < 2:
        return call.source
    if kind != "average":
        return call.add(kind, {}, call.sources)
    total = call.add("add", {}, call.sources, "sum")
    return call.add("scale", {"factor": 1 / len(call.sources)}, [total])


def concatenate(call: KerasCall) -> str:
    if len(call.sources) < 2:
        return call.source
    number = call.config.number("axis", -1, low=-8)
    over = call.axis(number, call.shape)
    if over is None:
        raise call.config.bad("axis", f"an axis of {call.shape}")
    return call.add("concat", {"over": over}, call.sources)


def flatten(call: KerasCall) -> str:
    return call.add("flatten", {}, [call.source])


def reshape(call: KerasCall) -> str:
    sizes = call.config.numbers("target_shape", low=-1)
    shape = call.shape
    if not sizes or len(sizes) > 4 or not all(isinstance(size, int) and size for size in sizes):
        raise call.config.bad("target_shape", "a list of up to four sizes")
    if sizes.count(-1) == 1:
        sizes[sizes.index(-1)] = max(1, shape.size // max(1, abs(prod(sizes))))
    result = call.sized(sizes)
    if result.rank and shape.rank and min(shape.positions, shape.channels) > 1 and not call.channels_first:
        text = "Keras orders values with the channels last, and the spec with the channels first: shapes are equal"
        call.building.note(faults.ASSUMED, call.config.span, text)
    fields = {"channels": result.channels, **dict(zip(result.axes, result.spatial, strict=True))}
    return call.add("reshape", fields, [call.source])


def permute(call: KerasCall) -> str:
    numbers, shape = call.config.numbers("dims", low=1), call.shape
    if not numbers or sorted(numbers) != list(range(1, shape.rank + 2)):
        raise call.config.bad("dims", "the axes in another order, from 1")
    names = [call.axis(number, shape) for number in numbers]
    if call.channels_first:
        names = [*names[1:], names[0]]
    return call.add("permute", {"order": names}, [call.source])


def repeat_vector(call: KerasCall) -> str:
    shape = Shape(call.shape.channels, (call.config.number("n", low=1),))
    return call.unknown("RepeatVector", [call.source], shape, 0, 0)


def resizing(call: KerasCall) -> str:
    config = call.config
    size = [config.number("height", low=1), config.number("width", low=1)]
    mode = config.word(
        "interpolation",
        "bilinear",
        ("nearest", "bilinear", "bicubic", "area", "lanczos3", "lanczos5", "gaussian", "mitchellcubic"),
    )
    if mode not in ("nearest", "bilinear", "bicubic"):
        return call.unknown(
            f"resize by {mode}", [call.source], call.shape._replace(spatial=tuple(size)), 0, 0
        )
    return call.add("resize", {"size": size, "mode": mode}, [call.source])


def scaled_sum(call: KerasCall) -> str:
    """Of Keras' Inception-ResNet: the first, and the second times a constant."""
    if len(call.sources) != 2:
        return call.unknown("CustomScaleLayer", call.sources, call.shape)
    scaled = call.add("scale", {"factor": call.config.decimal("scale", 1)}, [call.sources[1]], "scaled")
    return call.add("add", {}, [call.sources[0], scaled])
