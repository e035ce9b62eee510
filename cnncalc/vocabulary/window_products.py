"""The products of attention within windows, as torchvision writes them: what they copy, keep, and compute backward.

Queries, keys and values are parts of one tensor, in which the heads of a position are next to each other.
`torch.matmul` copies what it multiplies where windows and heads are not one axis in memory.
"""

from collections.abc import Iterator

from cnncalc.record import NamedTuple
from cnncalc.vocabulary.allocation import Step, Tensor
from cnncalc.vocabulary.attending_groups import GRAD_SCORES, WEIGHTS, TokenGroups
from cnncalc.vocabulary.selected import selected_backward
from cnncalc.vocabulary.strides import Strides, contiguous, in_order, regrouped

PROJECTED = "projected"


class WindowProducts(NamedTuple):
    """For `images` images; `subclasses`: the tensors are of a subclass, to which nothing is added in place."""

    groups: TokenGroups
    images: int
    subclasses: bool

    @property
    def _sizes(self) -> tuple[int, int, int, int]:
        """(windows, heads, tokens, width)."""
        groups = self.groups
        return self.images * groups.number, groups.heads, groups.tokens, groups.width // groups.heads

    def _splits(self, sizes: tuple[int, ...], strides: Strides) -> bool:
        return regrouped(sizes, strides, (sizes[0] * sizes[1], *sizes[2:])) is None

    @property
    def splits_query(self) -> bool:
        """Whether the scaled queries are copied."""
        windows, heads, tokens, width = self._sizes
        every = heads * width
        return self._splits((windows, heads, tokens, width), (tokens * every, width, every, 1))

    @property
    def splits_key(self) -> bool:
        """Whether the keys are copied, turned."""
        windows, heads, tokens, width = self._sizes
        every = 3 * heads * width
        return self._splits((windows, heads, width, tokens), (tokens * every, width, 1, every))

    @property
    def splits_value(self) -> bool:
        """Whether the values are copied."""
        windows, heads, tokens, width = self._sizes
        every = 3 * heads * width
        return self._splits((windows, heads, tokens, width), (tokens * every, width, every, 1))

    @property
    def splits_result(self) -> bool:
        """Whether the gradient of the joined heads is copied, with the heads before the tokens."""
        return self.splits_query

    @property
    def joins(self) -> bool:
        """Whether the result is copied to join the heads."""
        windows, heads, tokens, width = self._sizes
        strides = in_order((windows, heads, tokens, width))
        return not contiguous(
            (windows, tokens, heads, width), (strides[0], strides[2], strides[1], strides[3])
        )

    @property
    def _reorders(self) -> bool:
        """Whether the gradients of the three parts are copied into the order of the linear layer."""
        windows, heads, tokens, width = self._sizes
        parts = in_order((3, windows, heads, tokens, width))
        given = tuple(parts[index] for index in (1, 3, 0, 2, 4))
        return (
            regrouped((windows, tokens, 3, heads, width), given, (windows, tokens, 3 * heads * width)) is None
        )

    @property
    def query(self) -> Tensor:
        """The scaled queries as they are multiplied."""
        return self.groups.rows("query_split" if self.splits_query else "query")

    @property
    def key(self) -> Tensor:
        """The keys as they are multiplied."""
        return self.groups.rows("key_split") if self.splits_key else self.groups.rows(PROJECTED, 3)

    @property
    def value(self) -> Tensor:
        """The values as they are multiplied."""
        return self.groups.rows("value_split") if self.splits_value else self.groups.rows(PROJECTED, 3)

    def kept(self) -> tuple[Tensor, ...]:
        """What is kept besides the windows."""
        parts = dict.fromkeys((self.query, self.key, self.value))
        joined = self.groups.rows("joined" if self.joins else "split")
        return (*parts, self.groups.square("attention_weights"), joined)

    def scores(self) -> Iterator[Step]:
        """From the projections to the scores."""
        groups = self.groups
        yield Step((groups.rows("query"),))
        apart = (*(self.query,) * self.splits_query, *(self.key,) * self.splits_key)
        yield Step((*apart, groups.square("scores")), tuple(tensor.name for tensor in apart))

    def result(self, spent: tuple[str, ...] = ()) -> Iterator[Step]:
        """From the attention weights to the joined heads; `spent` is what the product reads last."""
        groups = self.groups
        apart = (self.value,) * self.splits_value
        yield Step((*apart, groups.rows("split")), (*spent, *(tensor.name for tensor in apart)))
        if self.joins:
            yield Step((groups.rows("joined"),), ("split",))

    def backward(
        self, grad: str, weights: tuple[Tensor, ...], *, wide: bool, table: tuple[Step, ...]
    ) -> Iterator[Step]:
        """From the gradient of the result of the last linear layer to that of the first one's, `grad_heads`."""
        groups, name = self.groups, "grad_joined"
        yield Step((*weights, groups.rows(name)), (grad, "joined" if self.joins else "split"))
        if self.splits_result:
            yield Step((groups.rows("grad_split"),), (name,))
            name = "grad_split"
        shares = groups.square("grad_attention_weights")
        read = (self.value.name,) * self.splits_value
        yield Step((groups.rows("grad_values"), shares), (name, *read))
        spent: tuple[str, ...] = (shares.name, "attention_weights")
        if wide:
            whole = groups.wide_square("grad_attention_weights_whole")
            yield Step((whole,), spent)
            yield Step((groups.wide_square(GRAD_SCORES),), (whole.name, WEIGHTS))
            # The table's gradient is computed from these too.
            spent = () if table else (GRAD_SCORES,)
        yield Step((groups.square("grad_scores"),), spent)
        yield from table
        factors = dict.fromkeys((self.query.name, self.key.name, PROJECTED))
        yield Step((groups.rows("grad_keys"), groups.rows("grad_scaled")), ("grad_scores", *factors))
        yield Step((groups.rows("grad_queries"),), ("grad_scaled",))
        yield from selected_backward(groups.rows, subclasses=self.subclasses)
        if self._reorders:
            yield Step((groups.rows("grad_heads", 3),), ("grad_stacked",))
        else:
            yield Step(passes=(("grad_heads", "grad_stacked"),), frees=("grad_stacked",))
