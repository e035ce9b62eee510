"""What attention allocates: its tensors, and the steps of the forward and the backward pass.

The steps are those of `Attention` in `cnncalc.pytorch.own.attention`.
"""

from collections.abc import Collection, Iterator, Mapping

from cnncalc.record import NamedTuple
from cnncalc.shape import Shape
from cnncalc.vocabulary.allocation import PARAMETERS, Call, Inputs, Step, Tensor
from cnncalc.vocabulary.relative import Table
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

FULL = "float32"
QUERIES, KEYS, VALUES = PARTS = ("queries", "keys", "values")
# What each operand gives, for one, two and three operands.
GIVEN = {1: (PARTS,), 2: ((QUERIES,), (KEYS, VALUES)), 3: ((QUERIES,), (KEYS,), (VALUES,))}


class Passes(NamedTuple):
    """What needs a gradient."""

    queries: bool
    keys: bool
    values: bool
    scores: bool

    def of(self, parts: tuple[str, ...]) -> bool:
        """Whether the linear layer of an operand has a gradient; its parts all have one, or none."""
        return bool(getattr(self, parts[0]))


class Attending(NamedTuple):
    """Attention with all sizes: of `heads` heads, `key` and `value` are the widths of each, `units` that of the output.

    `projected`: linear layers make queries, keys and values of the operands, and join the heads.
    """

    inputs: Inputs
    heads: int
    key: int
    value: int
    units: int
    projected: bool
    causal: bool
    table: Table | None
    # Under autocast on CUDA the softmax computes in float32.
    wide: bool = False

    @property
    def given(self) -> tuple[tuple[str, ...], ...]:
        """What each operand gives."""
        return GIVEN[len(self.inputs)]

    @property
    def queries(self) -> int:
        """The number of positions of the queries."""
        return self.inputs[0].positions

    @property
    def keys(self) -> int:
        """The number of positions of the keys and values."""
        return self.inputs[-1].positions

    @property
    def scores(self) -> int:
        """The number of pairs of a query and a key, in all heads."""
        return self.heads * self.queries * self.keys

    @property
    def output(self) -> Shape:
        """The shape of the result."""
        return Shape(self.units, self.inputs[0].spatial)

    def width(self, part: str) -> int:
        """The width of a head's queries, keys or values."""
        return self.value if part == VALUES else self.key

    def projection(self, which: int) -> int:
        """How many channels the linear layer of an operand gives."""
        return self.heads * sum(self.width(part) for part in self.given[which])

    def _part(self, name: str, prefix: str = "") -> Tensor:
        length = self.queries if name == QUERIES else self.keys
        return Tensor(f"{prefix}{name}", (self.heads, length, self.width(name)), batched=True)

    def _square(self, name: str) -> Tensor:
        return Tensor(name, (self.heads, self.queries, self.keys), batched=True)

    def _wide(self, name: str) -> Tensor:
        return self._square(name)._replace(dtype=FULL)

    def _rows(self, name: str) -> Tensor:
        return Tensor(name, (self.queries, self.heads * self.value), batched=True)

    def copied(self, which: int) -> Tensor:
        """An operand with the channels of each position next to each other."""
        return Tensor(f"copied{which}", self.inputs[which].torch, batched=True)

    def kept(self) -> tuple[Tensor, ...]:
        """What is kept for the backward pass, besides operands."""
        joined = (self._rows("joined"),) * self.projected
        wide = (self._wide("attention_weights_whole"),) * self.wide
        return (*map(self._part, PARTS), *wide, self._square("attention_weights"), *joined)

    def scratch(self) -> tuple[Tensor, ...]:
        """What exists when most does, without the output: all that is kept, which stays to the end, and more."""
        most, alive = 0, dict[str, int]()
        for step in (forward := self.forward(())):
            alive |= {tensor.name: tensor.size for tensor in step.makes if tensor.batched}
            last = self.output.size * (step is forward[-1])
            most = max(most, sum(alive.values()) + last)
            for name in step.frees:
                alive.pop(str(name), None)
        more = most - self.output.size - sum(tensor.size for tensor in self.kept())
        return (*self.kept(), *(Tensor("more", (more,), batched=True),) * (more > 0))

    def forward(self, copies: Collection[int]) -> tuple[Step, ...]:
        """The steps of the forward pass, if these operands are copied first."""
        return tuple(self._forward(copies))

    def _forward(self, copies: Collection[int]) -> Iterator[Step]:
        name = ""
        for which, (given, shape) in enumerate(zip(self.given, self.inputs, strict=True)):
            if self.projected:
                name = f"projected{which}"
                projected = Tensor(name, (shape.positions, self.projection(which)), batched=True)
                casts = self._cast(self.linear(which))
                if which in copies:
                    yield Step((self.copied(which),), casts=(which,))
                    yield Step((projected,), (f"copied{which}",), casts=casts)
                else:
                    yield Step((projected,), casts=(which, *casts))
            for part in given:
                last = self.projected and part == given[-1]
                operand = () if self.projected else (which,)
                yield Step((self._part(part),), (name,) if last else (), casts=operand)
        yield Step((self._square("scores"),))
        if self.table is not None:
            yield Step((Tensor("bias", (self.table.pairs, self.heads), PARAMETERS),), ("bias",))
        if self.causal:
            yield Step((Tensor("mask", (self.queries, self.keys)),), ("mask",))
        if self.wide:
            spent = ("scores", "scores_whole")
            yield Step((self._wide("scores_whole"), self._wide("attention_weights_whole")), spent)
        yield Step((self._square("attention_weights"),), () if self.wide else ("scores",))
        yield Step((self._rows("split"),))
        if self.projected:
            yield Step((self._rows("joined"),), ("split",))
            yield Step(casts=self._cast("proj"))
        else:
            yield Step((), ("split",))

    def _cast(self, linear: str) -> tuple[str, ...]:
        """What autocast casts for a linear layer, in its order, if there are biases."""
        return (f"{linear}.bias", f"{linear}.weight")

    def backward(
        self,
        wanted: tuple[bool, ...],
        passes: Passes,
        weights: Mapping[str, tuple[Tensor, ...]],
        copies: Collection[int],
        call: Call,
    ) -> Iterator[Step]:
        """The steps of the backward pass; `weights` has gradients by the linear layer (or the table) that they are of.

        What needs no gradient is not computed; frozen weights need none.
        """
        name = "grad"
        for tensor in self._turned(call):
            yield Step((tensor,), (name,))
            name = tensor.name
        if self.projected:
            yield Step((*weights["proj"], self._rows("grad_joined")), (name, "joined"))
            name = "grad_joined"
            if regrouped(*self._split_back(call.images)) is None:
                yield Step((self._rows("grad_split"),), (name,))
                name = "grad_split"
        shares = (self._square("grad_attention_weights"),) * passes.scores
        yield Step((*(self._part(VALUES, "grad_"),) * passes.values, *shares), (name, VALUES))
        if passes.scores:
            yield from self._softmax_back()
            if self.table is not None:
                yield from self._table_back(self.table, weights["table"], call)
            products = (
                *(self._part(QUERIES, "grad_scaled_"),) * passes.queries,
                *(self._part(KEYS, "grad_"),) * passes.keys,
            )
            yield Step(products, ("grad_scores", KEYS, QUERIES))
        for which in reversed(range(len(self.inputs))):
            if not self.projected:
                yield from self._operand_back(which) if wanted[which] else ()
                continue
            if not passes.of(self.given[which]):
                continue
            for part in reversed(self.given[which]):
                yield from self._part_back(part)
            joint = Tensor(f"grad_projected{which}", (self.inputs[which].positions, self.projection(which)))
            yield Step((joint._replace(batched=True),), tuple(f"grad_{part}" for part in self.given[which]))
            own = (self._gradient(which),) * wanted[which]
            entering = f"copied{which}" if which in copies else which
            casts = self._cast(self.linear(which))[::-1]
            yield Step((*weights[self.linear(which)], *own), (joint.name, entering), casts=casts)
            yield from self._summed(which) if wanted[which] else ()

    def _gradient(self, which: int) -> Tensor:
        """The gradient of an operand, or of the view of a learned tensor for each image."""
        shape = self.inputs[which]
        return Tensor(f"grad{which}" if shape.batched else f"grad{which}_each", shape.torch, batched=True)

    def _summed(self, which: int) -> Iterator[Step]:
        """The gradient of a learned tensor: the sum over the images."""
        if not self.inputs[which].batched:
            yield Step((Tensor(f"grad{which}", self.inputs[which].torch),), (self._gradient(which).name,))

    def linear(self, which: int) -> str:
        """The name of the linear layer of an operand: `qkv`, `q`, `kv` ..."""
        return "".join(part[0] for part in self.given[which])

    def _turned(self, call: Call) -> Iterator[Tensor]:
        """Copies of the gradient of the output, until the positions of all images (and heads) are rows."""
        sizes, images = self.output.torch, call.images
        batch, channels, *spatial = steps(sizes, call.grad)
        turned = Tensor("grad_turned", sizes, batched=True)
        if self.projected:
            if not as_rows(sizes, call.grad, images):
                yield turned
            return
        heads = (images, self.queries, self.heads, self.value)
        strides = regrouped((images, *sizes[1:], sizes[0]), (batch, *spatial, channels), heads)
        if strides is None:
            yield turned
            strides = in_order(heads)
        if regrouped(*_joined(heads, strides)) is None:
            yield turned._replace(name="grad_split")

    def _split_back(self, images: int) -> tuple[Strides, Strides, Strides]:
        heads = (images, self.queries, self.heads, self.value)
        return _joined(heads, in_order(heads))

    def _softmax_back(self) -> Iterator[Step]:
        """From the gradient of the attention weights to that of the scores."""
        if not self.wide:
            yield Step((self._square("grad_scores"),), ("grad_attention_weights", "attention_weights"))
            return
        weights, scores = self._wide("grad_attention_weights_whole"), self._wide("grad_scores_whole")
        yield Step((weights,), ("grad_attention_weights", "attention_weights"))
        yield Step((scores,), (weights.name, "attention_weights_whole"))
        yield Step((self._square("grad_scores"),), (scores.name,))

    def _table_back(self, table: Table, weights: tuple[Tensor, ...], call: Call) -> Iterator[Step]:
        """The gradient of the table: the sum over all images, which is put into the table's order, then into it."""
        bias = Tensor("grad_bias", (table.pairs, self.heads), PARAMETERS)
        if call.autocast:
            narrow = bias._replace(name="grad_bias_narrow", dtype=None)
            yield Step((narrow,))
            yield Step((bias,), (narrow.name,))
        else:
            yield Step((bias,))
        # On a CPU a view is enough.
        if call.device != "cpu" and self.heads > 1 and table.pairs > 1:
            bias = bias._replace(name="grad_distances")
            yield Step((bias,), ("grad_bias",))
        yield Step(weights, (bias.name,))

    def _part_back(self, part: str) -> Iterator[Step]:
        """From the gradient of a head's queries, keys or values to that of a part of the linear layer's result."""
        if part == QUERIES:
            yield Step((self._part(QUERIES, "grad_"),), (f"grad_scaled_{QUERIES}",))
        tensor = self._part(part)
        heads, length, width = tensor.shape
        strides = (length, 1) if part == KEYS else (1, width)
        sizes = (2, length, heads, width)
        lying = (tensor.size, strides[1], length * width, strides[0])
        if regrouped(sizes, lying, (2, length, heads * width)) is None:
            yield Step((self._part(part, "grad_rows_"),), (f"grad_{part}",))
            yield Step(passes=((f"grad_{part}", f"grad_rows_{part}"),), frees=(f"grad_rows_{part}",))

    def _operand_back(self, which: int) -> Iterator[Step]:
        """From the gradient of a head's queries, keys or values to that of the operand that they are."""
        part = PARTS[which]
        if part == QUERIES:
            yield Step((self._part(QUERIES, "grad_"),), (f"grad_scaled_{QUERIES}",))
        own = self._gradient(which)
        if self._operand_lies(which) is None:
            yield Step((own,), (f"grad_{part}",))
        elif self.inputs[which].batched:
            yield Step(passes=((own.name, f"grad_{part}"),), frees=(f"grad_{part}",))
        else:
            yield Step((Tensor(f"grad{which}", self.inputs[which].torch),), (f"grad_{part}",))
            return
        yield from self._summed(which)

    def gradient_lies(self, which: int) -> Lying:
        """The memory layout of the gradient of an operand."""
        sizes = self.inputs[which].torch
        if self.projected:
            return channels_last(sizes)
        if (strides := self._operand_lies(which)) is None:
            return channels_last(sizes)
        batch, *spatial, channels = strides
        return lies(sizes, (batch, channels, *spatial))

    def _operand_lies(self, which: int) -> Strides | None:
        """The strides of the gradient of an operand without a projection, channels last; None if it is copied."""
        tensor, spatial = self._part(PARTS[which]), self.inputs[which].spatial
        heads, length, width = tensor.shape
        own, step = (length, 1) if PARTS[which] == KEYS else (1, width)
        strides = (tensor.size, *(step * size for size in in_order(spatial)), length * width, own)
        return regrouped((2, *spatial, heads, width), strides, (2, *spatial, heads * width))


def _joined(heads: Strides, strides: Strides) -> tuple[Strides, Strides, Strides]:
    """(images, positions, heads, width) with the heads before the positions, and images and heads joined."""
    order = (0, 2, 1, 3)
    images, length, count, width = heads
    return (
        tuple(heads[index] for index in order),
        tuple(strides[index] for index in order),
        (images * count, length, width),
    )
