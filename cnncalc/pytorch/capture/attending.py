"""Products of queries and keys that become attention with what follows: a scale, a softmax, a product with values."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import isclose, prod, sqrt
from typing import TYPE_CHECKING, Any

from cnncalc.pytorch.capture.added_scores import Added, AddedTable, table
from cnncalc.pytorch.capture.arranging import arrange
from cnncalc.pytorch.capture.axis_words import axis_word
from cnncalc.pytorch.capture.layout import flat
from cnncalc.pytorch.capture.mapping import Unmapped
from cnncalc.pytorch.capture.values import Factor, Group, Own, Pending, Value, size_of
from cnncalc.pytorch.capture.windowed import window_attention

if TYPE_CHECKING:
    from cnncalc.pytorch.capture.drafting import Drafting


@dataclass(frozen=True, slots=True)
class Rows:
    """A tensor of vectors: for each image and head, a row for each position. `dims` are those of its node."""

    value: Value
    heads: Group
    positions: Group
    channels: Group


def rows(value: Value, *, turned: bool = False) -> Rows:
    """The images, heads, positions and channels of a tensor whose last dimensions are positions and channels.

    With `turned` the last two are channels and positions. Raises `Unmapped` if the images are not its first dimension.
    """
    if value.expanded:
        raise Unmapped("an operand is repeated by `expand`")
    *outer, before_last, last = value.dims
    images = value.axes[0]
    if not outer or outer[0][: len(images)] != images or not images:
        raise Unmapped("the images of the batch are not its first dimension")
    heads = (*outer[0][len(images) :], *flat(outer[1:]))
    positions, channels = (last, before_last) if turned else (before_last, last)
    return Rows(value, heads, positions, channels)


def as_operand(drafting: "Drafting", given: Rows) -> Value:
    """A tensor of vectors as an operand of a layer: the heads one after another in its channels."""
    value = given.value
    spatial: Sequence[Group] = (given.positions,)
    if given.positions == flat(value.axes[2:]) and value.rank:
        spatial = value.axes[2:]
    return arrange(drafting, value, (value.axes[0], (*given.heads, *given.channels), *spatial))


def attention(
    drafting: "Drafting",
    queries: Rows,
    keys: Rows,
    values: Rows,
    scale: float | None,
    *,
    causal: bool = False,
    added: Sequence[Added] = (),
) -> Value:
    """Attention without projections; its dimensions are images, heads, positions and channels."""
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


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Scores(Pending):
    """Products of queries and keys, times a factor; with `weights` after their softmax."""

    queries: Rows
    keys: Rows
    dims: tuple[int, ...]
    scale: float = 1.0
    weights: bool = False
    added: tuple[Added, ...] = ()
    # Whether its last two dimensions are keys and queries.
    turned: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        return self.dims

    def times(self, factor: float) -> "Scores":
        """The scores times a number."""
        return replace(self, scale=self.scale * factor)

    def plus(self, own: Own) -> "Scores":
        """The scores and a tensor of the model."""
        return replace(self, added=(*self.added, Added(own, self.dims)))

    def transposed(self) -> "Scores":
        """The attention weights with queries as the last dimension."""
        return replace(self, dims=(*self.dims[:-2], self.dims[-1], self.dims[-2]), turned=not self.turned)

    def seen_as(self, sizes: Sequence[int]) -> "Scores | None":
        """The scores with other dimensions before the last two; None if those change."""
        same = tuple(sizes[-2:]) == self.dims[-2:] and prod(sizes) == prod(self.dims)
        return replace(self, dims=tuple(sizes)) if same and len(sizes) > 2 and not self.turned else None

    def settle(self, drafting: "Drafting") -> Value:
        if self.turned:
            value = self.transposed().settle(drafting)
            return Value(
                value.node, value.axes, (*value.dims[:-2], value.dims[-1], value.dims[-2]), value.expanded
            )
        product = self._product(drafting)
        if self.scale != 1:
            product = drafting.elementwise("scale", product, factor=self.scale)
        for item in self.added:
            macs = drafting.own_macs(item.own.number)
            product = drafting.unknown(
                "add", [product], self.shape, item.own.names, "added to scores", macs=macs
            )
        if self.weights:
            product, word = axis_word(drafting, product, -1)
            product = drafting.elementwise("softmax", product, over=None if word == "channels" else word)
        return product

    def _product(self, drafting: "Drafting") -> Value:
        """The products of queries and keys alone."""
        if size_of(self.queries.heads) == 1:
            return matmul(drafting, self.queries, self.keys, turned=True, shape=self.shape)
        operands = [self.queries.value, self.keys.value]
        shapes = [operand.shape for operand in operands]
        return drafting.unknown(
            "matmul", operands, self.shape, (), "products of each head separately", shapes
        )


def matmul(drafting: "Drafting", first: Rows, second: Rows, *, turned: bool, shape: tuple[int, ...]) -> Value:
    """The product of two volumes, positions by channels. With `turned` the second one's positions are its columns."""
    base, one_turned = _oriented(drafting, first)
    other, other_turned = _oriented(drafting, second)
    way = {(False, False): None, (True, False): "first", (False, True): "second", (True, True): "both"}
    transpose = way[one_turned, other_turned != turned]
    columns = second.positions if turned else second.channels
    left = first.positions
    if set(columns) & set(left):
        # Positions of one volume with each other: the rows and the columns are two axes.
        columns = tuple(Factor(factor.size) for factor in columns)
    spatial = base.axes[2:] if not one_turned else (left,)
    dims: list[Group] = [base.axes[0], *((),) * (len(shape) - 3), left, columns]
    return drafting.emit(
        "matmul", [base, other], (base.axes[0], columns, *spatial), dims, transpose=transpose
    )


def _oriented(drafting: "Drafting", given: Rows) -> tuple[Value, bool]:
    """The operand, and whether its node has the positions as channels."""
    value = given.value
    if value.axes[1] == given.channels and flat(value.axes[2:]) == given.positions and value.rank:
        return value, False
    if value.axes[1] == given.positions and flat(value.axes[2:]) == given.channels and value.rank:
        return value, True
    return arrange(drafting, value, (value.axes[0], given.channels, given.positions)), False


def number(given: Any) -> float | None:
    """A factor that is a number; None for others."""
    return float(given) if isinstance(given, int | float) and not isinstance(given, bool) else None
