"""What attention allocates that asks for `scaled_dot_product_attention`: the steps around it, in both passes.

The steps are those of `Attention` in `cnncalc.pytorch.own.attention`: queries, keys and values are views of what the
linear layers give, or of the operands.
"""

from collections.abc import Collection, Iterator

from cnncalc.record import NamedTuple
from cnncalc.vocabulary.allocation import PARAMETERS, Kept, Step, Tensor
from cnncalc.vocabulary.attending import Attending, Passes
from cnncalc.vocabulary.attention_kernels import MATH, Asked
from cnncalc.vocabulary.call import Call
from cnncalc.vocabulary.scaled_dot_product import ATTENDED, ScaledDotProduct, heads_last, without_gaps
from cnncalc.vocabulary.strides import Strides, contiguous, in_order, regrouped, steps


class Viewed(NamedTuple):
    """Queries, keys or values: how they lie, as (images, heads, positions, width), and whether they are a copy."""

    strides: Strides
    is_copy: bool


class AttendingFused(NamedTuple):
    """One use of it for a call; `learned`: its table learns."""

    attending: Attending
    learned: bool
    call: Call

    @property
    def asked(self) -> Asked:
        """What the function is asked for. A table and what is later than a query are added as one mask."""
        sizes = self.attending
        has_table = sizes.table is not None
        return Asked(
            sizes.heads,
            sizes.queries,
            sizes.keys,
            sizes.key,
            sizes.value,
            sizes.causal and not has_table,
            has_table,
            has_table and self.learned,
        )

    @property
    def product(self) -> ScaledDotProduct:
        lying = tuple(
            self.viewed(which, part).strides
            for which, given in enumerate(self.attending.given)
            for part in given
        )
        product = ScaledDotProduct(self.asked, self.call, (lying[0], lying[1], lying[2]))
        # Without a linear layer and without a copy the result is the output.
        return (
            product if self.attending.projected or self._joins(product) else product._replace(result="output")
        )

    def viewed(self, which: int, part: str) -> Viewed:
        """Queries, keys or values, of this operand."""
        sizes = self.attending
        length, width = (sizes.queries if which == 0 else sizes.keys), sizes.width(part)
        if sizes.projected:
            total = sizes.projection(which)
            return Viewed((length * total, width, total, 1), is_copy=False)
        volume = sizes.inputs[which]
        batch, channels, *spatial = steps(volume.torch, self.call.lies(which))
        given = (self.call.images, *volume.torch)
        if not volume.batched:
            batch = 0
        if self._is_cast(which):
            batch, channels, *spatial = without_gaps(given, (batch, channels, *spatial))
        rows = (given[0], length, sizes.heads, width)
        # The values of a head that has one lie one after another in any case.
        whole = rows if width > 1 else rows[:3]
        strides = regrouped((given[0], *given[2:], given[1]), (batch, *spatial, channels), whole)
        if strides is None:
            return Viewed(heads_last((rows[0], rows[2], rows[1], rows[3])), is_copy=True)
        if width == 1:
            strides = (*strides, 1)
        if strides[3] != 1:
            return Viewed(in_order((rows[0], rows[2], rows[1], rows[3])), is_copy=True)
        return Viewed((strides[0], strides[2], strides[1], strides[3]), is_copy=False)

    def _is_cast(self, which: int) -> bool:
        call = self.call
        return call.lower is not None and call.entering[which : which + 1] != (call.lower,)

    def _holders(self) -> tuple[Kept, ...]:
        """What holds queries, keys and values."""
        return tuple(
            Tensor(
                f"projected{which}",
                (self.attending.inputs[which].positions, self.attending.projection(which)),
                batched=True,
            )
            if self.attending.projected
            else self.attending.part(part)
            if self.viewed(which, part).is_copy
            else which
            for which, given in enumerate(self.attending.given)
            for part in given
        )

    @property
    def _mask(self) -> Tensor:
        """What is added to the scores, where the function has it in the type that it computes in."""
        sizes = self.attending
        whole = (sizes.heads, sizes.queries, sizes.keys)
        if self.call.autocast or self.call.lower is not None:
            return Tensor("mask_cast", whole)
        if sizes.causal:
            return Tensor("mask_summed", whole, PARAMETERS)
        if self._turns_mask:
            return Tensor("mask_turned", whole, PARAMETERS)
        return Tensor("bias", (sizes.queries * sizes.keys, sizes.heads), PARAMETERS)

    @property
    def _turns_mask(self) -> bool:
        """Whether the numbers of the table are copied, the heads before the positions: the kernels read them so."""
        return self.attending.heads > 1 and self.attending.queries * self.attending.keys > 1

    @property
    def joins(self) -> bool:
        """Whether the result is copied to join the heads."""
        return self._joins(self.product)

    def _joins(self, product: ScaledDotProduct) -> bool:
        sizes = self.attending
        images, heads, positions, width = product.result_strides
        rows = (self.call.images, sizes.queries, sizes.heads, sizes.value)
        return not contiguous(rows, (images, positions, heads, width))

    def kept(self, passes: Passes) -> tuple[Kept, ...]:
        """What is kept for the backward pass, besides what the linear layers read."""
        joined = (self.attending.rows(name) for name in self.joined * self.attending.projected)
        return (*self.product.kept(self._holders(), passes, self._mask), *joined)

    @property
    def joined(self) -> tuple[str, ...]:
        """What the last linear layer keeps, if it is not what the function keeps."""
        if self.joins:
            return ("joined",)
        return (ATTENDED,) * (self.product.kernel == MATH)

    def forward(self, copies: Collection[int]) -> Iterator[Step]:
        """The steps of the forward pass, if these operands are copied first."""
        sizes = self.attending
        # What holds queries, keys and values until the heads are joined.
        holders = [item.name for item in self._holders() if isinstance(item, Tensor)]
        for which, given in enumerate(sizes.given):
            if sizes.projected:
                yield from self._projected(which, which in copies)
                continue
            for part in given:
                own = (sizes.part(part),) * self.viewed(which, part).is_copy
                if not own and self._is_cast(which):
                    holders.append(f"{which} cast")
                yield Step(own, casts=(which,))
        spent = []
        if sizes.table is not None:
            bias = Tensor("bias", (sizes.table.pairs, sizes.heads), PARAMETERS)
            yield Step((bias,))
            name = "bias"
            whole = (sizes.heads, sizes.queries, sizes.keys)
            if self._turns_mask:
                yield Step((Tensor("mask_turned", whole, PARAMETERS),), (name,))
                name = "mask_turned"
            spent = [name]
            if sizes.causal:
                later = Tensor("mask", (sizes.queries, sizes.keys), PARAMETERS)
                yield Step((later, Tensor("mask_summed", whole, PARAMETERS)), (name, "mask"))
                spent = ["mask_summed"]
            if self._mask.name == "mask_cast":
                yield Step((self._mask,))
                spent.append("mask_cast")
        yield from self.product.forward()
        if spent:
            yield Step((), tuple(spent))
        spent = list(dict.fromkeys(holders))
        if not sizes.projected:
            # The last step makes the output.
            yield Step((), (*spent, *(ATTENDED,) * self.joins))
            return
        joined = (sizes.rows("joined"),) * self.joins
        yield Step(joined, (ATTENDED,) * self.joins)
        yield Step((), tuple(spent))
        yield Step(casts=sizes.cast("proj"))

    def _projected(self, which: int, copies: bool) -> Iterator[Step]:
        sizes = self.attending
        name = f"projected{which}"
        projected = Tensor(name, (sizes.inputs[which].positions, sizes.projection(which)), batched=True)
        casts = sizes.cast(sizes.linear(which))
        if copies:
            yield Step((sizes.copied(which),), casts=(which,))
            yield Step((projected,), (f"copied{which}",), casts=casts)
        else:
            yield Step((projected,), casts=(which, *casts))

    def backward(self, grad: str, lying: Strides, passes: Passes) -> Iterator[Step]:
        """From the gradient of the result to those of queries, keys and values.

        `lying` are its strides as (images, heads, positions, width). The gradient of the table is `grad_bias`.
        """
        yield from self.product.backward(grad, lying, self._holders(), passes)
        table = self.attending.table
        if table is None or not (self.learned and self.call.training):
            return
        bias = Tensor("grad_bias", (table.pairs, self.attending.heads), PARAMETERS)
        if self._mask.name == "mask_cast":
            yield Step((bias,), ("grad_mask",))
        else:
            yield Step(passes=(("grad_bias", "grad_mask"),), frees=("grad_mask",))

    def part_strides(self, part: str) -> Strides:
        """How the gradient of queries, keys or values lies, as (images, positions, heads, width)."""
        images, heads, positions, width = self.product.gradient_strides(part)
        return images, positions, heads, width
