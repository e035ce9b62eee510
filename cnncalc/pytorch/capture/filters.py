"""Filters of a convolution: a parameter, or computed of parameters in a way that the catalogue has."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cnncalc.pytorch.capture.mapping import Unmapped
from cnncalc.pytorch.capture.values import Own

if TYPE_CHECKING:
    from cnncalc.pytorch.capture.drafting import Drafting


@dataclass(frozen=True, slots=True)
class Filters:
    """The shape of the filters, the parameters by the layer's names for them, and the fields that say how."""

    shape: tuple[int, ...]
    weights: dict[str, Own]
    fields: dict[str, Any] = field(default_factory=dict)


def computed(drafting: "Drafting", weight: Any) -> Filters:
    """The filters of a convolution. Raises `Unmapped` for other computations."""
    own = drafting.own(weight, "its weight")
    if own.plain is not None and own.learned:
        return Filters(own.shape, {"weight": own})
    made = f"computed by {own.function}" if own.function else "no parameter"
    raise Unmapped(f"its weight is {made}")
