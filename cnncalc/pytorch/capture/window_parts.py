"""Attention within windows as it begins: how a volume is divided, and where queries, keys and values are from."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isclose, sqrt
from typing import TYPE_CHECKING

from cnncalc.importers import DraftNode
from cnncalc.pytorch.capture.added_scores import Added, window_table
from cnncalc.pytorch.capture.values import Group, Value, size_of
from cnncalc.pytorch.capture.windowed import WINDOWS, Open
from cnncalc.pytorch.capture.windows import per_axis, short

if TYPE_CHECKING:
    from cnncalc.pytorch.capture.drafting import Drafting
    from cnncalc.pytorch.capture.rows import Rows


@dataclass(frozen=True, slots=True)
class _Part:
    """Queries, keys or values: which third of the channels of a linear layer they are, and times what."""

    linear: DraftNode
    third: int
    factor: float


@dataclass(frozen=True, slots=True)
class _Tiles:
    """How a volume is divided: the factors of the windows, the size of one, whether its positions are spread."""

    outer: Group
    heads: Group
    window: tuple[int, int]
    size: tuple[int, int]
    grid: bool


def window_attention(
    drafting: "Drafting",
    queries: "Rows",
    keys: "Rows",
    values: "Rows",
    scale: float | None,
    added: Sequence[Added],
) -> Value | None:
    """Attention of heads and windows; None if there are no windows of a volume. Raises `Unmapped`."""
    tiles = _tiles(queries)
    if tiles is None or drafting.place in drafting.without_windows:
        return None
    parts = [_part(drafting, given, tiles) for given in (queries, keys, values)]
    if any(part is None for part in parts):
        return None
    first, second, third = (part for part in parts if part is not None)
    if not first.linear is second.linear is third.linear or [
        part.third for part in (first, second, third)
    ] != [0, 1, 2]:
        return None
    for other in (keys, values):
        if other.heads[: len(tiles.outer)] != tiles.outer or other.positions != queries.positions:
            return None
    width = sqrt(size_of(queries.channels))
    factor = (1 / width if scale is None else scale) * first.factor * second.factor
    if third.factor != 1 or not isclose(factor, 1 / width, rel_tol=1e-9):
        return None
    images, heads = size_of(queries.value.axes[0]), size_of(tiles.heads)
    shifts = [] if tiles.grid else _rolled(drafting, first.linear, tiles)
    table, shift = window_table(drafting, added, images, heads, tiles.window, tiles.size, shifts)
    axes = (queries.value.axes[0], (*tiles.heads, *values.channels), *queries.value.axes[2:])
    value = drafting.emit(
        WINDOWS,
        [],
        axes,
        (axes[0], queries.heads, queries.positions, values.channels),
        heads=heads,
        window=short(tiles.window),
        shift=short(shift, 0),
        grid=True if tiles.grid else None,
        relative=None if table is not None else "none",
    )
    drafting.open[value.node] = Open(first.linear.name, drafting.place, table, shift)
    return value


def _tiles(queries: "Rows") -> _Tiles | None:
    axes = queries.value.axes
    if len(axes) != 4:
        return None
    space = {factor for axis in axes[2:] for factor in axis}
    outer = tuple(factor for factor in queries.heads if factor in space)
    heads = queries.heads[len(outer) :]
    inner = [tuple(factor for factor in axis if factor in queries.positions) for axis in axes[2:]]
    apart = [tuple(factor for factor in axis if factor in outer) for axis in axes[2:]]
    if (
        not outer
        or queries.heads[: len(outer)] != outer
        or outer != (*apart[0], *apart[1])
        or queries.positions != (*inner[0], *inner[1])
        or set(outer) | set(queries.positions) != space
    ):
        return None
    adjacent = [(*before, *after) for before, after in zip(apart, inner, strict=True)] == list(axes[2:])
    spread = [(*after, *before) for before, after in zip(apart, inner, strict=True)] == list(axes[2:])
    if not adjacent and not spread:
        return None
    high, wide = map(size_of, inner)
    return _Tiles(outer, heads, (high, wide), (size_of(axes[2]), size_of(axes[3])), not adjacent)


def _part(drafting: "Drafting", given: "Rows", tiles: _Tiles) -> _Part | None:
    value, factor = given.value, 1.0
    heads = given.heads[len(tiles.outer) :]
    if value.axes[1] != (*heads, *given.channels) or size_of(heads) != size_of(tiles.heads):
        return None
    node = drafting.by_node.get(value.node)
    while node is not None and node.type == "scale":
        factor *= node.fields["factor"]
        node = drafting.by_node.get(node.sources[0])
    if node is None or node.type not in ("chunk", "slice"):
        return None
    linear = drafting.by_node.get(node.sources[0])
    if linear is None or linear.type != "linear" or linear.shape is None or linear.shares is not None:
        return None
    width = size_of(value.axes[1])
    if "bias" not in linear.weights or sorted(linear.weights["weight"].shape) != [width, 3 * width]:
        return None
    if node.type == "chunk":
        return _Part(linear, node.fields["index"], factor) if node.fields["of"] == 3 else None
    if node.fields.keys() - {"start", "stop"}:
        return None
    start = node.fields.get("start", 0)
    whole = node.fields.get("stop", 3 * width) - start == width
    return _Part(linear, start // width, factor) if whole and start % width == 0 else None


def _rolled(drafting: "Drafting", linear: DraftNode, tiles: _Tiles) -> list[tuple[int, int]]:
    """The shift of the volume before the linear layer, if it has been rolled."""
    node = drafting.by_node.get(linear.sources[0])
    if node is None or node.type != "roll":
        return []
    high, wide = (
        -moved % size for moved, size in zip(per_axis(node.fields["shift"], 2), tiles.size, strict=True)
    )
    can_be = all(
        not step or (step < window < size)
        for step, window, size in zip((high, wide), tiles.window, tiles.size, strict=True)
    )
    return [(high, wide)] if can_be else []
