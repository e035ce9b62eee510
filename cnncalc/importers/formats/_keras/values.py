"""Keras' layers that work value by value, or on features: dense layers, norms, activations, joins, shapes."""

from math import prod
from typing import Any

from cnncalc.importers import faults
from cnncalc.importers.formats._keras.activations import activate
from cnncalc.importers.formats._keras.call import KerasCall
from cnncalc.importers.formats._keras.config import BadKerasLayer
from cnncalc.shape import Shape


def dense(call: KerasCall) -> str:
    config = call.config
    fields = {"units": config.number("units", low=1), "bias": config.flag("use_bias", True)}
    kind = "linear" if call.shape.rank else "fc"
    return activate(call, call.add(kind, fields, [call.source]), call.at("activation"))


def batch_norm(call: KerasCall) -> str:
    config = call.config
    axis = config.numbers("axis", low=-8) or [-1]
    if (
        call.axis(axis[0] if isinstance(axis[0], int) else -1, call.shape) not in ("channels", None)
        or len(axis) > 1
    ):
        return call.unknown("BatchNormalization of another axis", [call.source], call.shape)
    scale, shift = config.flag("scale", True), config.flag("center", True)
    fields: dict[str, Any] = {
        "eps": config.decimal("epsilon", 1e-3),
        "momentum": round(1 - config.decimal("momentum", 0.99), 9),
    }
    if not scale and not shift:
        fields["affine"] = False
    elif not shift:
        fields["bias"] = False
    y = call.add("bn", fields, [call.source]) if scale or not shift else None
    if y is None:
        # A shift without a scale.
        y = call.add("bn", {**fields, "affine": False}, [call.source])
        return _shifted(call, y)
    return y


def _shifted(call: KerasCall, y: str) -> str:
    shape = call.shape
    size = "x".join(["1"] * shape.rank + [str(shape.channels)]) if shape.rank else shape.channels
    vector = call.add("learned", {"shape": size, "init": 0.0}, [], "beta")
    return call.add("add", {}, [y, vector], "shifted")


def layer_norm(call: KerasCall) -> str:
    config, shape = call.config, call.shape
    axis = config.numbers("axis", low=-8) or [-1]
    plain = config.flag("scale", True) and config.flag("center", True)
    if len(axis) != 1 or not isinstance(axis[0], int) or call.axis(axis[0], shape) != "channels" or not plain:
        return call.unknown("LayerNormalization", [call.source], shape)
    kind = "ln2d" if shape.rank == 2 else "ln"
    return call.add(kind, {"eps": config.decimal("epsilon", 1e-3)}, [call.source])


def group_norm(call: KerasCall) -> str:
    config, shape = call.config, call.shape
    groups = config.number("groups", 32, low=-1)
    if not (config.flag("scale", True) and config.flag("center", True)):
        return call.unknown("GroupNormalization", [call.source], shape)
    fields = {"groups": shape.channels if groups == -1 else groups, "eps": config.decimal("epsilon", 1e-3)}
    return call.add("gn", fields, [call.source])


def normalization(call: KerasCall) -> str:
    """(x - mean)/deviation of the data, which are saved and not trained."""
    shape = call.shape
    size = "x".join(["1"] * shape.rank + [str(shape.channels)]) if shape.rank else shape.channels
    mean, deviation = (
        call.building.add(
            "learned",
            {"shape": size},
            [],
            name=f"{call.name}_{part}",
            span=call.config.span,
            scopes=call.scopes,
            controls={"freeze": True},
        )
        for part in ("mean", "deviation")
    )
    y = call.add("sub", {}, [call.source, mean], "shifted")
    return call.add("div", {}, [y, deviation])


def rescaling(call: KerasCall) -> str:
    config, y = call.config, call.source
    scale, offset = call.at("scale"), call.at("offset")
    if any(
        node is not None and config.numbers(name)
        for name, node in (("scale", scale), ("offset", offset))
        if not _plain(node)
    ):
        return call.unknown("Rescaling", [y], call.shape, 0, 0)
    factor, shift = config.decimal("scale", 1), config.decimal("offset", 0)
    y = call.add("scale", {"factor": factor}, [y])
    return call.add("add", {"numbers": [None, shift]}, [y], "shift") if shift else y


def _plain(node: Any) -> bool:
    return node is None or not hasattr(node, "items")


def activation(call: KerasCall) -> str:
    return activate(call, call.source, call.at("activation"), "")


