"""Multi-head attention of the positions of one volume to those of another, or to its own."""

from collections.abc import Iterator, Mapping
from math import sqrt
from typing import Any, ClassVar, Self

from cnncalc.shape import Shape
from cnncalc.vocabulary.allocation import alive_at_end
from cnncalc.vocabulary.attending import GIVEN, KEYS, QUERIES, VALUES, Attending, Passes
from cnncalc.vocabulary.attending_backward import AttendingBackward, gradient_lies
from cnncalc.vocabulary.attending_fused import AttendingFused
from cnncalc.vocabulary.attending_linear import LinearLayers
from cnncalc.vocabulary.attending_problems import problems
from cnncalc.vocabulary.attention_kernels import FUSED, Asked
from cnncalc.vocabulary.field import REQUIRED, flag, integer, number
from cnncalc.vocabulary.groups import ChannelsMixed, OwnOutput
from cnncalc.vocabulary.layer import (
    Call,
    Example,
    Inputs,
    Kept,
    Problem,
    Reach,
    Step,
    Tensor,
    TorchCall,
    Weight,
    Work,
    layer,
)
from cnncalc.vocabulary.layouts import PutsInOrder, ReadsLast
from cnncalc.vocabulary.limits import ANY, Limits
from cnncalc.vocabulary.matrix import BackwardMacs
from cnncalc.vocabulary.relative import RELATIVE, TABLE_ZEROS, Table
from cnncalc.vocabulary.strides import Lying, follows
from cnncalc.vocabulary.tokens import OfTokens
from cnncalc.vocabulary.word_fields import choice


