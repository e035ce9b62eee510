"""Blocks that only one item uses, without arguments: that item is the block's own layers, with `repeat`."""

from collections import Counter
from typing import Any

from cnncalc.folding.document_items import items_of
from cnncalc.folding.item import Item
from cnncalc.folding.permits import Permits

# Keys of an item that mean the same beside a structure as beside the use of a block.
_BESIDE = frozenset(("repeat",))
# Keys of items that are about names, which a block has its own of.
_NAMES = frozenset(("name", "from", "share", "when", "repeat"))


def without_single_uses(document: dict[str, Any], permits: Permits) -> dict[str, Any]:
    """The document without blocks whose layers can stand where their only use is."""
    blocks = dict(document.get("blocks", {}))
    while (name := _single(document, blocks)) is not None and permits(f"layers of {name}"):
        layers = blocks.pop(name)["layers"]
        for items in _all_lists(document, blocks):
            for item in items_of(items):
                if name in item:
                    _replace(item, name, layers)
    head = {key: value for key, value in document.items() if key != "blocks"}
    layers = head.pop("layers")
    return {**head, **({"blocks": blocks} if blocks else {}), "layers": layers}


def _all_lists(document: dict[str, Any], blocks: dict[str, Any]) -> list[list[Any]]:
    return [*(block["layers"] for block in blocks.values() if isinstance(block, dict)), document["layers"]]


def _single(document: dict[str, Any], blocks: dict[str, Any]) -> str | None:
    """A block that one item uses, which has `repeat` and no arguments; None if there is none."""
    uses: Counter[str] = Counter()
    plain: set[str] = set()
    for items in _all_lists(document, blocks):
        for item in items_of(items):
            word = next(iter(item))
            uses[word] += 1
            if item[word] is None and "repeat" in item and {*item} - {word} <= _BESIDE:
                plain.add(word)
    return next(
        (
            name
            for name, block in blocks.items()
            if uses[name] == 1 and name in plain and isinstance(block, dict) and _is_free(block)
        ),
        None,
    )


def _is_free(block: dict[str, Any]) -> bool:
    """Whether the layers of a block have neither parameters nor names, so that they mean the same elsewhere."""
    items = list(items_of(block["layers"]))
    return not block.get("params") and not any(
        _NAMES & item.keys() or "in" in _operands(item) for item in items
    )


def _operands(item: dict[str, Any]) -> list[Any]:
    value = next(iter(item.values()))
    operands = value.get("of", []) if isinstance(value, dict) else value
    return operands if isinstance(operands, list) else []


def _replace(item: dict[str, Any], name: str, layers: list[Any]) -> None:
    beside = {key: value for key, value in item.items() if key != name}
    whole = layers[0] if len(layers) == 1 else Item({"sequence": layers})
    item.clear()
    item.update({**whole, **beside})
