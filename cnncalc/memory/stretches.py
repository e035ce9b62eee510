"""Stretches of a network by name: the uses of a block, and all that comes before a layer."""

from collections.abc import Iterable, Iterator

from cnncalc.graph import BlockUse, Graph, Node


def uses(graph: Graph, name: str) -> list[tuple[int, int]]:
    """The nodes of every use of a block, from the first to after the last; `name` is the block's or one use's.

    A use inside another use of the same block belongs to the outer one. Empty where there is none.
    """
    ranges: dict[int, tuple[int, int]] = {}
    for node in graph.nodes:
        use = _outermost(node, name)
        if use is not None:
            start, _ = ranges.get(id(use), (node.index, 0))
            ranges[id(use)] = (start, node.index + 1)
    return sorted(ranges.values())


def _outermost(node: Node, name: str) -> BlockUse | None:
    outer = None
    for use in _uses(node):
        if name in (use.item.block, use.name):
            outer = use
    return outer


def _uses(node: Node) -> Iterator[BlockUse]:
    """The uses of blocks around a node, the innermost first."""
    use = node.frame
    while use is not None:
        yield use
        use = use.parent


def names(graph: Graph) -> list[str]:
    """Every block in use, and every one of its uses."""
    blocks: dict[str, None] = {}
    instances: dict[str, None] = {}
    for node in graph.nodes:
        for use in _uses(node):
            blocks[use.item.block] = None
            instances[use.name] = None
    return [*blocks, *instances]


def outermost(ranges: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Stretches in order, each once, without those inside another."""
    distinct = set(ranges)
    return tuple(
        inner
        for inner in sorted(distinct)
        if not any(outer != inner and outer[0] <= inner[0] and inner[1] <= outer[1] for outer in distinct)
    )


def until(graph: Graph, name: str) -> int | None:
    """How many nodes come before a layer, or before a use of a block; None if the name is neither."""
    if name in graph.by_name:
        return graph.by_name[name]
    ranges = uses(graph, name)
    return ranges[0][0] if ranges else None