@layer
class Attention(ChannelsMixed, PutsInOrder, ReadsLast, OfTokens, OwnOutput):
    """Multi-head attention: softmax(scale*Q*K^T + B)*V in each head, for all positions of one volume or of two.

    The operands are queries, keys and values (`of: [q, k, v]`), or queries and what both keys and values are made of
    (`of: [q, kv]`, cross attention), or one volume for all three; without `of`, what enters. One linear layer for each
    operand makes queries, keys and values of it, and another joins the heads. With `project: false` there are none of
    them: the channels of each operand are those of its heads, one head after another.

    With `relative`, B is learned: one number for every head and every relative position of two positions of a grid.
    `offsets` have a sign along each axis (as in `window_attention`), `distances` have none. Queries can be every second
    position of the grid of the keys (or every third ...), from the first on. With `causal`, B is -inf for keys at later
    positions; all products are computed, and count. Learned tensors may be operands, but not all of them.
    """

    # Whether its weights need gradients.
    _trains: ClassVar[bool] = True
    autocast = "lower"
    ranks = (1, 2, 3)
    other_ranks = None
    arity = None
    fewest: ClassVar[int] = 1
    takes_one_value_twice: ClassVar[bool] = True
    without_batch = "some"
    linear = False
    only_for_weights = (
        0,
        1,
        2,
        "copied0",
        "copied1",
        "copied2",
        "joined",
        "grad_bias",
        "grad_bias_narrow",
        "grad_distances",
        TABLE_ZEROS,
    )
    source: ClassVar[str] = (
        "torch.nn.functional.scaled_dot_product_attention; Vaswani et al. 2017, arXiv 1706.03762"
    )
    examples: ClassVar[tuple[Example, ...]] = (
        Example(
            {"heads": 8, "key_width": 16, "value_width": 32, "units": 128},
            (Shape(64, (14, 14)), Shape(96, (7, 7))),
        ),
        Example({"heads": 2}, (Shape(8, (5,)),)),
        Example({"heads": 2, "causal": True, "scale": 0.5, "bias": False}, (Shape(6, (7,)),)),
        Example({"heads": 4, "relative": "offsets"}, (Shape(8, (4, 5)),)),
        Example(
            {"heads": 3, "key_width": 1, "value_width": 4, "output_bias": False},
            (Shape(5, (2, 3)), Shape(4, (6,)), Shape(2, (6,))),
        ),
        Example(
            {"heads": 2, "project": False, "relative": "distances"},
            (Shape(6, (3, 2)), Shape(6, (5, 4)), Shape(8, (5, 4))),
        ),
        Example({"heads": 1, "project": False}, (Shape(3, (2, 2, 3)), Shape(3, (4,)), Shape(5, (4,)))),
        Example(
            {"heads": 8, "key_width": 16, "value_width": 32, "units": 128, "fused": False},
            (Shape(64, (14, 14)), Shape(96, (7, 7))),
        ),
        Example({"heads": 2, "causal": True, "scale": 0.5, "bias": False, "fused": False}, (Shape(6, (7,)),)),
        Example({"heads": 4, "relative": "offsets", "fused": False}, (Shape(8, (4, 5)),)),
        Example(
            {"heads": 2, "project": False, "relative": "distances", "fused": False},
            (Shape(6, (3, 2)), Shape(6, (5, 4)), Shape(8, (5, 4))),
        ),
        Example({"heads": 2, "project": False}, (Shape(6, (3, 2)), Shape(6, (5, 4)), Shape(6, (5, 4)))),
        Example({"heads": 2, "causal": True, "relative": "offsets"}, (Shape(6, (7,)),)),
    )

    heads: int = integer(REQUIRED, "number of attention heads", main=True)
    key_width: int | None = integer(
        None, "width of each head's queries and keys (default: channels of the queries / heads)"
    )
    value_width: int | None = integer(
        None,
        "width of each head's values (default: as `key_width`; without projections: their channels / heads)",
    )
    units: int | None = integer(
        None,
        "channels of the output (default: channels of the queries; without projections: heads * value_width)",
    )
    project: bool = flag(True, "linear layers make queries, keys and values, and join the heads")
    bias: bool = flag(True, "add a bias in the linear layers of queries, keys and values")
    output_bias: bool | None = flag(
        None, "add a bias in the linear layer that joins the heads (default: as `bias`)"
    )
    scale: float | None = number(
        None, "what scores are multiplied by before the softmax (default: 1/sqrt(key_width))"
    )
    causal: bool = flag(False, "each position attends only to itself and earlier ones (one axis only)")
    relative: str = choice("none", "a learned number for each head and relative position", RELATIVE)
    fused: bool = flag(True, FUSED)

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        return problems(self, inputs)

    def _key(self, inputs: Inputs) -> int:
        return self.key_width or inputs[0].channels // self.heads

    def _value(self, inputs: Inputs) -> int:
        return self.value_width or (self._key(inputs) if self.project else inputs[2].channels // self.heads)

    def _units(self, inputs: Inputs) -> int:
        if not self.project:
            return self.heads * self._value(inputs)
        return self.units or inputs[0].channels

    def _scale(self, inputs: Inputs) -> float:
        return 1 / sqrt(self._key(inputs)) if self.scale is None else self.scale

    @property
    def _has_output_bias(self) -> bool:
        return self.bias if self.output_bias is None else self.output_bias

    def _attending(self, inputs: Inputs, call: Call | None = None) -> Attending:
        """This attention with all sizes, and for a call also with its types."""
        table = Table.of(inputs[0], inputs[-1], self.relative) if self.relative != "none" else None
        widths = (self._key(inputs), self._value(inputs), self._units(inputs))
        wide = call is not None and call.lower is not None and call.device != "cpu"
        return Attending(inputs, self.heads, *widths, self.project, self.causal, table, wide)

    def _fused(self, inputs: Inputs, call: Call) -> AttendingFused | None:
        if not self.fused:
            return None
        attending = self._attending(inputs)
        return AttendingFused(attending, self._trains and not call.frozen, call)

    def fused_attention(self, inputs: Inputs, call: Call) -> Asked | None:
        fused = self._fused(inputs, call)
        return None if fused is None else fused.asked

    def not_cast(self, inputs: Inputs) -> tuple[str, ...]:
        """The table is added in place."""
        return ("relative_position_bias_table",)

    def in_effect(self, inputs: Inputs) -> dict[str, tuple[Any, str]]:
        values = {
            "key_width": (self.key_width, self._key(inputs), f"{inputs[0].channels} / {self.heads}"),
            "value_width": (self.value_width, self._value(inputs), "as `key_width`" if self.project else ""),
            "units": (self.units, self._units(inputs), ""),
            "scale": (self.scale, self._scale(inputs), f"1/sqrt({self._key(inputs)})"),
        }
        if self.project:
            values["output_bias"] = (self.output_bias, self._has_output_bias, "as `bias`")
        return {name: (value, why) for name, (given, value, why) in values.items() if given is None}

    def output(self, inputs: Inputs) -> Shape:
        return Shape(self._units(inputs), inputs[0].spatial)

    def _linear(self, inputs: Inputs) -> LinearLayers:
        return LinearLayers(self._attending(inputs), self.bias, self._has_output_bias)

    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        return tuple(weight for _, weights in self._linear(inputs).weights() for weight in weights)

    def buffers(self, inputs: Inputs) -> tuple[Tensor, ...]:
        table = self._attending(inputs).table
        return () if table is None else (Tensor("relative_position_index", (table.pairs,), "int64"),)

    def macs_formula(self, inputs: Inputs) -> str:
        """Of each linear layer, of the scores, and of the values."""
        sizes = self._attending(inputs)
        pairs = f"{self.heads}*{sizes.queries}*{sizes.keys}"
        *entering, leaving = self._linear(inputs).products() or ("",)
        products = (*entering, f"{pairs}*{sizes.key}", f"{pairs}*{sizes.value}", leaving)
        return " + ".join(filter(None, products))

    def work(self, inputs: Inputs) -> Work:
        sizes, linear = self._attending(inputs), self._linear(inputs)
        rows = self.heads * sizes.queries
        return Work(
            macs=sum(linear.macs()) + sizes.scores * (sizes.key + sizes.value),
            multiplies=rows * sizes.key,
            adds=linear.bias_adds() + sizes.scores * (2 + self.causal + (sizes.table is not None)) - rows,
            compares=sizes.scores - rows,
            exponentials=sizes.scores,
            divides=sizes.scores,
        )

    def as_frozen(self) -> Self:
        frozen = type(self)(**vars(self))
        object.__setattr__(frozen, "_trains", False)
        if self.fused and not self.project:
            # The operands themselves are queries, keys and values.
            others = tuple(name for name in self.only_for_weights if isinstance(name, str))
            object.__setattr__(frozen, "only_for_weights", others)
        return frozen

    def _passes(self, inputs: Inputs, wanted: tuple[bool, ...]) -> Passes:
        """What of queries, keys, values and scores needs a gradient: for an operand, a linear layer or the table."""
        if self.project and self._trains:
            return Passes(True, True, True, True)
        parts = [which for which, given in enumerate(GIVEN[len(inputs)]) for _ in given]
        queries, keys, values = (wanted[which] for which in parts)
        return Passes(queries, keys, values, queries or keys or (self._trains and self.relative != "none"))

    def backward_macs(self, inputs: Inputs, wanted: tuple[bool, ...]) -> BackwardMacs:
        """The gradient of a factor of a product over all pairs is a product with the other one, where it is needed."""
        sizes, passes = self._attending(inputs), self._passes(inputs, wanted)
        of_scores = sizes.scores * sizes.key * (passes.queries + passes.keys)
        pairs = of_scores + sizes.scores * sizes.value * (passes.values + passes.scores)
        linear = self._linear(inputs).macs()
        # The gradient of the joined heads is always needed.
        data = sum(macs for macs, want in zip(linear, (*wanted, True), strict=False) if want)
        return BackwardMacs(data + pairs, sum(linear))

    def reach(self, inputs: Inputs) -> tuple[Reach, ...]:
        """Of causal attention: a position and all before it, of every operand."""
        if self.causal:
            return (Reach.up_to(inputs[0].positions),)
        if len(inputs) > 1:
            return (Reach(),) * inputs[0].rank
        return tuple(map(Reach.everywhere, inputs[0].spatial))

    def reads_whole(self, inputs: Inputs) -> tuple[int, ...]:
        return () if self.causal else tuple(range(1, len(inputs)))

    def limits(self, inputs: Inputs, before: tuple[Limits, ...]) -> Limits:
        """The attention weights add up to 1, so that the output is a mean of values."""
        return ANY if self.project else before[-1]

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        if self.fused:
            return self.keeps_of(inputs, self._usual(inputs))
        operands = range(len(inputs) * self.project)
        return (*operands, *self._attending(inputs).kept())

    def spared(self, inputs: Inputs, passes: tuple[bool, ...]) -> set[int | str]:
        """A factor is kept for the gradient of the other one."""
        parts = self._passes(inputs, passes)
        needed = {QUERIES: parts.keys, KEYS: parts.queries, VALUES: parts.scores}
        # The function itself says what it keeps for which gradients.
        unneeded: set[int | str] = {
            name for name, is_needed in needed.items() if not is_needed and not self.fused
        }
        # Casts of weights are kept for the gradients of operands.
        if not self.project:
            return unneeded
        linear = (self._attending(inputs).linear(which) for which, want in enumerate(passes) if not want)
        return unneeded | {f"{name}.weight cast" for name in linear}

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        if self.fused:
            return alive_at_end(self.forward_of(inputs, self._usual(inputs, training=False)))
        return self._attending(inputs).scratch()

    def _copies(self, inputs: Inputs, call: Call) -> set[int]:
        """The operands of which PyTorch makes a copy, so that the channels of each position are a row in memory.

        Of a learned tensor there is no row for each image.
        """
        return {
            which
            for which, shape in enumerate(inputs)
            if self.project
            and (
                (not shape.batched and call.images > 1)
                or not follows(shape.torch, call.lies(which), call.images, last=True)
            )
        }

    def keeps_of(self, inputs: Inputs, call: Call) -> tuple[Kept, ...]:
        attending, copies = self._attending(inputs, call), self._copies(inputs, call)
        operands = tuple(
            attending.copied(which) if which in copies else which
            for which in range(len(inputs) * self.project)
        )
        if (fused := self._fused(inputs, call)) is not None:
            passes = self._passes(inputs, call.wanted or (True,) * len(inputs))
            return (*operands, *fused.kept(passes))
        return (*operands, *attending.kept())

    def forward(self, inputs: Inputs, *, training: bool) -> tuple[Step, ...]:
        return self.forward_of(inputs, self._usual(inputs, training=training))

    def forward_of(self, inputs: Inputs, call: Call) -> tuple[Step, ...]:
        if (fused := self._fused(inputs, call)) is not None:
            return tuple(fused.forward(self._copies(inputs, call)))
        return self._attending(inputs, call).forward(self._copies(inputs, call))

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        return self.backward_of(inputs, wanted, Call())

    def backward_of(self, inputs: Inputs, wanted: tuple[bool, ...], call: Call) -> tuple[Step, ...]:
        weights: Mapping[str, tuple[Tensor, ...]] = {
            name: tuple(Tensor(weight.name, weight.shape) for weight in weights)
            for name, weights in self._linear(inputs).weights()
        }
        passes, copies = self._passes(inputs, wanted), self._copies(inputs, call)
        attending = self._attending(inputs, call)
        fused = self._fused(inputs, call)
        return tuple(AttendingBackward(attending, wanted, passes, weights, copies, call, fused).steps())

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        if not inputs[which].batched:
            # A sum, in order.
            return None
        return gradient_lies(self._attending(inputs), which, self._fused(inputs, call))

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        attending = self._attending(inputs)
        arguments: dict[str, Any] = {
            "channels": tuple(shape.channels for shape in inputs),
            "heads": self.heads,
            "key": attending.key,
            "value": attending.value,
            "units": attending.units if self.project else None,
            "bias": self.bias,
            "output_bias": self._has_output_bias,
            "scale": self._scale(inputs),
            "causal": self.causal,
        }
        if learned := tuple(which for which, shape in enumerate(inputs) if not shape.batched):
            arguments["learned"] = learned
        if not self.fused:
            arguments["fused"] = False
        if attending.table is not None:
            arguments |= {"relative": self.relative, "sizes": (inputs[0].spatial, inputs[-1].spatial)}
        return (TorchCall("own.Attention", arguments),)

    def label(self, inputs: Inputs) -> str:
        return f"{'CROSS-' * (len(inputs) > 1)}ATTENTION{self.heads}"
