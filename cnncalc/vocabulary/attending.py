"""What attention allocates: its sizes, its tensors, and the steps of the forward pass (`attending_backward`: backward).

The steps are those of `Attention` in `cnncalc.pytorch.own.attention`.
"""

from collections.abc import Collection, Iterator

from cnncalc.record import NamedTuple
from cnncalc.shape import Shape
from cnncalc.vocabulary.allocation import PARAMETERS, Inputs, Step, Tensor
from cnncalc.vocabulary.relative import Table

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

    def part(self, name: str, prefix: str = "") -> Tensor:
        """Queries, keys or values by head; with a prefix, their gradient, say."""
        length = self.queries if name == QUERIES else self.keys
        return Tensor(f"{prefix}{name}", (self.heads, length, self.width(name)), batched=True)

    def square(self, name: str) -> Tensor:
        """A number for each pair of a query and a key, in all heads."""
        return Tensor(name, (self.heads, self.queries, self.keys), batched=True)

    def wide_square(self, name: str) -> Tensor:
        """The same in float32, whatever the layer computes in."""
        return self.square(name)._replace(dtype=FULL)

    def rows(self, name: str) -> Tensor:
        """The result of all heads, a row for each query."""
        return Tensor(name, (self.queries, self.heads * self.value), batched=True)

    def copied(self, which: int) -> Tensor:
        """An operand with the channels of each position next to each other."""
        return Tensor(f"copied{which}", self.inputs[which].torch, batched=True)

    def kept(self) -> tuple[Tensor, ...]:
        """What is kept for the backward pass, besides operands."""
        joined = (self.rows("joined"),) * self.projected
        wide = (self.wide_square("attention_weights_whole"),) * self.wide
        return (*map(self.part, PARTS), *wide, self.square("attention_weights"), *joined)

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
                casts = self.cast(self.linear(which))
                if which in copies:
                    yield Step((self.copied(which),), casts=(which,))
                    yield Step((projected,), (f"copied{which}",), casts=casts)
                else:
                    yield Step((projected,), casts=(which, *casts))
            for part in given:
                last = self.projected and part == given[-1]
                operand = () if self.projected else (which,)
                yield Step((self.part(part),), (name,) if last else (), casts=operand)
        yield Step((self.square("scores"),))
        if self.table is not None:
            yield Step((Tensor("bias", (self.table.pairs, self.heads), PARAMETERS),), ("bias",))
        if self.causal:
            yield Step((Tensor("mask", (self.queries, self.keys)),), ("mask",))
        if self.wide:
            spent = ("scores", "scores_whole")
            yield Step((self.wide_square("scores_whole"), self.wide_square("attention_weights_whole")), spent)
        yield Step((self.square("attention_weights"),), () if self.wide else ("scores",))
        yield Step((self.rows("split"),))
        if self.projected:
            yield Step((self.rows("joined"),), ("split",))
            yield Step(casts=self.cast("proj"))
        else:
            yield Step((), ("split",))

    def cast(self, linear: str) -> tuple[str, ...]:
        """What autocast casts for a linear layer, in its order, if there are biases."""
        return (f"{linear}.bias", f"{linear}.weight")

    def linear(self, which: int) -> str:
        """The name of the linear layer of an operand: `qkv`, `q`, `kv` ..."""
        return "".join(part[0] for part in self.given[which])
