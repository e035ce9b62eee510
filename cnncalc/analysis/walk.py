"""From positions of one layer back to the pixels that they see: set by set, exactly, also where the image ends."""

from collections.abc import Mapping, Sequence
from heapq import heappop, heappush
from typing import NamedTuple, TypeAlias

from cnncalc.analysis.certainty import Inexact
from cnncalc.analysis.field import Field
from cnncalc.analysis.positions import MOST_BITS, TooLarge, all_of, reached, read
from cnncalc.graph import Graph, Node
from cnncalc.layers._reach import SAME
from cnncalc.shape import Shape

# Along each axis of a volume, a set of its positions as the bits of a number.
Positions: TypeAlias = tuple[int, ...]
# Bits that a walk may read in all.
MOST_READ = 64 * MOST_BITS


class Untraceable(Exception):
    """A layer on the way puts positions into another order, or reads other ones in each run."""


class Walk(NamedTuple):
    """The pixels seen, along each axis of the source. `outside`: padding was read, too. `beyond`: and had values of the
    input's own (as reflections have), so that other pixels are seen than are told."""

    pixels: Positions
    outside: bool
    beyond: bool


def walk(
    graph: Graph,
    source: int,
    results: Sequence[tuple[Field, ...] | Inexact | None],
    random: Mapping[int, str],
    start: int,
    positions: Positions,
) -> Walk:
    """The pixels of a source that positions of a node see.

    What a path sees along one axis does not depend on the others; of several paths all is taken together. Raises
    `Untraceable`, and `TooLarge` where there is too much to follow.
    """
    shape = graph.nodes[source].shape
    assert shape is not None
    pixels = list((0,) * shape.rank)
    outside = beyond = False
    waiting: dict[int, Positions] = {start: positions}
    order, left = [-start], MOST_READ
    while order:
        at = -heappop(order)
        wanted = waiting.pop(at)
        node = graph.nodes[at]
        if at == source:
            pixels = [a | b for a, b in zip(pixels, wanted, strict=True)]
            continue
        result = results[at] if at < len(results) else ()
        if at < source or node.is_input or result is None:
            continue
        if (
            result
            and at != start
            and not isinstance(result, Inexact)
            and all(field.whole for field in result)
        ):
            pixels = [all_of(field.image) for field in result]
            continue
        fit = node.fit
        if isinstance(result, Inexact) or fit is None or fit.output is None or at in random:
            raise Untraceable
        reaches = fit.layer.reach(fit.inputs)
        if reaches is None or any(reach.random for reach in reaches):
            raise Untraceable
        entering: list[int] = []
        for axis, (reach, size) in enumerate(zip(reaches, fit.inputs[0].spatial, strict=True)):
            moves = axis if reach.axis is None else reach.axis
            own = wanted[moves] if moves < len(wanted) else 1
            if reach == SAME:
                entering.append(own)
                continue
            taken, out = read(own, reach, all_of(size).bit_length())
            left -= size + own.bit_length()
            entering.append(taken)
            outside, beyond = outside or out, beyond or (out and reach.beyond)
        if left < 0:
            raise TooLarge
        if not all(entering):
            continue
        reading = node.inputs[:1] if fit.layer.reads_first else node.inputs
        for before, entry in zip(reading, fit.inputs, strict=False):
            told = _of_operand(tuple(entering), entry)
            if before in waiting:
                waiting[before] = tuple([a | b for a, b in zip(waiting[before], told, strict=True)])
            else:
                waiting[before] = told
                heappush(order, -before)
    return Walk(tuple(pixels), outside, beyond)


def _of_operand(positions: Positions, entry: Shape) -> Positions:
    """Positions of a merge in one of its operands: one of a single position has that for all."""
    if len(positions) != entry.rank:
        return (1,) * entry.rank
    return tuple([1 if size == 1 else own for own, size in zip(positions, entry.spatial, strict=True)])


def forward(graph: Graph, source: int, target: int, positions: Positions) -> Positions | None:
    """The positions of a target that see some of these of a source, along each axis; None where none does.

    Raises `Untraceable` and `TooLarge`.
    """
    found: dict[int, Positions] = {source: positions}
    for node in graph.nodes[source + 1 : target + 1]:
        if (own := _seeing(node, found)) is not None:
            found[node.index] = own
    return found.get(target)


def _seeing(node: Node, found: Mapping[int, Positions]) -> Positions | None:
    fit = node.fit
    seeing = [] if fit is None else list(zip(node.inputs, fit.inputs, strict=True))
    if fit is None or fit.layer.reads_first:
        seeing = seeing[:1]
    known = [(found[at], shape) for at, shape in seeing if at in found]
    if not known or fit is None or fit.output is None:
        return None
    reaches = fit.layer.reach(fit.inputs)
    if reaches is None or any(reach.random for reach in reaches):
        raise Untraceable
    first, output = fit.inputs[0], fit.output
    # A merge is as large along each axis as the longest of its operands.
    sizes = first.spatial if len(seeing) == 1 else output.spatial
    entering = [0] * len(sizes)
    for own, shape in known:
        wide = _spread(own, shape, sizes)
        entering = [a | b for a, b in zip(entering, wide, strict=True)]
    result = [all_of(size) for size in output.spatial]
    for axis, (reach, had) in enumerate(zip(reaches, entering, strict=False)):
        moves = axis if reach.axis is None else reach.axis
        count = output.spatial[moves] if moves < output.rank else 1
        see = had if reach == SAME else reached(had, reach, count)
        if not see:
            return None
        if moves < output.rank:
            result[moves] &= see
    return tuple(result) if all(result) else None


def _spread(own: Positions, shape: Shape, sizes: tuple[int, ...]) -> list[int]:
    if shape.rank != len(sizes):
        return [all_of(size) for size in sizes]
    return [all_of(size) if had == 1 < size else one
            for one, had, size in zip(own, shape.spatial, sizes, strict=True)]  # fmt: skip
