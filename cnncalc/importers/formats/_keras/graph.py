"""The graph of a Keras model: which call of which layer reads which, in Keras 2 and in Keras 3."""

from collections.abc import Iterator
from typing import NamedTuple

from cnncalc.importers.formats._keras.config import entry, text
from cnncalc.text import Mapping, Node, Scalar, Sequence

MOST_STEPS = 100_000


class KerasTensor(NamedTuple):
    """What a call gives: the name of the layer, the number of its call, and of the tensor; with its shape if known."""

    layer: str
    call: int
    output: int
    shape: tuple[int | None, ...] | None = None


def calls(layer: Node) -> list[list[KerasTensor]]:
    """The calls of a layer: for each, what it reads."""
    nodes = entry(layer, "inbound_nodes")
    if not isinstance(nodes, Sequence):
        return []
    return [list(_tensors(node)) for node in nodes.items if not _is_empty(node)]


def _is_empty(node: Node) -> bool:
    return isinstance(node, Sequence) and not node.items


def _tensors(node: Node) -> Iterator[KerasTensor]:
    """Every tensor in a call, in order: `["conv", 0, 0, {}]` of Keras 2, or a `__keras_tensor__` of Keras 3."""
    waiting: list[Node] = [node]
    while waiting:
        here = waiting.pop()
        if isinstance(here, Mapping):
            if text(entry(here, "class_name")) == "__keras_tensor__":
                tensor = _tensor(entry(here, "config", "keras_history"))
                if tensor is not None:
                    yield tensor._replace(shape=shape_of(entry(here, "config", "shape")))
                continue
            waiting += reversed([item.value for item in here])
        elif isinstance(here, Sequence):
            if (tensor := _tensor(here)) is not None:
                yield tensor
                # Arguments of the call may be tensors too.
                waiting += [item for item in here.items[3:] if isinstance(item, Mapping)]
            else:
                waiting += reversed(here.items)


def _tensor(node: Node | None) -> KerasTensor | None:
    """A list that begins with a layer's name and two numbers."""
    if not isinstance(node, Sequence) or len(node) < 3:
        return None
    name, call, index = (item.value if isinstance(item, Scalar) else None for item in node.items[:3])
    if not isinstance(name, str) or not isinstance(call, int) or not isinstance(index, int):
        return None
    return KerasTensor(name, call, index)


def ends(node: Node | None) -> list[KerasTensor]:
    """`input_layers` or `output_layers`: one tensor, or a list of them."""
    return [] if node is None else list(_tensors(node))


def shape_of(node: Node | None) -> tuple[int | None, ...] | None:
    """A shape with the images first; an axis is None where it is not known."""
    if not isinstance(node, Sequence) or not 2 <= len(node) <= 5:
        return None
    sizes = [item.value if isinstance(item, Scalar) else "" for item in node.items]
    if not all(size is None or (isinstance(size, int) and 0 < size < 10**9) for size in sizes[1:]):
        return None
    return tuple(size if isinstance(size, int) else None for size in sizes)
