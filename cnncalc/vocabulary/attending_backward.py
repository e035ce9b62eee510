"""The backward pass of attention: its steps, and the memory layout of the gradients of its operands.

The steps are those of the backward pass of `Attention` in `cnncalc.pytorch.own.attention`.
"""

from collections.abc import Collection, Iterator, Mapping

from cnncalc.record import NamedTuple
from cnncalc.vocabulary.allocation import PARAMETERS, Step, Tensor
from cnncalc.vocabulary.attending import KEYS, PARTS, QUERIES, VALUES, Attending, Passes
from cnncalc.vocabulary.attending_fused import AttendingFused
from cnncalc.vocabulary.call import Call
from cnncalc.vocabulary.relative import Table, put_into_table
from cnncalc.vocabulary.strides import (
    Lying,
    Strides,
    as_rows,
    channels_last,
    in_order,
    lies,
    regrouped,
    steps,
)


class AttendingBackward(NamedTuple):
    """One backward pass of attention, for the operands that are `wanted`, and for what `passes` says.

    `weights` has gradients by the linear layer (or the table) that they are of: none if the weights are frozen.
    `copies` are the operands that the forward pass copied.
    """

    attending: Attending
    wanted: tuple[bool, ...]
    passes: Passes
    weights: Mapping[str, tuple[Tensor, ...]]
    copies: Collection[int]
    call: Call
    fused: AttendingFused | None = None

    def steps(self) -> Iterator[Step]:
        """What needs no gradient is not computed."""
        if self.fused is not None:
            yield from self._fused(self.fused)
            return
        sizes, passes = self.attending, self.passes
        name = "grad"
        for tensor in self._turned():
            yield Step((tensor,), (name,))
            name = tensor.name
        if sizes.projected:
            yield Step((*self.weights["proj"], sizes.rows("grad_joined")), (name, "joined"))
            name = "grad_joined"
            heads = (self.call.images, sizes.queries, sizes.heads, sizes.value)
            if regrouped(*_joined(heads, in_order(heads))) is None:
                yield Step((sizes.rows("grad_split"),), (name,))
                name = "grad_split"
        shares = (sizes.square("grad_attention_weights"),) * passes.scores
        yield Step((*(sizes.part(VALUES, "grad_"),) * passes.values, *shares), (name, VALUES))
        if passes.scores:
            yield from self._softmax()
            if sizes.table is not None:
                yield from self._table(sizes.table)
            products = (
                *(sizes.part(QUERIES, "grad_scaled_"),) * passes.queries,
                *(sizes.part(KEYS, "grad_"),) * passes.keys,
            )
            yield Step(products, ("grad_scores", KEYS, QUERIES))
        yield from self._operands()

    def _operands(self) -> Iterator[Step]:
        """From the gradients of queries, keys and values to those of the operands, the last one first."""
        sizes, passes = self.attending, self.passes
        for which in reversed(range(len(sizes.inputs))):
            if not sizes.projected:
                yield from self._operand(which) if self.wanted[which] else ()
            elif passes.of(sizes.given[which]):
                yield from self._linear(which)

    def _fused(self, fused: AttendingFused) -> Iterator[Step]:
        """With the function in the place of the products."""
        sizes, name = self.attending, "grad"
        heads = (self.call.images, sizes.queries, sizes.heads, sizes.value)
        strides: Strides | None = in_order(heads)
        batch, channels, *spatial = steps(sizes.output.torch, self.call.grad)
        if not sizes.projected:
            given = (self.call.images, *sizes.output.spatial, sizes.units)
            strides = regrouped(given, (batch, *spatial, channels), heads)
        if strides is None or (
            sizes.projected and not as_rows(sizes.output.torch, self.call.grad, self.call.images)
        ):
            yield Step((Tensor("grad_turned", sizes.output.torch, batched=True),), (name,))
            name, strides = "grad_turned", in_order(heads)
        if sizes.projected:
            yield Step((*self.weights["proj"], sizes.rows("grad_joined")), (name, *fused.joined))
            name = "grad_joined"
        images, positions, count, width = strides
        yield from fused.backward(name, (images, count, positions, width), self.passes)
        if fused.asked.learned and self.call.training and sizes.table is not None:
            yield from self._into_table(sizes.table)
        yield from self._operands()

    def _turned(self) -> Iterator[Tensor]:
        """Copies of the gradient of the output, until the positions of all images (and heads) are rows."""
        attending, images = self.attending, self.call.images
        sizes = attending.output.torch
        batch, channels, *spatial = steps(sizes, self.call.grad)
        turned = Tensor("grad_turned", sizes, batched=True)
        if attending.projected:
            if not as_rows(sizes, self.call.grad, images):
                yield turned
            return
        heads = (images, attending.queries, attending.heads, attending.value)
        strides = regrouped((images, *sizes[1:], sizes[0]), (batch, *spatial, channels), heads)
        if strides is None:
            yield turned
            strides = in_order(heads)
        if regrouped(*_joined(heads, strides)) is None:
            yield turned._replace(name="grad_split")

    def _softmax(self) -> Iterator[Step]:
        """From the gradient of the attention weights to that of the scores."""
        sizes = self.attending
        if not sizes.wide:
            yield Step((sizes.square("grad_scores"),), ("grad_attention_weights", "attention_weights"))
            return
        weights, scores = map(sizes.wide_square, ("grad_attention_weights_whole", "grad_scores_whole"))
        yield Step((weights,), ("grad_attention_weights", "attention_weights"))
        yield Step((scores,), (weights.name, "attention_weights_whole"))
        yield Step((sizes.square("grad_scores"),), (scores.name,))

    def _table(self, table: Table) -> Iterator[Step]:
        """The gradient of the table: the sum over all images, which is put into the table's order, then into it."""
        heads = self.attending.heads
        bias = Tensor("grad_bias", (table.pairs, heads), PARAMETERS)
        if self.call.autocast:
            narrow = bias._replace(name="grad_bias_narrow", dtype=None)
            yield Step((narrow,))
            yield Step((bias,), (narrow.name,))
        else:
            yield Step((bias,))
        yield from self._into_table(table)

    def _into_table(self, table: Table) -> Iterator[Step]:
        """From the gradient of what is added to the scores to that of the table."""
        heads = self.attending.heads
        bias = Tensor("grad_bias", (table.pairs, heads), PARAMETERS)
        # On a CPU a view is enough.
        if self.call.device != "cpu" and heads > 1 and table.pairs > 1:
            bias = bias._replace(name="grad_distances")
            yield Step((bias,), ("grad_bias",))
        yield put_into_table(self.weights["table"], bias.name, self.call)

    def _linear(self, which: int) -> Iterator[Step]:
        """The gradients of the linear layer of an operand, and of the operand."""
        sizes, given = self.attending, self.attending.given[which]
        for part in reversed(given):
            yield from self._part(part)
        joint = Tensor(
            f"grad_projected{which}", (sizes.inputs[which].positions, sizes.projection(which)), batched=True
        )
        yield Step((joint,), tuple(f"grad_{part}" for part in given))
        own = (self._gradient(which),) * self.wanted[which]
        entering = f"copied{which}" if which in self.copies else which
        linear = sizes.linear(which)
        yield Step((*self.weights[linear], *own), (joint.name, entering), casts=sizes.cast(linear)[::-1])
        yield from self._summed(which) if self.wanted[which] else ()

    def _part(self, part: str) -> Iterator[Step]:
        """From the gradient of a head's queries, keys or values to that of a part of the linear layer's result."""
        if part == QUERIES and self.fused is None:
            yield self._unscaled()
        tensor = self.attending.part(part)
        heads, length, width = tensor.shape
        strides = (length, 1) if part == KEYS else (1, width)
        lying: Strides = (tensor.size, strides[1], length * width, strides[0])
        images = 2
        if self.fused is not None:
            lying, images = self.fused.part_strides(part), self.call.images
        if regrouped((images, length, heads, width), lying, (images, length, heads * width)) is None:
            yield Step((self.attending.part(part, "grad_rows_"),), (f"grad_{part}",))
            yield Step(passes=((f"grad_{part}", f"grad_rows_{part}"),), frees=(f"grad_rows_{part}",))

    def _operand(self, which: int) -> Iterator[Step]:
        """From the gradient of a head's queries, keys or values to that of the operand that they are."""
        part = PARTS[which]
        if part == QUERIES and self.fused is None:
            yield self._unscaled()
        own = self._gradient(which)
        if _operand_strides(self.attending, which, self.fused) is None:
            yield Step((own,), (f"grad_{part}",))
        elif not self.attending.inputs[which].batched:
            yield from self._summed(which, f"grad_{part}")
            return
        else:
            yield Step(passes=((own.name, f"grad_{part}"),), frees=(f"grad_{part}",))
        yield from self._summed(which)

    def _unscaled(self) -> Step:
        """From the gradient of the scaled queries to that of the queries."""
        return Step((self.attending.part(QUERIES, "grad_"),), (f"grad_scaled_{QUERIES}",))

    def _gradient(self, which: int) -> Tensor:
        """The gradient of an operand, or of the view of a learned tensor for each image."""
        shape = self.attending.inputs[which]
        return Tensor(f"grad{which}" if shape.batched else f"grad{which}_each", shape.torch, batched=True)

    def _summed(self, which: int, each: str = "") -> Iterator[Step]:
        """The gradient of a learned tensor: the sum over the images."""
        shape = self.attending.inputs[which]
        if not shape.batched:
            yield Step((Tensor(f"grad{which}", shape.torch),), (each or self._gradient(which).name,))


