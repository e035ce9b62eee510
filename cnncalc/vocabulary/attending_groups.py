"""Attention within groups of tokens (rows, windows), where one linear layer makes queries, keys and values.

What such attention computes, its tensors, and the part of its backward pass that does not depend on the groups.
"""

from collections.abc import Iterable, Iterator

from cnncalc.record import NamedTuple
from cnncalc.vocabulary.allocation import Step, Tensor
from cnncalc.vocabulary.layer import Work
from cnncalc.vocabulary.matrix import BackwardMacs

FULL = "float32"
# The attention weights before they are cast for a product.
WEIGHTS = "attention_weights_whole"
# The gradient of the scores before it is cast for a product.
GRAD_SCORES = "grad_scores_whole"


class TokenGroups(NamedTuple):
    """`number` groups of `tokens` each, of `width` channels in `heads` heads; each token attends to its group."""

    number: int
    tokens: int
    width: int
    heads: int

    @property
    def positions(self) -> int:
        """All tokens."""
        return self.number * self.tokens

    @property
    def reorders_heads(self) -> bool:
        """Whether values of a token's heads are in another order where the heads come first."""
        return self.heads > 1 and self.tokens > 1

    def work(self, *, bias: bool, added: int) -> Work:
        """The work for one image, if `added` numbers are added to each score."""
        rows = self.heads * self.positions
        scores = rows * self.tokens
        return Work(
            macs=self._linear_macs + self._pair_macs,
            multiplies=self.positions * self.width,
            adds=4 * self.positions * self.width * bias + (2 + added) * scores - rows,
            compares=scores - rows,
            exponentials=scores,
            divides=scores,
        )

    @property
    def _linear_macs(self) -> int:
        return 4 * self.positions * self.width**2

    @property
    def _pair_macs(self) -> int:
        return 2 * self.positions * self.tokens * self.width

    def macs_formula(self) -> str:
        return f"4*{self.positions}*{self.width}*{self.width} + 2*{self.positions}*{self.tokens}*{self.width}"

    def backward_macs(self, wanted: bool) -> BackwardMacs:
        """Both factors of a product over all pairs have gradients; that of the joined heads is computed in any case."""
        each = self._linear_macs // 4
        return BackwardMacs(each * (4 if wanted else 1) + 2 * self._pair_macs, self._linear_macs)

    def rows(self, name: str, times: int = 1) -> Tensor:
        """All tokens, `times` one after another."""
        return Tensor(name, (times * self.positions, self.width), batched=True)

    def square(self, name: str) -> Tensor:
        """A number for each pair of tokens of a group, in all heads."""
        return Tensor(name, (self.number * self.heads, self.tokens, self.tokens), batched=True)

    def wide_square(self, name: str) -> Tensor:
        """The same in float32, whatever the layer computes in."""
        return self.square(name)._replace(dtype=FULL)

    def kept(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Queries, keys and values by head; queries scaled; attention weights; the result with the heads joined."""
        return (
            self.rows("heads", 3),
            self.rows("query"),
            self.square("attention_weights"),
            self.rows("joined"),
        )

    def backward(
        self, grad: str, weights: Iterable[Tensor], *, wide: bool, table: tuple[Step, ...] = ()
    ) -> Iterator[Step]:
        """From the gradient of the result, which is `grad`, to `grad_heads`, a copy wherever heads are reordered.

        `weights` are the gradients of the linear layer that joins the heads, `table` the steps from the gradient of the
        scores to that of a table. `wide`: the softmax computes in float32.
        """
        name = "grad_joined"
        yield Step((*weights, self.rows(name)), (grad, "joined"))
        if self.reorders_heads:
            yield Step((self.rows("grad_split"),), (name,))
            name = "grad_split"
        shares = self.square("grad_attention_weights")
        yield Step((self.rows("grad_value"), shares), (name,))
        spent: tuple[str, ...] = (shares.name, "attention_weights")
        if wide:
            whole = self.wide_square("grad_attention_weights_whole")
            yield Step((whole,), spent)
            yield Step((self.wide_square(GRAD_SCORES),), (whole.name, WEIGHTS))
            # The table's gradient is computed from these too.
            spent = () if table else (GRAD_SCORES,)
        yield Step((self.square("grad_scores"),), spent)
        yield from table
        yield Step((self.rows("grad_key"), self.rows("grad_scaled")), ("grad_scores", "heads", "query"))
        yield Step((self.rows("grad_query"),), ("grad_scaled",))
        yield Step((self.rows("grad_stacked", 3),), ("grad_query", "grad_key", "grad_value"))
        yield Step((self.rows("grad_heads", 3),), ("grad_stacked",))
