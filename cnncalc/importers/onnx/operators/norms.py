"""Normalisations."""

from typing import Any

from cnncalc.importers.draft import Taken
from cnncalc.importers.onnx.call import OnnxCall, operator
from cnncalc.importers.onnx.operators._numbers import rounded, usual
from cnncalc.importers.onnx.reading import OnnxReading
from cnncalc.importers.onnx.values import CHANNELS, AxisPart, Constant, Entry, NoLayer, Values


@operator("BatchNormalization")
def batch_norm(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """`bn`."""
    values = call.values()
    if call.attributes.get("training_mode") and any(map(reading.readers.get, call.outputs[1:])):
        raise NoLayer("its statistics are read")
    if not values.has_channels_in(1):
        values = reading.settled(values, 1)
    names = ("weight", "bias", "running_mean", "running_var")
    weights = {name: reading.taken(call.needed(index)) for index, name in enumerate(names, 1)}
    fields: dict[str, Any] = {"eps": rounded(call.attributes.get("epsilon", 1e-5))}
    # ONNX weighs the statistics so far, PyTorch the batch.
    fields["momentum"] = rounded(1 - call.attributes.get("momentum", 0.9))
    return [reading.apply("bn", values, usual("bn", fields), weights)]


@operator("InstanceNormalization")
def instance_norm(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """`instance_norm`; over groups of channels, as exporters write it, `gn`."""
    values = call.values()
    eps = rounded(call.attributes.get("epsilon", 1e-5))
    groups = _groups(values)
    if groups is not None:
        if not _is_plain(reading, call):
            raise NoLayer("its groups have a factor each")
        return [reading.apply("gn", values, usual("gn", {"groups": groups, "eps": eps, "affine": False}))]
    values = reading.settled(values, 1)
    fields: dict[str, Any] = {"eps": eps}
    weights = {}
    if not _is_plain(reading, call):
        fields["affine"] = True
        weights = {"weight": reading.taken(call.needed(1)), "bias": reading.taken(call.needed(2))}
    return [reading.apply("instance_norm", values, usual("instance_norm", fields), weights)]


def _groups(values: Values) -> int | None:
    """The number of groups if the axes of a tensor are groups of channels, and the values of each."""
    if len(values.dims) < 3 or len(values.dims[1]) > 1:
        return None
    rest = [part for parts in values.dims[2:] for part in parts]
    spatial = [part for axis in range(2, values.shape.rank + 2) for part in values.axis(axis)]
    first = values.dims[1][0] if values.dims[1] else AxisPart(CHANNELS, 1, values.shape.channels)
    inner = [part for part in rest if part.axis == CHANNELS]
    if first.axis != CHANNELS or rest != [*inner, *spatial]:
        return None
    whole = (
        sum(1 for _ in inner) <= 1 and first.size * (inner[0].size if inner else 1) == values.shape.channels
    )
    if not whole or (inner and inner[0].step != 1):
        return None
    # Each channel by itself is a norm of instances.
    return first.size if inner else None


def _is_plain(reading: OnnxReading, call: OnnxCall) -> bool:
    """Whether factors and shifts are constants of 1 and 0, and not learned."""
    for index, neutral in ((1, 1), (2, 0)):
        entry = call.given(index)
        named = isinstance(entry, Constant) or call.names[index].startswith(("val_", "_val", "/", "onnx::"))
        array = reading.constant(entry)
        if not named or array is None or not (array == neutral).all():
            return False
    return True


@operator("GroupNormalization")
def group_norm(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """`gn`, where factors and shifts are there for each channel."""
    values = reading.settled(call.values(), 1)
    weight, bias = call.needed(1), call.needed(2)
    if weight.sizes != (values.shape.channels,):
        raise NoLayer("its groups have a factor each")
    fields = {
        "groups": int(call.attributes["num_groups"]),
        "eps": rounded(call.attributes.get("epsilon", 1e-5)),
    }
    weights = {"weight": reading.taken(weight), "bias": reading.taken(bias)}
    return [reading.apply("gn", values, usual("gn", fields), weights)]


@operator("LayerNormalization", "RMSNormalization")
def layer_norm(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """`ln`, `ln2d` or `rms_norm`: over the last axis, which is the channels then."""
    values = call.values()
    rank = len(values.dims)
    axis = int(call.attributes.get("axis", -1)) % rank
    if len(call.outputs) > 1 and any(map(reading.readers.get, call.outputs[1:])):
        raise NoLayer("its statistics are read")
    if axis != rank - 1:
        return [_over_all(reading, call, values, axis)]
    weight, bias = call.weight(1), call.weight(2)
    fields: dict[str, Any] = {"eps": rounded(call.attributes.get("epsilon", 1e-5))}
    weights: dict[str, Taken] = {}
    if weight is None or not _learned(reading, call, 1, 1):
        fields["affine"] = False
    else:
        weights["weight"] = reading.taken(weight)
        if bias is not None and _learned(reading, call, 2, 0):
            weights["bias"] = reading.taken(bias)
        elif call.op == "LayerNormalization":
            fields["bias"] = False
    if not values.has_channels_in(axis):
        values = reading.settled(values, axis)
    type_ = "rms_norm" if call.op == "RMSNormalization" else "ln" if values.shape.rank < 2 else "ln2d"
    return [reading.apply(type_, values, usual(type_, fields), weights)]


def _learned(reading: OnnxReading, call: OnnxCall, index: int, neutral: float) -> bool:
    """Whether factors or shifts are weights: exporters write constants where a norm has none."""
    if not isinstance(call.given(index), Constant) and not call.names[index].startswith("val_"):
        return True
    array = reading.constant(call.given(index))
    return array is None or not (array == neutral).all()


def _over_all(reading: OnnxReading, call: OnnxCall, values: Values, axis: int) -> Values:
    """A norm over all values of an image is one over a single group of channels."""
    weight = call.weight(1)
    if axis != 1 or not values.has_channels_in(1) or weight is None:
        raise NoLayer("it normalises over several axes")
    eps = rounded(call.attributes.get("epsilon", 1e-5))
    if any(size != 1 for size in weight.sizes[1:]):
        raise NoLayer("it learns a factor for each value")
    fields = {"groups": 1, "eps": eps}
    weights = {"weight": reading.taken(weight)}
    bias = call.weight(2)
    if bias is None:
        raise NoLayer("it learns no shift")
    weights["bias"] = reading.taken(bias)
    return reading.apply("gn", values, usual("gn", fields), weights)


@operator("LRN")
def local_response(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """`lrn`."""
    fields = {
        "size": int(call.attributes["size"]),
        "alpha": rounded(call.attributes.get("alpha", 1e-4)),
        "beta": rounded(call.attributes.get("beta", 0.75)),
        "k": rounded(call.attributes.get("bias", 1.0)),
    }
    return [reading.apply("lrn", reading.settled(call.values(), 1), usual("lrn", fields))]


@operator("LpNormalization")
def unit_length(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """`l2_norm`, over the channels."""
    values = call.values()
    axis = int(call.attributes.get("axis", -1)) % len(values.dims)
    if call.attributes.get("p", 2) != 2:
        raise NoLayer("it divides by the sum of absolute values")
    if not values.has_channels_in(axis):
        values = reading.settled(values, axis)
    return [reading.apply("l2_norm", values)]
