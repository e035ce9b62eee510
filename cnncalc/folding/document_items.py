"""The items of a document, with those in its structures and branches."""

from collections.abc import Iterator, Mapping
from typing import Any


def lists_of(items: list[Any]) -> Iterator[list[Any]]:
    """A list of items, and those in its structures and branches."""
    yield items
    for item in items:
        for inner in _inner(item):
            yield from lists_of(inner)


def _inner(item: dict[str, Any]) -> Iterator[list[Any]]:
    """The lists of items in an item."""
    yield from (item[key] for key in ("sequence", "residual", "shortcut") if isinstance(item.get(key), list))
    value = next(iter(item.values()))
    operands = value.get("of") if isinstance(value, Mapping) else value
    if isinstance(operands, list) and next(iter(item)) not in ("sequence", "residual"):
        yield from (operand for operand in operands if isinstance(operand, list))


def items_of(items: list[Any]) -> Iterator[dict[str, Any]]:
    """Every item of a list, with those in structures and branches."""
    for inner in lists_of(items):
        yield from inner
