"""Activations, and other functions of each value."""

from math import erf as erf_of
from math import inf
from typing import Any

from cnncalc.importers.onnx.call import OnnxCall, operator
from cnncalc.importers.onnx.curves import recognised
from cnncalc.importers.onnx.operators._numbers import rounded, usual
from cnncalc.importers.onnx.reading import OnnxReading
from cnncalc.importers.onnx.values import Constant, Entry, NoLayer, Values

# Operations that are a layer by themselves, and their layers.
_PLAIN = {
    "Relu": "relu",
    "Sigmoid": "sigmoid",
    "Tanh": "tanh",
    "HardSwish": "hardswish",
    "Mish": "mish",
    "Abs": "abs",
    "Exp": "exp",
    "Log": "log",
    "Sqrt": "sqrt",
    "Softplus": "softplus",
}


def _functions() -> dict[str, Any]:
    import numpy

    return {
        "Relu": lambda x: numpy.maximum(x, 0),
        "Sigmoid": lambda x: 1 / (1 + numpy.exp(-x)),
        "Tanh": numpy.tanh,
        "HardSwish": lambda x: x * numpy.clip(x + 3, 0, 6) / 6,
        "Mish": lambda x: x * numpy.tanh(numpy.log1p(numpy.exp(x))),
        "Abs": numpy.abs,
        "Exp": numpy.exp,
        "Log": numpy.log,
        "Sqrt": numpy.sqrt,
        "Softplus": lambda x: numpy.log1p(numpy.exp(x)),
        "Erf": numpy.vectorize(erf_of),
        "Neg": lambda x: -x,
        "Reciprocal": lambda x: 1 / x,
    }


