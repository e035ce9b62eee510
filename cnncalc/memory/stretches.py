"""Stretches of a network by name: the uses of a block, and all that comes before a layer."""

from collections.abc import Iterable, Iterator

from cnncalc.graph import BlockUse, Graph, Node


def uses(graph: Graph, name: str) -> list[tuple[int, int]]:
    """The nodes of every use of a block, from the first to after the last; `name` is the block's or one use's.

    A use within another use of the same block belongs to that one. Empty where there is none.
    """
    found: dict[int, tuple[int, int]] = {}
    for node in graph.nodes:
        frame = _outermost(node, name)
        if frame is not None:
            start, _ = found.get(id(frame), (node.index, 0))
            found[id(frame)] = (start, node.index + 1)
    return sorted(found.values())


def _outermost(node: Node, name: str) -> BlockUse | None:
    found = None
    for frame in _frames(node):
        if name in (frame.item.block, frame.name):
            found = frame
    return found


def _frames(node: Node) -> Iterator[BlockUse]:
    """The uses of blocks a node stands in, the innermost first."""
    frame = node.frame
    while frame is not None:
        yield frame
        frame = frame.parent


def names(graph: Graph) -> list[str]:
    """Every block in use, and every one of its uses."""
    blocks: dict[str, None] = {}
    instances: dict[str, None] = {}
    for node in graph.nodes:
        for frame in _frames(node):
            blocks[frame.item.block] = None
            instances[frame.name] = None
    return [*blocks, *instances]


def outermost(found: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Stretches in order, each once; what stands within another belongs to that."""
    told = set(found)
    return tuple(
        one
        for one in sorted(told)
        if not any(other != one and other[0] <= one[0] and one[1] <= other[1] for other in told)
    )


def until(graph: Graph, name: str) -> int | None:
    """How many nodes come before a layer, or before a use of a block; None where there is neither."""
    if name in graph.by_name:
        return graph.by_name[name]
    found = uses(graph, name)
    return found[0][0] if found else None
