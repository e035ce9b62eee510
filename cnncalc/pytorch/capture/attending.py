"""Attention of queries, keys and values as one layer."""

from collections.abc import Sequence
from itertools import product
from math import isclose, sqrt
from typing import TYPE_CHECKING

from cnncalc.pytorch.capture.added_scores import Added, AddedTable, table
from cnncalc.pytorch.capture.arranging import arrange
from cnncalc.pytorch.capture.layout import flat
from cnncalc.pytorch.capture.mapping import Unmapped
from cnncalc.pytorch.capture.rows import Rows, as_operand
from cnncalc.pytorch.capture.values import Value, size_of
from cnncalc.pytorch.capture.window_parts import window_attention

if TYPE_CHECKING:
    from cnncalc.pytorch.capture.drafting import Drafting


def attention(
    drafting: "Drafting",
    queries: Rows,
    keys: Rows,
    values: Rows,
    scale: float | None,
    *,
    causal: bool = False,
    added: Sequence[Added] = (),
    fused: bool,
) -> Value:
    """Attention without projections; its dimensions are images, heads, positions and channels.

    `fused`: the program calls PyTorch's function, in place of two products.
    """
    within = None if causal else window_attention(drafting, queries, keys, values, scale, added)
    if within is not None:
        return within
    heads = size_of(queries.heads)
    for other in (keys, values):
        if size_of(other.heads) != heads:
            raise Unmapped("keys and values have other heads than queries")
    if size_of(keys.positions) != size_of(values.positions):
        raise Unmapped("there are not as many values as keys")
    key, value = size_of(queries.channels), size_of(values.channels)
    operands = [as_operand(drafting, given) for given in (queries, keys, values)]
    relative = None
    if added:
        relative, operands = _with_table(drafting, operands, added, heads)
    if operands[1].axes[2:] != operands[2].axes[2:] and [size_of(axis) for axis in operands[1].axes[2:]] != [
        size_of(axis) for axis in operands[2].axes[2:]
    ]:
        operands[1:] = [
            arrange(drafting, operand, (operand.axes[0], operand.axes[1], given.positions))
            for operand, given in zip(operands[1:], (keys, values), strict=True)
        ]
    query = operands[0]
    channels = (*queries.heads, *values.channels)
    positions = flat(query.axes[2:])
    return drafting.emit(
        "attention",
        operands,
        (query.axes[0], channels, *query.axes[2:]),
        (query.axes[0], queries.heads, positions, values.channels),
        heads=heads,
        value_width=value if value != key else None,
        project=False,
        scale=None if scale is None or isclose(scale, 1 / sqrt(key), rel_tol=1e-12) else scale,
        causal=True if causal else None,
        relative=None if relative is None else relative.kind,
        fused=None if fused else False,
        weights=None if relative is None else relative.weights,
        changes=None if relative is None else relative.changes,
    )


def _with_table(
    drafting: "Drafting", operands: list[Value], added: Sequence[Added], heads: int
) -> tuple[AddedTable, list[Value]]:
    """The table of relative positions that is added to scores, and the operands as volumes of the grids it is for."""
    lengths = [size_of(flat(operand.axes[2:])) for operand in operands]
    images = size_of(operands[0].axes[0])
    of_queries, of_keys = (
        [tuple(map(size_of, operand.axes[2:]))] if operand.rank > 1 else grids(length)
        for operand, length in zip(operands[:2], lengths, strict=False)
    )
    # Most grids are square; the numbers in the table say which it is.
    pairs = sorted(product(of_queries, of_keys), key=lambda pair: sum(max(grid) - min(grid) for grid in pair))
    sizes, own = table(drafting, added, images, heads, pairs)
    volumes = []
    for operand, size in zip(operands, (*sizes, sizes[1]), strict=True):
        seen = Value(operand.node, operand.axes, operand.axes)
        if tuple(map(size_of, operand.axes[2:])) != size:
            divided = drafting.value(drafting.reshape(seen, [*seen.shape[:2], *size]))
            seen = arrange(drafting, divided, divided.dims)
        volumes.append(seen)
    return own, volumes


def grids(length: int) -> list[tuple[int, int]]:
    """All grids with this number of positions."""
    return [(rows, length // rows) for rows in range(2, length // 2 + 1) if length % rows == 0]
