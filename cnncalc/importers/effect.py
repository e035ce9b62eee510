"""The fields of a layer as they take effect: however a spec writes them, equal effects are equal here."""

from typing import Any

from cnncalc.graph import BoundLayer
from cnncalc.layers import main_field
from cnncalc.vocabulary.dropping import Dropping, rate
from cnncalc.vocabulary.values import Sides


def fields_in_effect(fit: BoundLayer) -> dict[str, Any]:
    """The fields of a layer for its inputs, each in its shortest form.

    A rule is replaced by what it gives (`padding: half` by 1), equal numbers by one (`kernel: [3, 3]` by 3), equal
    sides by a number for each axis, and a rate that code computed with rounding by the fraction that is meant. The name
    of a pooling whose indices are read is left out: it is an operand.
    """
    effect = {name: value for name, (value, _) in fit.layer.in_effect(fit.inputs).items()}
    rank = fit.inputs[0].rank if fit.inputs else 0
    names = (main_field(type(fit.layer)), "pooled") if fit.layer.reads_indices else ()
    fields = vars(fit.layer) | effect
    if isinstance(fit.layer, Dropping):
        fields["p"] = float(rate(fields["p"]))
    return {name: shortest(value, rank) for name, value in fields.items() if name not in names}


def shortest(value: Any, rank: int) -> Any:
    """A value in its shortest form, for a volume of `rank` axes."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict) and value and value.keys() <= set(Sides.__slots__):
        value = Sides(**value)
    if isinstance(value, Sides) and all(before == after for before, after in value.ends(rank)):
        value = tuple(before for before, _ in value.ends(rank))
    if isinstance(value, list | tuple):
        inside = tuple(shortest(item, rank) for item in value)
        return inside[0] if inside and all(item == inside[0] for item in inside) else inside
    return value