def gradient_lies(attending: Attending, which: int, fused: AttendingFused | None = None) -> Lying:
    """The memory layout of the gradient of an operand."""
    sizes = attending.inputs[which].torch
    strides = None if attending.projected else _operand_strides(attending, which, fused)
    if strides is None:
        return channels_last(sizes)
    batch, *spatial, channels = strides
    return lies(sizes, (batch, channels, *spatial))


def _operand_strides(attending: Attending, which: int, fused: AttendingFused | None) -> Strides | None:
    """The strides of the gradient of an operand without a projection, channels last; None if it is copied."""
    tensor, spatial = attending.part(PARTS[which]), attending.inputs[which].spatial
    heads, length, width = tensor.shape
    own, step = (length, 1) if PARTS[which] == KEYS else (1, width)
    images, batch, head = 2, tensor.size, length * width
    if fused is not None:
        images = fused.call.images
        batch, step, head, own = fused.part_strides(PARTS[which])
    strides = (batch, *(step * size for size in in_order(spatial)), head, own)
    return regrouped((images, *spatial, heads, width), strides, (images, *spatial, heads * width))


def _joined(heads: Strides, strides: Strides) -> tuple[Strides, Strides, Strides]:
    """(images, positions, heads, width) with the heads before the positions, and images and heads joined."""
    order = (0, 2, 1, 3)
    images, length, count, width = heads
    return (
        tuple(heads[index] for index in order),
        tuple(strides[index] for index in order),
        (images * count, length, width),
    )
