"""The layer catalogue: one file for each layer type, with the name of its YAML key."""

from collections.abc import Sequence
from functools import cache

from cnncalc import plugins
from cnncalc.exact import shown
from cnncalc.vocabulary.check import problems
from cnncalc.vocabulary.field import REQUIRED, Kind, another_words, main_field, stated
from cnncalc.vocabulary.layer import (
    PARAMETERS,
    Change,
    Layer,
    Problem,
    Reach,
    Step,
    Storage,
    Tensor,
    TorchCall,
    Weight,
    Work,
    stored_type,
)
from cnncalc.vocabulary.reading import Refused
from cnncalc.vocabulary.values import Value

__all__ = [
    "PARAMETERS",
    "REQUIRED",
    "Change",
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
    "another_words",
    "layer_type",
    "main_field",
    "names",
    "operand_words",
    "problems",
    "shown",
    "stated",
    "stored_type",
]


def names() -> tuple[str, ...]:
    """Every layer type's key, sorted; imports none of them."""
    return plugins.names(__name__)


@cache
def layer_type(name: str) -> type[Layer]:
    """The class of one layer type. Raises `ModuleNotFoundError` where there is none."""
    if name == "unknown":
        # An operation that has no layer here: it is not in the catalogue.
        from cnncalc.vocabulary.unknown import UnknownOperation

        return UnknownOperation
    return plugins.only(plugins.load(__name__, name), Layer)  # type: ignore[type-abstract]


def operand_words(layer: Layer, names: Sequence[str]) -> tuple[str, ...]:
    """The operands of a merge as a spec lists them: the names, and numbers in their places."""
    left = iter(names)
    numbers = getattr(layer, "numbers", ()) or (None,) * len(names)
    return tuple(next(left) if number is None else shown(number) for number in numbers)
