"""What all norms, or all activations, of one type have in common: it is written once, under `defaults`."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from cnncalc.folding.elements import Layer
from cnncalc.folding.sugar import ACTIVATION, NORM, family


def agreed(layers: Sequence[Layer]) -> dict[str, dict[str, Any]]:
    """The defaults for types of norms and activations; their fields leave the layers.

    A norm or an activation without fields is one word, which blocks can have as a parameter.
    """
    groups: dict[str, list[Layer]] = defaultdict(list)
    for layer in layers:
        if family(layer.type) in (NORM, ACTIVATION):
            groups[layer.type].append(layer)
    result: dict[str, dict[str, Any]] = {}
    for kind, group in sorted(groups.items()):
        fields = {
            name: value
            for name, value in group[0].fields.items()
            if len(group) > 1
            and all(name in layer.fields and repr(layer.fields[name]) == repr(value) for layer in group)
        }
        if fields:
            result[kind] = fields
            for layer in group:
                layer.fields = {name: value for name, value in layer.fields.items() if name not in fields}
    return result
