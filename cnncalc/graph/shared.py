"""Layers, and layers over shapes, that graphs share: specs checked together mostly use the same ones."""

from typing import Any

from cnncalc.graph.node import BoundLayer
from cnncalc.layers import Layer
from cnncalc.shape import Shape

# How many are remembered before all are forgotten: those of a large network, and some MiB.
MOST = 4096

_layers: dict[tuple[Any, ...], Layer] = {}
# By the layer's identity: a fit holds its layer, so that no other can have it.
_fits: dict[tuple[int, tuple[Shape, ...]], BoundLayer] = {}


def layer_with(kind: type[Layer], fields: dict[str, Any]) -> Layer:
    """The layer with these fields: the same object as long as it is remembered."""
    key = (kind, *sorted(fields.items()))
    layer = _layers.get(key)
    if layer is None:
        if len(_layers) >= MOST:
            _layers.clear()
        layer = _layers[key] = kind(**fields)
    return layer


def fit_of(layer: Layer, inputs: tuple[Shape, ...]) -> BoundLayer:
    """A layer over shapes: what it gives and what is wrong."""
    key = (id(layer), inputs)
    fit = _fits.get(key)
    if fit is None:
        if len(_fits) >= MOST:
            _fits.clear()
        fit = _fits[key] = BoundLayer(layer, inputs)
    return fit
