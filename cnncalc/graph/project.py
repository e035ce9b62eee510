"""`shortcut: project`: the 1x1 convolution, and norm, that bring a residual's input to its body's output."""

from collections.abc import Iterator

from cnncalc.graph.bind import Binder
from cnncalc.graph.model import Node
from cnncalc.layers import Layer, layer_type


def projection(nodes: list[Node], source: int, body: int, binder: Binder) -> Iterator[tuple[str, Layer]]:
    """Suffix of the name and layer, one after another: the conv with the body's stride, the norm its body uses."""
    strides: list[int] = []
    norm: Layer | None = None
    at = nodes[body]
    while at.index != source and at.inputs:
        if at.fit is not None:
            layer, entering = at.fit.layer, at.fit.inputs
            if norm is None and layer.family == "normalisation":
                norm = layer
            steps = [int(reach.stride) for reach in layer.reach(entering)]
            strides = [a * b for a, b in zip(strides, steps, strict=False)] or steps
        at = nodes[at.inputs[0]]
    shape = nodes[body].shape
    channels = shape.channels if shape is not None else 1
    stride = strides[0] if len(set(strides)) == 1 else tuple(strides)
    fields = {"filters": channels, "kernel": 1, "stride": stride or 1}
    if norm is not None:
        fields["bias"] = False
    yield "", binder.made(layer_type("conv"), fields)
    if norm is not None:
        yield f".{norm.key}", norm
