"""Caffe's layers that work value by value: activations, norms, arithmetic."""

from collections.abc import Callable

from cnncalc.importers.formats._caffe.layer import CaffeLayer
from cnncalc.shape import Shape


def plain(type: str, **fields: object) -> Callable[[CaffeLayer], str]:
    """A layer without parameters."""
    return lambda layer: layer.add(type, dict(fields), layer.bottoms)


def relu(layer: CaffeLayer) -> str:
    slope = layer.parameters("relu_param").decimal("negative_slope", 0)
    if slope:
        return layer.add("leaky_relu", {"negative_slope": slope}, layer.bottoms)
    return layer.add("relu", {}, layer.bottoms)


def prelu(layer: CaffeLayer) -> str:
    shape = layer.shape()
    shared = layer.parameters("prelu_param").flag("channel_shared", False)
    return layer.add(
        "prelu", {"num_parameters": 1 if shared or shape is None else shape.channels}, layer.bottoms
    )


def elu(layer: CaffeLayer) -> str:
    return layer.add("elu", {"alpha": layer.parameters("elu_param").decimal("alpha", 1)}, layer.bottoms)


def clip(layer: CaffeLayer) -> str:
    given = layer.parameters("clip_param")
    fields = {"min": given.decimal("min", 0), "max": given.decimal("max", 6)}
    return layer.add("clamp", fields, layer.bottoms)


def dropout(layer: CaffeLayer) -> str:
    ratio = layer.parameters("dropout_param").decimal("dropout_ratio", 0.5)
    return layer.add("dropout", {"p": ratio}, layer.bottoms)


def power(layer: CaffeLayer) -> str:
    """(shift + scale*x)^power."""
    given = layer.parameters("power_param")
    last = layer.bottoms[0]
    exponent, factor, shift = given.decimal("power", 1), given.decimal("scale", 1), given.decimal("shift", 0)
    if factor != 1:
        last = layer.add("scale", {"factor": factor}, [last], "scale")
    if shift:
        last = layer.add("add", {"numbers": [None, shift]}, [last], "shift")
    if exponent != 1:
        last = layer.add("pow", {"numbers": [None, exponent]}, [last])
    return last


def exponential(layer: CaffeLayer) -> str:
    given = layer.parameters("exp_param")
    if given.decimal("base", -1) > 0 or given.decimal("scale", 1) != 1 or given.decimal("shift", 0):
        return layer.unknown("Exp with a base, a scale or a shift", layer.shape(), 0, 0)
    return layer.add("exp", {}, layer.bottoms)


def logarithm(layer: CaffeLayer) -> str:
    given = layer.parameters("log_param")
    if given.decimal("base", -1) > 0 or given.decimal("scale", 1) != 1 or given.decimal("shift", 0):
        return layer.unknown("Log with a base, a scale or a shift", layer.shape(), 0, 0)
    return layer.add("log", {}, layer.bottoms)


