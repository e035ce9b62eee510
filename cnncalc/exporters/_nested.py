"""The layers of a network inside the uses of blocks that they are in, for drawings with boxes."""

from collections.abc import Iterator
from typing import NamedTuple

from cnncalc.exporters._described import blocks
from cnncalc.graph import Graph, Node


class Entered(NamedTuple):
    """A use of a block begins: its full name, and how deep it is."""

    name: str
    depth: int


class Left(NamedTuple):
    """The use of a block ends that is this deep."""

    depth: int


def walked(graph: Graph) -> Iterator[Node | Entered | Left]:
    """Every node in order, between the beginnings and ends of blocks. Each block begins once.

    The layers of a block stand together, also where those of another one are computed between them.
    """
    tree: dict[str, None] = {}
    inside: dict[str, list[Node | str]] = {"": []}
    for node in graph.nodes:
        around = ""
        for name in blocks(node):
            if name not in tree:
                tree[name] = None
                inside[name] = []
                inside[around].append(name)
            around = name
        inside[around].append(node)
    # Not by recursion: blocks may be deep.
    waiting: list[tuple[Iterator[Node | str], int]] = [(iter(inside[""]), 0)]
    while waiting:
        items, depth = waiting[-1]
        item = next(items, None)
        if item is None:
            waiting.pop()
            if waiting:
                yield Left(depth - 1)
        elif isinstance(item, str):
            yield Entered(item, depth)
            waiting.append((iter(inside[item]), depth + 1))
        else:
            yield item
