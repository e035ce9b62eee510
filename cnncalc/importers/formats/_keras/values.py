"""Keras' layers of features (dense, attention, recurrent), and those for training only."""

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


def stochastic_depth(call: KerasCall) -> str:
    """Of Keras' ConvNeXt."""
    return call.add("stochastic_depth", {"p": call.config.decimal("drop_path_rate", 0)}, [call.source])


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
