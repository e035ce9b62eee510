"""`shortcut: project`: a 1x1 convolution, and norm, that give a residual's input the shape of its body's output."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cnncalc.graph.bind import Binder
from cnncalc.graph.node import Node
from cnncalc.layers import Layer
from cnncalc.vocabulary.values import PerAxis

if TYPE_CHECKING:
    from fractions import Fraction


def projection(nodes: list[Node], source: int, body: int, binder: Binder) -> Iterator[tuple[str, Layer]]:
    """The name suffixes and layers, in order: the conv with the body's stride, and the norm that the body uses."""
    from cnncalc.layers.conv import Conv
    from cnncalc.layers.fc import FC

    strides: list[int | Fraction] = []
    norm: Layer | None = None
    node = nodes[body]
    while node.index != source and node.inputs:
        if node.fit is not None:
            layer, entering = node.fit.layer, node.fit.inputs
            if norm is None and layer.family == "normalisation":
                norm = layer
            steps = [reach.stride for reach in layer.reach(entering) or ()]
            strides = [stride * step for stride, step in zip(strides, steps, strict=False)] or steps
        node = nodes[node.inputs[0]]
    shape = nodes[body].shape
    assert shape is not None
    if not shape.rank:
        yield "", binder.with_fields(FC, {"units": shape.channels})
        return
    # A body that enlarges has no possible stride of a convolution: the sum reports that its operands differ.
    whole = [int(step) if step == int(step) and step else 1 for step in strides]
    stride: PerAxis = whole[0] if len(set(whole)) == 1 else tuple(whole)
    fields: dict[str, Any] = {"filters": shape.channels, "kernel": 1, "stride": stride or 1}
    if norm is not None:
        fields["bias"] = False
    yield "", binder.with_fields(Conv, fields)
    if norm is not None:
        yield f".{norm.key}", norm
