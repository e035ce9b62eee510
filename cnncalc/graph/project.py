"""`shortcut: project`: the 1x1 convolution, and norm, that bring a residual's input to its body's output."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cnncalc.graph.bind import Binder
from cnncalc.graph.model import Node
from cnncalc.layers import Layer, layer_type
from cnncalc.vocabulary.field import PerAxis

if TYPE_CHECKING:
    from fractions import Fraction


def projection(nodes: list[Node], source: int, body: int, binder: Binder) -> Iterator[tuple[str, Layer]]:
    """Suffix of the name and layer, one after another: the conv with the body's stride, the norm its body uses."""
    strides: list[int | Fraction] = []
    norm: Layer | None = None
    at = nodes[body]
    while at.index != source and at.inputs:
        if at.fit is not None:
            layer, entering = at.fit.layer, at.fit.inputs
            if norm is None and layer.family == "normalisation":
                norm = layer
            steps = [reach.stride for reach in layer.reach(entering) or ()]
            strides = [a * b for a, b in zip(strides, steps, strict=False)] or steps
        at = nodes[at.inputs[0]]
    shape = nodes[body].shape
    assert shape is not None
    if not shape.rank:
        yield "", binder.made(layer_type("fc"), {"units": shape.channels})
        return
    # A body that enlarges has no stride a convolution could have: the operands will be told to differ.
    whole = [int(step) if step == int(step) and step else 1 for step in strides]
    stride: PerAxis = whole[0] if len(set(whole)) == 1 else tuple(whole)
    fields: dict[str, Any] = {"filters": shape.channels, "kernel": 1, "stride": stride or 1}
    if norm is not None:
        fields["bias"] = False
    yield "", binder.made(layer_type("conv"), fields)
    if norm is not None:
        yield f".{norm.key}", norm
