"""The layer catalogue: one file a layer type, named as its YAML key."""

from functools import cache

from cnncalc import plugins
from cnncalc.exact import shown
from cnncalc.layers._check import problems
from cnncalc.layers._field import REQUIRED, Kind, Refused, Value, main_field, stated
from cnncalc.layers._layer import (
    PARAMETERS,
    Layer,
    Problem,
    Reach,
    Step,
    Storage,
    Tensor,
    TorchCall,
    Weight,
    Work,
)

__all__ = [
    "PARAMETERS",
    "REQUIRED",
    "Kind",
    "Layer",
    "Problem",
    "Reach",
    "Refused",
    "Step",
    "Storage",
    "Tensor",
    "TorchCall",
    "Value",
    "Weight",
    "Work",
    "layer_class",
    "layer_type",
    "main_field",
    "names",
    "problems",
    "shown",
    "stated",
]


def names() -> tuple[str, ...]:
    """Every layer type's key, sorted; imports none of them."""
    return plugins.names(__name__)


@cache
def layer_type(name: str) -> type[Layer]:
    """The class of one layer type. Raises `ModuleNotFoundError` where there is none."""
    return layer_class(plugins.load(__name__, name))


def layer_class(module: object) -> type[Layer]:
    """The one layer class that a layer's module defines."""
    own = getattr(module, "__name__", "")
    classes = [
        item
        for item in vars(module).values()
        if isinstance(item, type) and issubclass(item, Layer) and item.__module__ == own
    ]
    if len(classes) != 1:
        raise TypeError(f"{own} must define one layer class, not {len(classes)}")
    return classes[0]
