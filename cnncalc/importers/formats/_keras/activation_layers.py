"""Keras' activations that are layers of their own."""

from cnncalc.importers.formats._keras.activations import activate
from cnncalc.importers.formats._keras.call import KerasCall


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
