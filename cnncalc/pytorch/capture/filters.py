"""Filters of a convolution: a parameter, or computed of parameters in a way that the catalogue has."""

from dataclasses import dataclass, field
from math import prod, sqrt
from typing import TYPE_CHECKING, Any

from cnncalc.pytorch.capture.mapping import Unmapped
from cnncalc.pytorch.capture.values import Own
from cnncalc.vocabulary.values import meant

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
        if len(own.stored) == 1 or prod(own.shape) != prod(own.stored):
            raise Unmapped("its weight is a part of a parameter")
        return Filters(own.shape, {"weight": own})
    if own.function == "batch_norm":
        return _standardized(drafting, own)
    if own.function == "_weight_norm":
        return _by_length(drafting, own)
    computed_by = f"computed by {own.function}" if own.function else "no parameter"
    raise Unmapped(f"its weight is {computed_by}")


def matrix(drafting: "Drafting", weight: Any) -> Filters:
    """The matrix of a linear layer. Raises `Unmapped` for what is no parameter, or no matrix."""
    own = drafting.own(weight)
    if len(own.shape) != 2:
        raise Unmapped("its weight is no matrix")
    if own.function == "_weight_norm":
        return _by_length(drafting, own)
    return Filters(own.shape, {"weight": drafting.weight(weight)})


def _by_length(drafting: "Drafting", own: Own) -> Filters:
    """The length of each filter apart from its direction (PyTorch's `weight_norm`)."""
    direction, length, dim = (own.arguments.get(place) for place in ("0", "1", "2"))
    if dim != 0:
        raise Unmapped("its weight has lengths along another dimension than its filters")
    names = ("parametrizations.weight.original0", "parametrizations.weight.original1")
    given = (drafting.weight(length, "its lengths"), drafting.weight(direction, "its directions"))
    return Filters(own.shape, dict(zip(names, given, strict=True)), {"parametrize": "weight_norm"})


def _standardized(drafting: "Drafting", own: Own) -> Filters:
    """Each filter as a channel of a batch normalisation, with a learned gain or none (timm's `ScaledStdConv2d`)."""
    given = own.arguments
    weight = drafting.weight(given["0"], "its standardised weight")
    if (
        given["0"].shape[:2] != (1, own.shape[0])
        or not given.get("training", False)
        or given.get("bias") is not None
    ):
        raise Unmapped("its weight is normalised in another way")
    settings: dict[str, Any] = {}
    weights = {"weight": weight}
    factor = given.get("weight")
    if factor is not None:
        gain, number = _product(factor)
        if gain is None:
            raise Unmapped("its weight has another gain")
        weights["gain"] = drafting.weight(gain, "its gain")
        gamma = meant(number * sqrt(prod(own.shape[1:])))
        settings = {"gain": True, **({} if gamma == 1 else {"gamma": gamma})}
    if given.get("eps", 1e-5) != 1e-6:
        settings["eps"] = given.get("eps", 1e-5)
    return Filters(own.shape, weights, {"standardize": settings or True})


def _product(factor: Any) -> tuple[Own | None, float]:
    """A parameter times a number."""
    if not isinstance(factor, Own):
        return None, 0.0
    if factor.plain is not None:
        return factor, 1.0
    first, second = factor.arguments.get("0"), factor.arguments.get("1")
    if factor.function == "mul" and isinstance(first, Own) and isinstance(second, int | float):
        return first, float(second)
    return None, 0.0