def lrn(layer: CaffeLayer) -> str:
    given = layer.parameters("lrn_param")
    size, alpha, beta = (
        given.number("local_size", 5, 1),
        given.decimal("alpha", 1),
        given.decimal("beta", 0.75),
    )
    within = given.word("norm_region", ("ACROSS_CHANNELS", "WITHIN_CHANNEL", "0", "1"))
    if within in ("ACROSS_CHANNELS", "0"):
        fields = {"size": size, "alpha": alpha, "beta": beta, "k": given.decimal("k", 1)}
        return layer.add("lrn", fields, layer.bottoms)
    # Caffe builds it of other layers too: x*(1 + alpha*mean of the squares around it)^-beta.
    source = layer.bottoms[0]
    square = layer.add("mul", {}, [source, source], "square")
    fields = {"kernel": size, "stride": 1, "padding": (size - 1) // 2}
    mean = layer.add("avgpool", fields, [square], "mean")
    weighted = layer.add("scale", {"factor": alpha}, [mean], "weighted")
    shifted = layer.add("add", {"numbers": [None, 1]}, [weighted], "shifted")
    divisor = layer.add("pow", {"numbers": [None, -beta]}, [shifted], "power")
    return layer.add("mul", {}, [source, divisor])


def mvn(layer: CaffeLayer) -> str:
    given = layer.parameters("mvn_param")
    if given.flag("across_channels", False) or not given.flag("normalize_variance", True):
        return layer.unknown("MVN", layer.shape(), 0, 0)
    return layer.add("instance_norm", {}, layer.bottoms)


def batch_norm(layer: CaffeLayer) -> str:
    """Without scale and shift: a `Scale` after it has them."""
    given = layer.parameters("batch_norm_param")
    fraction = given.decimal("moving_average_fraction", 0.999)
    fields = {"eps": given.decimal("eps", 1e-5), "momentum": round(1 - fraction, 9), "affine": False}
    return layer.add("bn", fields, layer.bottoms)


def scale(layer: CaffeLayer) -> str:
    """A learned factor for each channel, and a shift; or the product with another blob."""
    given = layer.parameters("scale_param")
    if len(layer.bottoms) > 1:
        return _product(layer)
    if given.number("axis", 1, -4) != 1 or given.number("num_axes", 1, -1) != 1:
        return layer.unknown("Scale of several axes", layer.shape())
    last = layer.add("layer_scale", {"init": 1.0}, layer.bottoms)
    return shifted(layer, last) if given.flag("bias_term", False) else last


def bias(layer: CaffeLayer) -> str:
    given = layer.parameters("bias_param")
    if len(layer.bottoms) > 1 or given.number("axis", 1, -4) != 1 or given.number("num_axes", 1, -1) != 1:
        return layer.unknown("Bias of several axes", layer.shape())
    return shifted(layer, layer.bottoms[0])


def shifted(layer: CaffeLayer, source: str) -> str:
    """A learned number for each channel, added."""
    shape = layer.shape()
    if shape is None:
        return source
    size = "x".join(["1"] * shape.rank + [str(shape.channels)])
    vector = layer.add("learned", {"shape": size if shape.rank else shape.channels, "init": 0.0}, [], "shift")
    return layer.add("add", {}, [source, vector], "shifted")


def _product(layer: CaffeLayer) -> str:
    """`Scale` with two bottoms: the second has the first axes of the other, as in squeeze and excitation."""
    shape, other = layer.shape(0), layer.shape(1)
    factor = layer.bottoms[1]
    if shape is not None and other is not None and shape.rank and not other.rank:
        fields = dict(Shape(other.channels, (1,) * shape.rank).asdict())
        factor = layer.add("reshape", dict(fields), [factor], "factor")
    return layer.add("mul", {}, [layer.bottoms[0], factor])


def axpy(layer: CaffeLayer) -> str:
    """a*x + y, with a factor for each channel."""
    if len(layer.bottoms) != 3:
        return layer.unknown("Axpy", layer.shape(), 0, 0)
    product = layer.add("mul", {}, [layer.bottoms[1], layer.bottoms[0]], "product")
    return layer.add("add", {}, [product, layer.bottoms[2]])


def eltwise(layer: CaffeLayer) -> str:
    given = layer.parameters("eltwise_param")
    operation = given.word("operation", ("SUM", "PROD", "MAX", "0", "1", "2"))
    if operation in ("PROD", "0"):
        return layer.add("mul", {}, layer.bottoms)
    if operation in ("MAX", "2"):
        return layer.add("maximum", {}, layer.bottoms)
    factors = [float(value.text) for value in given.message.values("coeff") if _is_number(value.text)]
    sources = list(layer.bottoms)
    if factors == [1, -1]:
        return layer.add("sub", {}, sources)
    for index, factor in enumerate(factors[: len(sources)]):
        if factor != 1:
            sources[index] = layer.add("scale", {"factor": factor}, [sources[index]], f"part{index}")
    return layer.add("add", {}, sources)


def _is_number(text: str) -> bool:
    try:
        return abs(float(text)) < 1e30
    except ValueError:
        return False
