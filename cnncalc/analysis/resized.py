"""Layers over inputs of other sizes: bound again where a count of channels, or a side, has another value."""

from collections.abc import Mapping, Sequence
from typing import Any

from cnncalc.graph import BoundLayer, Graph, Node
from cnncalc.layers import Layer, main_field, stated
from cnncalc.shape import Shape


def resized(
    graph: Graph, nodes: Sequence[Node], channels: Mapping[int, int], sides: Mapping[int, int]
) -> dict[int, BoundLayer] | None:
    """Each node's layer, bound to what enters where counts of channels and sides of what enters from outside change.

    `channels` says which count becomes which, of what enters and of layers' own filters; `sides` by the number of the
    axis which size it gets. None where a layer then has an error.
    """
    shapes: dict[int, Shape] = {}
    fits: dict[int, BoundLayer] = {}
    for node in nodes:
        if node.is_input:
            assert node.shape is not None
            shapes[node.index] = _other(node.shape, channels, sides)
            continue
        assert node.fit is not None
        entering = []
        for index in node.inputs:
            outside = graph.nodes[index].shape
            assert outside is not None
            entering.append(shapes[index] if index in shapes else _other(outside, channels, sides))
        fit = BoundLayer(_with_channels(node.fit.layer, node.fit.inputs, channels), tuple(entering))
        if fit.output is None or any(problem.doubtful for problem in fit.problems):
            return None
        fits[node.index], shapes[node.index] = fit, fit.output
    return fits


def _other(shape: Shape, channels: Mapping[int, int], sides: Mapping[int, int]) -> Shape:
    spatial = tuple(sides.get(axis, size) for axis, size in enumerate(shape.spatial))
    return Shape(channels.get(shape.channels, shape.channels), spatial)


def filters_field(layer: Layer, inputs: tuple[Shape, ...]) -> str | None:
    """The field that says how many channels the layer gives: `filters`, `units`."""
    name = main_field(type(layer))
    if name is None or stated(type(layer))[name][0].kind.name != "integer":
        return None
    count: int = getattr(layer, name)
    # Groups, or heads, may be as many as channels: another count of filters gives as many others.
    more = _replaced(layer, name, count + 1).output(inputs).channels
    return name if (count, count + 1) == (layer.output(inputs).channels, more) else None


def _with_channels(layer: Layer, inputs: tuple[Shape, ...], channels: Mapping[int, int]) -> Layer:
    name = filters_field(layer, inputs)
    if name is None or getattr(layer, name) not in channels:
        return layer
    return _replaced(layer, name, channels[getattr(layer, name)])


def _replaced(layer: Layer, name: str, value: int) -> Layer:
    """The layer with another value of one field. (Every layer type is a dataclass; its bases only declare fields.)"""
    changed: Any = layer.with_fields(**{name: value})
    copy: Layer = changed
    return copy
