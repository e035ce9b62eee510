"""Activations: functions of each value, and functions over the channels."""

from dataclasses import replace
from typing import Any

from cnncalc.pytorch.capture.axis_words import axis_word
from cnncalc.pytorch.capture.drafting import Drafting, Tensor
from cnncalc.pytorch.capture.mapping import Unmapped, maps
from cnncalc.pytorch.capture.scores import Scores
from cnncalc.pytorch.capture.values import Value, group

# Functions without arguments that are layers of the same name.
PLAIN = ("relu", "relu6", "silu", "sigmoid", "hardswish", "hardsigmoid", "tanh", "mish", "selu")


def _plain(type: str) -> None:
    @maps(type)
    def activation(drafting: Drafting, input: Any, inplace: bool = False) -> Value:
        return drafting.elementwise(type, drafting.value(input))


for _type in PLAIN:
    _plain(_type)


@maps("gelu")
def gelu(drafting: Drafting, input: Any, approximate: str = "none") -> Value:
    return drafting.elementwise(
        "gelu", drafting.value(input), approximate=None if approximate == "none" else approximate
    )


@maps("leaky_relu")
def leaky_relu(drafting: Drafting, input: Any, negative_slope: float = 0.01, inplace: bool = False) -> Value:
    return drafting.elementwise(
        "leaky_relu",
        drafting.value(input),
        negative_slope=None if negative_slope == 0.01 else negative_slope,
    )


@maps("elu")
def elu(
    drafting: Drafting,
    input: Any,
    alpha: float = 1.0,
    scale: Any = False,
    input_scale: float = 1.0,
    inplace: bool = False,
) -> Value:
    if not isinstance(scale, bool) or input_scale != 1:
        raise Unmapped("it has other factors than alpha")
    return drafting.elementwise("elu", drafting.value(input), alpha=None if alpha == 1 else alpha)


@maps("hardtanh")
def hardtanh(
    drafting: Drafting, input: Any, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False
) -> Value:
    if (min_val, max_val) == (0, 6):
        return drafting.elementwise("relu6", drafting.value(input))
    return drafting.elementwise(
        "hardtanh",
        drafting.value(input),
        min_val=None if min_val == -1 else float(min_val),
        max_val=None if max_val == 1 else float(max_val),
    )


@maps("softplus")
def softplus(drafting: Drafting, input: Any, beta: float = 1.0, threshold: float = 20.0) -> Value:
    return drafting.elementwise(
        "softplus",
        drafting.value(input),
        beta=None if beta == 1 else float(beta),
        threshold=None if threshold == 20 else float(threshold),
    )


@maps("prelu")
def prelu(drafting: Drafting, input: Any, weight: Any) -> Value:
    slopes = drafting.weight(weight, "its slopes")
    value = drafting.channels_at(drafting.value(input), 1)
    return drafting.elementwise("prelu", value, num_parameters=slopes.size, weights={"weight": slopes})


@maps("glu")
def glu(drafting: Drafting, input: Any, dim: int = -1) -> Value:
    value = drafting.channels_at(drafting.value(input), dim)
    half = group(value.shape[dim] // 2)
    axes = (value.axes[0], half, *value.axes[2:])
    dims = list(value.dims)
    dims[dim] = half
    return drafting.emit("glu", [value], axes, dims)


@maps("softmax", pending=True)
def softmax(
    drafting: Drafting, input: Any, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None
) -> Tensor:
    if isinstance(input, Scores) and not input.weights and dim in (-1, len(input.shape) - 1):
        return replace(input, weights=True)
    input = drafting.settled(input)
    return _over(drafting, "softmax", input, dim)


@maps("log_softmax")
def log_softmax(
    drafting: Drafting, input: Any, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None
) -> Value:
    return _over(drafting, "log_softmax", input, dim)


def _over(drafting: Drafting, type: str, input: Any, dim: int | None) -> Value:
    value = drafting.value(input)
    if dim is None:
        raise Unmapped("it does not say over which dimension")
    value, word = axis_word(drafting, value, dim)
    return drafting.elementwise(type, value, over=None if word == "channels" else word)


@maps("dropout", pending=True)
def dropout(
    drafting: Drafting,
    input: Any,
    p: float = 0.5,
    training: bool = True,
    inplace: bool = False,
    train: bool = True,
) -> Tensor:
    if isinstance(input, Scores) and (not p or not drafting.training):
        return input
    input = drafting.settled(input)
    if not p and isinstance(input, Value):
        return Value(input.node, input.axes, input.dims, input.expanded)
    return drafting.elementwise("dropout", drafting.value(input), p=float(p), inplace=inplace or None)


@maps("dropout2d")
def dropout2d(
    drafting: Drafting, input: Any, p: float = 0.5, training: bool = True, inplace: bool = False
) -> Value:
    value = drafting.channels_at(drafting.value(input), 1)
    return drafting.elementwise("dropout2d", value, p=float(p), inplace=inplace or None)


@maps("clamp", "clip")
def clamp(drafting: Drafting, input: Any, min: Any = None, max: Any = None) -> Value:
    if not all(isinstance(limit, int | float | None) for limit in (min, max)):
        raise Unmapped("its limits are tensors")
    value = drafting.value(input)
    if (min, max) == (0, 6):
        return drafting.elementwise("relu6", value)
    return drafting.elementwise(
        "clamp",
        value,
        min=None if min is None else float(min),
        max=None if max is None else float(max),
    )


def _function(type: str) -> None:
    @maps(type)
    def function(drafting: Drafting, input: Any) -> Value:
        return drafting.elementwise(type, drafting.value(input))


for _type in ("exp", "log", "sqrt", "abs"):
    _function(_type)
