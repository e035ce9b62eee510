"""Blocks that come with cnncalc, recognised in a network: `squeeze_excite: std/squeeze_excite`."""

from functools import cache
from typing import Any, NamedTuple

from cnncalc import zoo
from cnncalc.folding.elements import Call, Join, Layer
from cnncalc.folding.skeletons import NONE, ordered
from cnncalc.text import Mapping, Scalar, Sequence, Source, load, read
from cnncalc.text.tree import Node


class Shipped(NamedTuple):
    """A shipped block: the name for it, its word in a spec, the arguments of a use, and their defaults."""

    name: str
    word: str
    arguments: dict[str, tuple[Any, bool]]
    usual: dict[str, Any]


def shipped(call: Call) -> Shipped | None:
    """The shipped block that a call is a use of, with its arguments; each with whether it is a number of channels."""
    if (
        call.others
        or len(call.body) != 1
        or not isinstance(join := call.body[0], Join)
        or join.layer.type != "mul"
    ):
        return None
    branches = ordered(join)
    if len(branches) != 2 or branches[0] or join.layer.controls or len(branches[1]) != 3:
        return None
    pool, first, second = branches[1]
    if not (isinstance(pool, Layer) and isinstance(first, Layer) and isinstance(second, Layer)):
        return None
    if (
        pool.type != "global_avgpool"
        or pool.fields
        or pool.controls
        or not _plain(first)
        or not _plain(second)
    ):
        return None
    if call.entering is None or second.fields["filters"] != call.entering.channels:
        return None
    assert first.act is not None
    assert second.act is not None
    squeeze, act, gate = first.fields["filters"], first.act[0], second.act[0]
    arguments = {"squeeze": (squeeze, True), "act": (act, False), "gate": (gate, False)}
    return Shipped("squeeze_excite", "std/squeeze_excite", arguments, {"act": "relu", "gate": "sigmoid"})


def _plain(layer: Layer) -> bool:
    """Whether it is a 1x1 convolution with a bias, without a norm, and with an activation that has no arguments."""
    return (
        layer.type == "conv"
        and {*layer.fields} <= {"filters", "padding"}
        and layer.bias is True
        and layer.norm is None
        and layer.act is not None
        and layer.act[0] != NONE
        and not layer.act[1]
        and not layer.shares
        and not layer.controls
    )


@cache
def shipped_items(word: str) -> list[Any]:
    """The layers of a shipped block, as they are written: a document's `defaults` hold for them too."""
    name = word.removeprefix(zoo.STD)
    text, _ = read(str(zoo.block_path(name)), word)
    assert text is not None
    root, _ = load(Source(text.name, text.text))
    assert root is not None
    items = _data(root)["blocks"][name]["layers"]
    assert isinstance(items, list)
    return items


def _data(node: Node) -> Any:
    """A part of a text as plain data."""
    if isinstance(node, Mapping):
        return {entry.name: _data(entry.value) for entry in node}
    if isinstance(node, Sequence):
        # A bare word is an item: a layer without fields.
        return [{item: None} if isinstance(item, str) else item for item in map(_data, node)]
    assert isinstance(node, Scalar)
    return node.value
