"""The one layer that two linear layers are equal to, and its parameters."""

from math import prod

from cnncalc.graph import BoundLayer
from cnncalc.layers.conv import Conv
from cnncalc.layers.fc import FC
from cnncalc.layers.linear import Linear
from cnncalc.vocabulary.window import axiswise


def merged(first: BoundLayer, second: BoundLayer) -> tuple[str, int] | None:
    """Its name and parameters; None if there is none, or if two layers are intended."""
    if not isinstance(first.layer, Conv | FC | Linear):
        return None
    entering, middle = first.inputs[0], second.inputs[0]
    if second.output is None:
        return None
    around = entering.channels, second.output.channels
    if middle.channels < min(around) or 2 * middle.channels < max(around):
        return None
    bias = any(getattr(fit.layer, "has_bias", False) for fit in (first, second))
    match first.layer, second.layer:
        case Conv() as conv, Conv() as other:
            rank = entering.rank
            kernels = [axiswise(layer.kernel, rank) for layer in (conv, other)]
            if conv.groups > 1 or other.groups > 1 or any(len(set(kernel)) > 1 for kernel in kernels):
                return None
            if {*axiswise(conv.dilation, rank), *axiswise(other.dilation, rank)} != {1}:
                return None
            strides = axiswise(conv.stride, rank)
            taps = [k + (more - 1) * step for k, more, step in zip(*kernels, strides, strict=True)]
            name = f"one conv of {'x'.join(map(str, taps))}"
            return name, second.output.channels * (prod(taps) * entering.channels + bias)
        case ((FC() | Linear()), (FC() | Linear())):
            units = second.output.channels
            inside = entering.size if isinstance(first.layer, FC) else entering.channels
            return f"one {second.layer.key}", units * (inside + bias)
    return None