def relu(call: KerasCall) -> str:
    config = call.config
    most, slope = call.at("max_value"), config.decimal("negative_slope", 0)
    if config.decimal("threshold", 0):
        return call.unknown("ReLU with a threshold", [call.source], call.shape, 0, 0)
    if slope:
        y = call.add("leaky_relu", {"negative_slope": slope}, [call.source])
        return y if most is None else call.add("clamp", {"max": config.decimal("max_value", 0)}, [y], "most")
    if most is None:
        return call.add("relu", {}, [call.source])
    limit = config.decimal("max_value", 6)
    if limit == 6:
        return call.add("relu6", {}, [call.source])
    return call.add("clamp", {"min": 0, "max": limit}, [call.source])


def leaky_relu(call: KerasCall) -> str:
    name = "negative_slope" if call.at("negative_slope") is not None else "alpha"
    return call.add("leaky_relu", {"negative_slope": call.config.decimal(name, 0.3)}, [call.source])


def prelu(call: KerasCall) -> str:
    shape = call.shape
    shared = call.config.numbers("shared_axes", low=-8) or []
    if len(shared) != shape.rank:
        return call.unknown("PReLU of each position", [call.source], shape, shape.size)
    return call.add("prelu", {"num_parameters": shape.channels}, [call.source])


def elu(call: KerasCall) -> str:
    return call.add("elu", {"alpha": call.config.decimal("alpha", 1)}, [call.source])


def softmax(call: KerasCall) -> str:
    axis = call.config.numbers("axis", low=-8) or [-1]
    over = call.axis(axis[0], call.shape) if isinstance(axis[0], int) and len(axis) == 1 else None
    if over is None:
        return call.unknown("Softmax", [call.source], call.shape, 0, 0)
    return call.add("softmax", {"over": over}, [call.source])


def dropout(call: KerasCall) -> str:
    return call.add("dropout", {"p": call.config.decimal("rate", 0.5)}, [call.source])


def spatial_dropout(call: KerasCall) -> str:
    return call.add("dropout2d", {"p": call.config.decimal("rate", 0.5)}, [call.source])


def same(call: KerasCall) -> str:
    """What does something in training only."""
    return call.source


def training_only(call: KerasCall) -> str:
    text = f"`{call.config.kind}` changes images in training only: it is left out"
    call.building.note(faults.LEFT_OUT, call.config.span, text)
    return call.source


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


def layer_scale(call: KerasCall) -> str:
    """Of Keras' ConvNeXt: a learned factor for each channel."""
    return call.add("layer_scale", {"init": call.config.decimal("init_values", 1e-6)}, [call.source])


def stochastic_depth(call: KerasCall) -> str:
    """Of Keras' ConvNeXt."""
    return call.add("stochastic_depth", {"p": call.config.decimal("drop_path_rate", 0)}, [call.source])


def scaled_sum(call: KerasCall) -> str:
    """Of Keras' Inception-ResNet: the first, and the second times a constant."""
    if len(call.sources) != 2:
        return call.unknown("CustomScaleLayer", call.sources, call.shape)
    scaled = call.add("scale", {"factor": call.config.decimal("scale", 1)}, [call.sources[1]], "scaled")
    return call.add("add", {}, [call.sources[0], scaled])


def attention(call: KerasCall) -> str:
    """`MultiHeadAttention`: queries, values and keys, in this order."""
    config = call.config
    query, value, *more = [*call.sources, call.sources[-1]][:3] if len(call.sources) < 3 else call.sources[:3]
    key = more[0] if len(call.sources) > 2 else value
    heads, width = config.number("num_heads", low=1), config.number("key_dim", low=1)
    fields = {
        "heads": heads,
        "key_width": width,
        "value_width": config.number("value_dim", width, low=1),
        "bias": config.flag("use_bias", True),
    }
    if call.at("output_shape") is not None:
        fields["units"] = (config.numbers("output_shape", low=1) or [1])[0]
    fields["units"] = fields.get("units", call.shape.channels)
    sources = [query] if query == key == value else [query, key] if key == value else [query, key, value]
    return call.add("attention", fields, sources)


def recurrent(call: KerasCall, gates: int) -> str:
    """Keras adds one bias where PyTorch has two, so the layer is only its figures."""
    config, shape = call.config, call.shape
    if shape.rank != 1:
        raise BadKerasLayer
    units, bias = config.number("units", low=1), config.flag("use_bias", True)
    each = units * (shape.channels + units)
    twice = 2 if gates == 3 and config.flag("reset_after", not call.keras_2) else 1
    params = gates * (each + units * twice * bias)
    result = Shape(units, shape.spatial) if config.flag("return_sequences", False) else Shape(units)
    macs = shape.spatial[0] * gates * each
    return call.unknown(config.kind, [call.source], result, params, macs)