@operator(*_PLAIN)
def function(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """A layer with the same name."""
    return [curved(reading, call.values(), _PLAIN[call.op], {}, _functions()[call.op])]


@operator("Erf")
def error_function(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """A part of `gelu`: unknown by itself."""
    return [unnamed(reading, call, _functions()["Erf"])]


def unnamed(reading: OnnxReading, call: OnnxCall, values: Any) -> Values:
    """A function that no layer computes: the activation that ends with it takes its place, or it is unknown."""
    entering = call.values()
    name = reading.unknown(call.op, (entering.node,), entering.shape, macs=0)
    before = reading.curves.of(entering.node)
    reading.curves.keep(name, reading.curves.after([before], values))
    return Values(name, entering.shape, entering.dims)


def curved(
    reading: OnnxReading, values: Values, type_: str, fields: dict[str, Any], function: Any, *others: float
) -> Values:
    """A layer that is a function of each value, or the activation that ends with it."""
    curve = reading.curves.after([reading.curves.of(values.node), *others], function)
    return ended(reading, values, curve) or _kept(reading, values, type_, fields, curve)


def _kept(
    reading: OnnxReading, values: Values, type_: str, fields: dict[str, Any], curve: dict[str, Any]
) -> Values:
    result = reading.apply(type_, values, fields)
    reading.curves.keep(result.node, curve)
    return result


def ended(reading: OnnxReading, values: Values, curve: dict[str, Any]) -> Values | None:
    """The activation of several operations that end here; None if there is none. One operation is its own layer."""
    for root, points in curve.items():
        if root == values.node:
            continue
        known = recognised(points)
        if known is None or reading.shapes.get(root) != values.shape:
            continue
        name = reading.emit(known[0], (root,), values.shape, known[1])
        return Values(name, values.shape, values.dims)
    return None


@operator("Gelu")
def gelu(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """`gelu`."""
    fields = {"approximate": call.attributes.get("approximate", b"none").decode()}
    return [reading.apply("gelu", call.values(), usual("gelu", fields))]


@operator("Swish")
def swish(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """`silu`."""
    if call.attributes.get("alpha", 1.0) != 1:
        raise NoLayer("its factor is not 1")
    return [reading.apply("silu", call.values())]


@operator("LeakyRelu")
def leaky_relu(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """`leaky_relu`."""
    slope = rounded(call.attributes.get("alpha", 0.01))
    if slope < 0:
        raise NoLayer("its slope is negative")
    return [reading.apply("leaky_relu", call.values(), usual("leaky_relu", {"negative_slope": slope}))]


@operator("Elu", "Selu")
def elu(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """`elu`, `selu`."""
    if call.op == "Selu":
        if abs(call.attributes.get("gamma", 1.0507) - 1.0507) > 1e-3:
            raise NoLayer("its factors are others")
        return [reading.apply("selu", call.values())]
    alpha = rounded(call.attributes.get("alpha", 1.0))
    return [reading.apply("elu", call.values(), usual("elu", {"alpha": alpha}))]


@operator("HardSigmoid")
def hard_sigmoid(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """`hardsigmoid`, where its slope is 1/6."""
    import numpy

    slope, middle = call.attributes.get("alpha", 0.2), call.attributes.get("beta", 0.5)

    def curve(x: Any) -> Any:
        return numpy.clip(slope * x + middle, 0, 1)

    if abs(slope - 1 / 6) > 1e-5 or abs(middle - 0.5) > 1e-6:
        return [unnamed(reading, call, curve)]
    return [curved(reading, call.values(), "hardsigmoid", {}, curve)]


@operator("PRelu")
def prelu(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """`prelu`."""
    values, slope = call.values(), call.needed(1)
    count = max(slope.sizes, default=1)
    if not values.has_channels_in(1):
        values = reading.settled(values, 1)
    long = [index - len(slope.sizes) for index, size in enumerate(slope.sizes) if size > 1]
    channel = 1 - len(values.dims)
    if (long and long != [channel]) or (count > 1 and count != values.shape.channels):
        raise NoLayer("it learns a slope for each value")
    fields = {"num_parameters": count} if count > 1 else {}
    return [reading.apply("prelu", values, fields, {"weight": reading.taken(slope)})]


@operator("Clip")
def clip(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """`clamp`, `relu6`, `relu` or `hardtanh`."""
    import numpy

    bounds = []
    for index, name, none in ((1, "min", -inf), (2, "max", inf)):
        entry = call.given(index)
        known = call.attributes.get(name) if entry is None else reading.number(entry)
        if entry is not None and known is None:
            array = reading.constant(entry)
            if array is None or array.size != 1:
                raise NoLayer("its bounds depend on the input")
            known = float(array.reshape(-1)[0])
        bounds.append(none if known is None or abs(known) > 3e38 else rounded(known))
    low, high = bounds

    def curve(x: Any) -> Any:
        return numpy.clip(x, low, high)

    if (low, high) == (-inf, inf):
        return [call.values()]
    if (low, high) == (0, 6):
        return [curved(reading, call.values(), "relu6", {}, curve)]
    if (low, high) == (0, inf):
        return [curved(reading, call.values(), "relu", {}, curve)]
    limits = {"min": low, "max": high}
    fields = {name: value for name, value in limits.items() if abs(value) < inf}
    return [curved(reading, call.values(), "clamp", fields, curve)]


@operator("Softmax", "LogSoftmax")
def softmax(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """`softmax`, `log_softmax`; and a part of attention."""
    from dataclasses import replace

    from cnncalc.importers.onnx.building import spatial_names
    from cnncalc.importers.onnx.values import OnnxScores

    is_flat = reading.model.opset < 13
    scores = call.given(0)
    if isinstance(scores, OnnxScores):
        axis = int(call.attributes.get("axis", 1 if is_flat else -1)) % len(scores.sizes)
        if axis != len(scores.sizes) - 1 or call.op != "Softmax":
            raise NoLayer("its softmax is over the queries")
        return [replace(scores, is_softmax=True)]
    values = call.values()
    rank = len(values.dims)
    axis = int(call.attributes.get("axis", 1 if is_flat else -1)) % rank
    axes = [index for index in range(axis, rank) if values.dims[index]] if is_flat else [axis]
    if is_flat and axis == 0:
        raise NoLayer("it computes over the batch")
    if values.axes_in(axes) in (None, ()):
        values = reading.settled(values)
    own = values.axes_in(axes)
    if own is None or 0 in own:
        raise NoLayer("it computes over a part of an axis")
    names = spatial_names(values.shape)
    words = [names[item] for item in own] or ["channels"]
    if len(words) > 1 and set(own) == set(range(2, values.shape.rank + 2)):
        words = ["positions"]
    over = words[0] if len(words) == 1 else words
    type_ = "softmax" if call.op == "Softmax" else "log_softmax"
    return [reading.apply(type_, values, usual(type_, {"over": over}))]


@operator("Neg", "Reciprocal")
def turned(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """`scale: -1`, and 1 divided by the operand."""
    if call.op == "Neg":
        return [curved(reading, call.values(), "scale", {"factor": -1.0}, _functions()["Neg"])]
    fields = {"of": [1.0, call.values().node]}
    return [curved(reading, call.values(), "div", fields, _functions()["Reciprocal"])]


@operator("Greater", "GreaterOrEqual", "Less", "LessOrEqual")
def compared(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """Which values are above a number: a part of an activation, and unknown by itself."""
    import numpy

    number = reading.number(call.given(1))
    if number is None:
        raise NoLayer("")
    above = call.op.startswith("Greater")
    return [unnamed(reading, call, lambda x: numpy.greater(x, number) if above else numpy.less(x, number))]


@operator("Where")
def chosen(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """One function of a value or another: the activation that it is."""
    import numpy

    condition, first, second = call.values(0), call.values(1), call.values(2)
    if {condition.dims, first.dims} != {second.dims} or condition.shape != first.shape:
        raise NoLayer("")
    curve = reading.curves.after(
        [reading.curves.of(item.node) for item in (condition, first, second)],
        lambda which, this, other: numpy.where(which, this, other),
    )
    known = ended(reading, Values("", first.shape, first.dims), curve)
    if known is None:
        raise NoLayer("")
    return [known]


@operator("Identity", "Cast", "CastLike", "Dropout")
def same(reading: OnnxReading, call: OnnxCall) -> list[Entry]:
    """Nothing: at inference they return their input."""
    import numpy

    entry = call.given(0)
    assert entry is not None
    return [entry, *(Constant(numpy.array(True)) for _ in call.outputs[1:])]
