"""What drawings and tables of a network say of each layer."""

import json
from typing import Any

from cnncalc.exact import is_fraction
from cnncalc.graph import Node


def fields(node: Node) -> dict[str, Any]:
    """The fields of a layer that are not as usual, as plain values (numbers, text, lists, mappings)."""
    if node.fit is None:
        return {}
    layer = node.fit.layer
    given = {}
    for name, field in layer.declared.items():
        value = getattr(layer, name)
        if value != field.default:
            given[name] = _plain(value)
    return given


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if is_fraction(value):
        return float(value)
    if hasattr(value, "_asdict"):
        return {name: _plain(item) for name, item in value._asdict().items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return str(value)


def label(node: Node) -> tuple[str, str, str]:
    """Name, type and output of a node, for a drawing."""
    what = (
        "input" if node.is_input else node.kind if node.fit is None else node.fit.layer.label(node.fit.inputs)
    )
    return node.name, what, "?" if node.shape is None else str(node.shape)


def blocks(node: Node) -> tuple[str, ...]:
    """The uses of blocks around a node, the outermost first, by their full names."""
    names = []
    frame = node.frame
    while frame is not None:
        names.append(frame.name)
        frame = frame.parent
    return tuple(reversed(names))


def as_json(document: Any) -> str:
    """A document as JSON. No text in it begins a tag, should a page hold it."""
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False).replace("<", "\\u003c") + "\n"
