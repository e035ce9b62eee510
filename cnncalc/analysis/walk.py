"""From positions of one layer back to the pixels that they see: exactly, also at the border of the image."""

from collections.abc import Collection, Iterator, Sequence
from functools import reduce
from heapq import heappop, heappush
from operator import or_
from typing import TypeAlias

from cnncalc.analysis.certainty import Inexact, NotFollowed
from cnncalc.analysis.field import Field
from cnncalc.analysis.positions import MOST_BITS, TooLarge, all_of, reached, read
from cnncalc.graph import BoundLayer, Graph
from cnncalc.layers import Reach
from cnncalc.record import NamedTuple
from cnncalc.shape import Shape
from cnncalc.vocabulary.merge import offsets
from cnncalc.vocabulary.reach import SAME

# Along each axis of a volume, a set of its positions as the bits of a number.
Positions: TypeAlias = tuple[int, ...]
# The most bits that a walk reads in total.
MOST_READ = 64 * MOST_BITS
# The most blocks of positions of one node that are followed separately.
MOST_BLOCKS = 8


class Untraceable(NotFollowed):
    """A layer on the way reorders positions, or reads different positions in each run."""


class Walk(NamedTuple):
    """The pixels seen, along each axis of the source.

    `outside`: padding was read too. `beyond`: the padding had values of the input (as reflections have), so that other
    pixels are seen as well. `most`: it is an upper limit; some pixels may not be seen because nothing is read along
    another axis.
    """

    pixels: Positions
    outside: bool
    beyond: bool
    most: bool


def walk(
    graph: Graph,
    sources: Collection[int],
    results: Sequence[tuple[Field, ...] | Inexact | None],
    known: tuple[Collection[int], Collection[int]],
    start: int,
    positions: Positions,
) -> Walk:
    """The pixels of a source (or of several sources of the same size) that positions of a node see.

    `known` are the nodes that read different positions in each run, and those whose positions each see the whole
    source. Raises `Untraceable`, and `TooLarge` if there is too much to follow.
    """
    first = min(sources)
    shape = graph.nodes[first].shape
    assert shape is not None
    random, whole = known
    pixels = list((0,) * shape.rank)
    outside = beyond = joined = gaps = False
    # For every node to visit, blocks of positions: each has a set along every axis.
    waiting: dict[int, list[Positions]] = {start: [positions]}
    order, left = [-start], MOST_READ
    while order:
        index = -heappop(order)
        blocks = waiting.pop(index)
        node = graph.nodes[index]
        if index in sources:
            pixels = [reduce(or_, sets) for sets in zip(pixels, *blocks, strict=True)]
            continue
        result = results[index] if index < len(results) else ()
        if index < first or node.is_input or result is None:
            continue
        if index in whole:
            pixels = list(map(all_of, shape.spatial))
            continue
        fit = node.fit
        if isinstance(result, Inexact) or fit is None or fit.output is None or index in random:
            raise Untraceable
        reaches = fit.layer.reach(fit.inputs)
        if reaches is None or any(reach.random for reach in reaches):
            raise Untraceable
        gaps = gaps or has_gaps(fit, reaches)
        if (row := _row(reaches)) is not None:
            # All of them form a block along the original axes; some of them may form none.
            whole_row = all_of(fit.output.spatial[row])
            if any(block[row] != whole_row for block in blocks):
                if sum(block[row].bit_count() for block in blocks) > MOST_BLOCKS:
                    joined = True
                else:
                    blocks = [positions for block in blocks for positions in _one_by_one(block, row)]
        if len(blocks) > MOST_BLOCKS:
            joined, blocks = True, [tuple([reduce(or_, sets) for sets in zip(*blocks, strict=True)])]
        reading = node.values_of
        for block in blocks:
            entering, out = _entering(fit, reaches, block)
            left -= sum(map(int.bit_length, (*entering, *block))) + 64
            outside, beyond = outside or any(out), beyond or any(_beyond(reaches, out))
            if not all(entering):
                continue
            whole_operands = fit.layer.reads_whole(fit.inputs)
            for which, (before, entry) in enumerate(zip(reading, fit.inputs, strict=False)):
                if which in whole_operands:
                    own = tuple(map(all_of, entry.spatial))
                else:
                    own = _of_operand(fit, entering, entry, which)
                if not all(own):
                    continue
                if before not in waiting:
                    waiting[before] = []
                    heappush(order, -before)
                _add(waiting[before], own)
        if left < 0:
            raise TooLarge
    return Walk(tuple(pixels), outside, beyond, joined and gaps)


