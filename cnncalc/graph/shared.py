"""Caches of layers, and of layers with input shapes: specs that are checked together often use the same ones."""

from typing import Any

from cnncalc.graph.node import BoundLayer
from cnncalc.layers import Layer
from cnncalc.shape import Shape

# The size of a cache before it is cleared: enough for a large network, some MiB.
MOST = 4096

_layers: dict[tuple[Any, ...], Layer] = {}
# By the layer's identity: a fit keeps its layer alive, so no other layer can have the same identity.
_fits: dict[tuple[int, tuple[Shape, ...]], BoundLayer] = {}


def layer_with(kind: type[Layer], fields: dict[str, Any]) -> Layer:
    """The layer with these fields: the same object while it is in the cache."""
    key = (kind, *sorted(fields.items()))
    layer = _layers.get(key)
    if layer is None:
        if len(_layers) >= MOST:
            _layers.clear()
        layer = _layers[key] = kind(**fields)
    return layer


def fit_of(layer: Layer, inputs: tuple[Shape, ...]) -> BoundLayer:
    """A layer with input shapes: its output and its problems."""
    key = (id(layer), inputs)
    fit = _fits.get(key)
    if fit is None:
        if len(_fits) >= MOST:
            _fits.clear()
        fit = _fits[key] = BoundLayer(layer, inputs)
    return fit
