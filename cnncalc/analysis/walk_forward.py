"""From positions of one layer on to those of a later layer that see them."""

from collections.abc import Mapping

from cnncalc.analysis.positions import all_of, reached
from cnncalc.analysis.walk import Positions, Untraceable, keeps_size
from cnncalc.graph import Graph, Node
from cnncalc.shape import Shape
from cnncalc.vocabulary.merge import offsets
from cnncalc.vocabulary.reach import SAME


def forward(graph: Graph, source: int, target: int, positions: Positions) -> Positions | None:
    """The positions of a target that see some of these positions of a source, along each axis; None if none does.

    Raises `Untraceable` and `TooLarge`.
    """
    positions_of: dict[int, Positions] = {source: positions}
    for node in graph.nodes[source + 1 : target + 1]:
        if (own := _seeing(node, positions_of)) is not None:
            positions_of[node.index] = own
    return positions_of.get(target)


def _seeing(node: Node, by_node: Mapping[int, Positions]) -> Positions | None:
    fit = node.fit
    seeing = [] if fit is None else list(zip(node.inputs, fit.inputs, strict=True))
    if fit is None or fit.layer.reads_first:
        seeing = seeing[:1]
    known = [
        (which, by_node[source], shape) for which, (source, shape) in enumerate(seeing) if source in by_node
    ]
    if not known or fit is None or fit.output is None:
        return None
    if any(which in fit.layer.reads_whole(fit.inputs) for which, _, _ in known):
        return tuple(map(all_of, fit.output.spatial))
    reaches = fit.layer.reach(fit.inputs)
    if reaches is None or any(reach.random for reach in reaches):
        raise Untraceable
    first, output = fit.inputs[0], fit.output
    # Along each axis, a merge is as long as its longest operand.
    sizes = first.spatial if len(seeing) == 1 else output.spatial
    entering = [0] * len(sizes)
    along = fit.layer.joins_along(fit.inputs)
    for which, own, shape in known:
        if along is not None:
            moved = own[along] << offsets(fit.inputs, along)[which]
            wide = [*own[:along], moved, *own[along + 1 :]]
        else:
            wide = _spread(own, shape, sizes)
        entering = [a | b for a, b in zip(entering, wide, strict=True)]
    result = [all_of(size) for size in output.spatial]
    for axis, (reach, had) in enumerate(zip(reaches, entering, strict=False)):
        moves = axis if reach.axis is None else reach.axis
        count = output.spatial[moves] if moves < output.rank else 1
        see = had if reach == SAME and keeps_size(fit, axis, moves) else reached(had, reach, count)
        if not see:
            return None
        if moves < output.rank:
            result[moves] &= see
    return tuple(result) if all(result) else None


def _spread(own: Positions, shape: Shape, sizes: tuple[int, ...]) -> list[int]:
    if shape.rank != len(sizes):
        return [all_of(size) for size in sizes]
    return [all_of(size) if had == 1 < size else positions
            for positions, had, size in zip(own, shape.spatial, sizes, strict=True)]  # fmt: skip
