"""Products of queries and keys that become attention with what follows: a scale, a softmax, a product with values."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import TYPE_CHECKING

from cnncalc.pytorch.capture.added_scores import Added
from cnncalc.pytorch.capture.arranging import arrange
from cnncalc.pytorch.capture.axis_words import axis_word
from cnncalc.pytorch.capture.layout import flat
from cnncalc.pytorch.capture.rows import Rows
from cnncalc.pytorch.capture.values import Factor, Group, Own, Pending, Value, size_of

if TYPE_CHECKING:
    from cnncalc.pytorch.capture.drafting import Drafting

# What `transpose` of a product says: whether its first operand and its second one are turned.
TURNED = {(False, False): None, (True, False): "first", (False, True): "second", (True, True): "both"}


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
    transpose = TURNED[one_turned, other_turned != turned]
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