def _row(reaches: tuple[Reach, ...]) -> int | None:
    """The axis along which a layer puts the positions of several axes in a row, if it does."""
    moves = [axis if reach.axis is None else reach.axis for axis, reach in enumerate(reaches)]
    return next((axis for axis in moves if moves.count(axis) > 1), None)


def _one_by_one(block: Positions, row: int) -> Iterator[Positions]:
    """A block of positions in a row, as one block for each position."""
    left = block[row]
    while left:
        lowest = left & -left
        yield (*block[:row], lowest, *block[row + 1 :])
        left ^= lowest


def _entering(fit: BoundLayer, reaches: tuple[Reach, ...], block: Positions) -> tuple[Positions, list[bool]]:
    """What a block of a layer's output reads along each axis of the input, and whether it reads padding too."""
    entering, outside = [], []
    for axis, (reach, size) in enumerate(zip(reaches, fit.read_axes(reaches), strict=True)):
        moves = axis if reach.axis is None else reach.axis
        own = block[moves] if moves < len(block) else 1
        if reach == SAME and keeps_size(fit, axis, moves):
            entering.append(own)
            outside.append(False)
            continue
        all_of(size)
        taken, out = read(own, reach, size)
        entering.append(taken)
        outside.append(out)
    return tuple(entering), outside


def keeps_size(fit: BoundLayer, axis: int, moves: int) -> bool:
    """Whether an axis has the same number of positions as before; for merges, each operand is checked separately."""
    assert fit.output is not None
    merges = fit.layer.arity is None and not fit.layer.reads_first
    return merges or (moves < fit.output.rank and fit.output.spatial[moves] == fit.inputs[0].spatial[axis])


def _beyond(reaches: tuple[Reach, ...], outside: list[bool]) -> Iterator[bool]:
    return (reach.beyond and out for reach, out in zip(reaches, outside, strict=True))


def _add(blocks: list[Positions], new: Positions) -> None:
    """Adds a block, unless another contains it; removes the blocks that it contains."""
    if any(_within(new, block) for block in blocks):
        return
    blocks[:] = [block for block in blocks if not _within(block, new)]
    blocks.append(new)


def _within(first: Positions, other: Positions) -> bool:
    return all(a & ~b == 0 for a, b in zip(first, other, strict=True))


def has_gaps(fit: BoundLayer, reaches: tuple[Reach, ...]) -> bool:
    """Whether some output positions of a layer read nothing of its input: only padding, or between two taps."""
    if fit.output is None:
        return False
    for axis, (reach, size) in enumerate(zip(reaches, fit.read_axes(reaches), strict=True)):
        moves = axis if reach.axis is None else reach.axis
        if moves >= fit.output.rank or (reach == SAME and keeps_size(fit, axis, moves)):
            continue
        count = fit.output.spatial[moves]
        if reached(all_of(size), reach, count) != all_of(count):
            return True
    return False


def _of_operand(fit: BoundLayer, positions: Positions, entry: Shape, which: int) -> Positions:
    """The positions of a merge in one of its operands: an operand of size 1 has one position for all.

    If the operands lie one after another along an axis, an operand has those that are its own, perhaps none.
    """
    along = fit.layer.joins_along(fit.inputs)
    if along is not None:
        own = (positions[along] >> offsets(fit.inputs, along)[which]) & all_of(entry.spatial[along])
        return (*positions[:along], own, *positions[along + 1 :])
    if len(positions) != entry.rank:
        return (1,) * entry.rank
    return tuple([1 if size == 1 else own for own, size in zip(positions, entry.spatial, strict=True)])
