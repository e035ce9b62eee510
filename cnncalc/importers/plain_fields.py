"""Fields as a person would write them: no defaults, one number for equal sides."""

from collections.abc import Mapping, Sequence
from typing import Any

from cnncalc.importers.draft import DraftNode
from cnncalc.layers import layer_type, stated


def plain_fields(type: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a layer without those that have their default value.

    `bias` stays: whether it can be left out depends on what follows (`leave_out_biases`).
    """
    given = stated(layer_type(type))
    plain = {}
    for name, value in fields.items():
        value = _plain(value)
        if name in given and name != "bias" and value == given[name][1] and value is not None:
            continue
        plain[name] = value
    return plain


def leave_out_biases(nodes: Sequence[DraftNode]) -> None:
    """Leave out each `bias: true` that a spec has by itself: it has none if a norm is the next item and reads it."""
    for index, node in enumerate(nodes):
        if node.fields.get("bias") is not True:
            continue
        after = nodes[index + 1] if index + 1 < len(nodes) else None
        normed = after is not None and after.sources == (node.name,) and layer_type(after.type).cancels_bias
        if not normed:
            del node.fields["bias"]


def _plain(value: Any) -> Any:
    """Equal numbers of several axes as one; padding that is equal on all sides as one number."""
    if isinstance(value, list | tuple) and value and all(item == value[0] for item in value):
        return value[0] if isinstance(value[0], int) else list(value)
    if isinstance(value, Mapping):
        sides = {side: number for side, number in value.items() if number}
        if not sides:
            return 0
        if len(value) in (4, 6) and len(sides) == len(value) and len(set(sides.values())) == 1:
            return next(iter(sides.values()))
        return sides
    return list(value) if isinstance(value, tuple) else value
