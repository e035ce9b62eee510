"""Attention within windows: from the linear layer of queries, keys and values to the one that joins the heads.

The windows of PyTorch code are a part of the batch, and the factors of the axes say which positions are in one. The
whole is one layer here, so what it consists of is taken back when the last part of it is there. Where that part never
comes, the network is drafted again without windows at that line of code.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cnncalc.importers import DraftNode
from cnncalc.pytorch.capture.added_scores import AddedTable
from cnncalc.pytorch.capture.values import Own, Value, group, size_of

if TYPE_CHECKING:
    from cnncalc.pytorch.capture.drafting import Drafting
    from cnncalc.pytorch.capture.emitting import Emitting

WINDOWS = "window_attention"


class Unfinished(Exception):
    """Attention within windows at a line of code (`place`) that does not become one layer."""

    def __init__(self, place: str) -> None:
        super().__init__(place)
        self.place = place


@dataclass(frozen=True, slots=True)
class Open:
    """Attention within windows that is not whole yet: what it waits for, and what it takes the place of.

    `linear` is the layer of queries, keys and values. `shift` is not zero where the volume has been rolled before.
    """

    linear: str
    place: str
    table: AddedTable | None
    shift: tuple[int, int]
    is_joined: bool = False


def join(drafting: "Drafting", value: Value, weight: Own, bias: Own | None) -> Value:
    """The linear layer that joins the heads, which makes the attention whole up to the roll after it."""
    opened = drafting.open[value.node]
    width = size_of(value.axes[1])
    if opened.is_joined or value.dims[-1] != value.axes[1] or weight.shape != (width, width) or bias is None:
        raise Unfinished(opened.place)
    linear, node = drafting.by_node[opened.linear], drafting.by_node[value.node]
    source = linear.sources[0]
    if any(opened.shift):
        source = drafting.by_node[source].sources[0]
    own = {} if opened.table is None else opened.table.weights
    changes = {} if opened.table is None else opened.table.changes
    taken = {
        **{name: drafting.taken(tensor, changes.get(name, "")) for name, tensor in own.items()},
        "qkv.weight": linear.weights["weight"],
        "qkv.bias": linear.weights["bias"],
        "proj.weight": drafting.taken(weight),
        "proj.bias": drafting.taken(bias),
    }
    if any(drafting.owners.get(tensor.name, linear.name) != linear.name for tensor in taken.values()):
        raise Unfinished(opened.place)
    node.sources, node.weights = (source,), taken
    name = _next_step(drafting, value.node, replace(opened, is_joined=True))
    for tensor in taken.values():
        drafting.owners[tensor.name] = name
    units = group(width)
    return Value(name, (value.axes[0], units, *value.axes[2:]), (*value.dims[:-1], units))


def _next_step(drafting: "Drafting", name: str, opened: Open) -> str:
    """Renames the node: what still reads it by its old name reads a part of the attention, which is no layer."""
    node = drafting.by_node.pop(name)
    node.name = drafting.names.new(WINDOWS)
    drafting.by_node[node.name], drafting.open[node.name] = node, opened
    return node.name


def rolled_back(drafting: "Drafting", value: Value, shift: Sequence[int]) -> Value | None:
    """The whole of attention within shifted windows, if a roll is its end, which it does itself; else None."""
    opened = drafting.open.get(value.node)
    if opened is None or value.rank != 2 or not opened.is_joined:
        return None
    sizes = [size_of(axis) for axis in value.axes[2:]]
    expected = [step % size for step, size in zip(opened.shift, sizes, strict=True)]
    if not any(opened.shift) or list(shift) != expected:
        return None
    return replace(value, node=_next_step(drafting, value.node, replace(opened, shift=(0, 0))))


def check_whole(drafting: "Emitting", node: str) -> None:
    """Raises `Unfinished` if a node is attention within windows of which a part is missing."""
    opened = drafting.open.get(node)
    if opened is None:
        return
    if not opened.is_joined or any(opened.shift):
        raise Unfinished(opened.place)


def kept(drafting: "Drafting", outputs: Sequence[str]) -> list[DraftNode]:
    """The layers that the outputs depend on. Raises `Unfinished` if parts of attention are used elsewhere too."""
    wanted = set(outputs)
    for node in reversed(drafting.nodes):
        if node.name in wanted:
            wanted.update(node.sources)
    for name, opened in drafting.open.items():
        if name in wanted and (opened.linear in wanted or name in outputs):
            check_whole(drafting, name)
            if opened.linear in wanted:
                raise Unfinished(opened.place)
    return [node for node in drafting.nodes if node.name in wanted]
