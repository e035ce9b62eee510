"""Multi-head self-attention over tokens."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary import shape_faults
from cnncalc.vocabulary.allocation import alive_at_end
from cnncalc.vocabulary.attending_groups import FULL, WEIGHTS, TokenGroups
from cnncalc.vocabulary.attention_kernels import FUSED, Asked
from cnncalc.vocabulary.axes import absent
from cnncalc.vocabulary.divide import undivided
from cnncalc.vocabulary.field import REQUIRED, flag, integer
from cnncalc.vocabulary.groups import AnyValues, ChannelsMixed, OwnOutput
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
    cast_names,
    gradients,
    layer,
    weight_gradients,
)
from cnncalc.vocabulary.layouts import PutsInOrder, ReadsLast, copied, put_in_order
from cnncalc.vocabulary.matrix import BackwardMacs
from cnncalc.vocabulary.multihead import MultiheadAttention
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
from cnncalc.vocabulary.tokens import OfTokens
from cnncalc.vocabulary.word_fields import AXIS_WORDS, choice


@layer
class SelfAttention(ChannelsMixed, AnyValues, PutsInOrder, ReadsLast, OfTokens, OwnOutput):
    """Multi-head attention between all tokens: softmax(Q*K^T/sqrt(d))*V in each head, with d = channels/heads.

    With `over: width` the positions of each row of a volume are the tokens, row by row (axial attention). Q, K and V
    are three linear layers, computed as one. A fourth linear layer joins the heads. Both matrix products over pairs of
    tokens count as MACs. `fused` is `torch.nn.MultiheadAttention` with `need_weights=False`: one kernel computes both
    products and the softmax.
    """

    autocast = "lower"
    ranks = (1, 2, 3)
    other_ranks = None
    linear = False
    only_for_weights = (0, "copied", "rows", "joined")
    only_for_inputs = ("in_proj_weight cast",)
    source: ClassVar[str] = "torch.nn.MultiheadAttention; Vaswani et al. 2017, arXiv 1706.03762"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"heads": 12}, (Shape(96, (197,)),)),
        Example({"heads": 2, "bias": False}, (Shape(8, (5,)),)),
        Example({"heads": 2, "over": "width"}, (Shape(8, (5, 6)),)),
        Example({"heads": 2, "over": "depth", "bias": False}, (Shape(4, (3, 4, 5)),)),
        Example({"heads": 3, "fused": False}, (Shape(12, (9,)),)),
        Example({"heads": 2, "over": "height", "fused": False}, (Shape(8, (5, 6)),)),
        Example({"heads": 3}, (Shape(18, (7,)),)),
    )

    heads: int = integer(REQUIRED, "number of attention heads", main=True)
    bias: bool = flag(True, "add a bias in the four linear layers")
    over: str | None = choice(
        None,
        "the axis along which positions attend to each other (default: length, of tokens)",
        AXIS_WORDS[1:-1],
    )
    fused: bool = flag(True, FUSED)

    def _axis(self, volume: Shape) -> int:
        """The number of the spatial axis of the tokens."""
        return 0 if self.over is None else volume.axes.index(self.over)

    def _groups(self, inputs: Inputs) -> TokenGroups:
        """The rows of tokens."""
        length = inputs[0].spatial[self._axis(inputs[0])]
        return TokenGroups(inputs[0].positions // length, length, inputs[0].channels, self.heads)

    def _moved(self, volume: Shape, lying: Lying = None) -> tuple[tuple[int, ...], Lying]:
        """The sizes of an image with the axis of the tokens last, and the layout of such a batch."""
        axis = self._axis(volume) + 1
        order = (*(index for index in range(volume.rank + 1) if index != axis), axis)
        batch, *strides = steps(volume.torch, lying)
        sizes = tuple(volume.torch[index] for index in order)
        return sizes, lies(sizes, (batch, *(strides[index] for index in order)))

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        if self.over is None and inputs[0].rank > 1:
            yield Problem(
                shape_faults.WRONG_AXES,
                f"self_attention works on 1 spatial axis but the input ({inputs[0]}) has {inputs[0].rank}: "
                f"{', '.join(inputs[0].axes)}",
                help="use `patch_embed` to make tokens of a volume, or attend along one axis: "
                f"`over: {inputs[0].axes[-1]}`",
            )
            return
        if self.over is not None and (problem := absent(inputs[0], self.over)):
            yield problem
            return
        if problem := undivided(inputs[0], self.heads, f"{self.heads} heads", "heads"):
            yield problem

    def output(self, inputs: Inputs) -> Shape:
        return inputs[0]

    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        width = inputs[0].channels
        weights = [Weight("in_proj_weight", (3 * width, width), f"3*{width}*{width}")]
        if self.bias:
            weights.append(Weight("in_proj_bias", (3 * width,), f"3*{width}"))
        weights.append(Weight("out_proj.weight", (width, width), f"{width}*{width}"))
        if self.bias:
            weights.append(Weight("out_proj.bias", (width,), str(width)))
        return tuple(weights)

    def buffers(self, inputs: Inputs) -> tuple[Tensor, ...]:
        return ()

    def work(self, inputs: Inputs) -> Work:
        return self._groups(inputs).work(bias=self.bias, added=0)

    def backward_macs(self, inputs: Inputs, wanted: tuple[bool, ...]) -> BackwardMacs:
        return self._groups(inputs).backward_macs(any(wanted))

    def macs_formula(self, inputs: Inputs) -> str:
        return self._groups(inputs).macs_formula()

    def reach(self, inputs: Inputs) -> tuple[Reach, ...]:
        own = self._axis(inputs[0])
        sizes = enumerate(inputs[0].spatial)
        return tuple(Reach.everywhere(size) if axis == own else Reach() for axis, size in sizes)

    def _rows(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The tokens row by row in memory, a copy: none if they are all of the input."""
        return (Tensor("rows", inputs[0].torch, batched=True),) if inputs[0].rank > 1 else ()

    def _multihead(self, inputs: Inputs, call: Call) -> MultiheadAttention:
        groups = self._groups(inputs)
        strides = in_order((1, groups.tokens, groups.width))
        if inputs[0].rank == 1:
            batch, channels, positions = steps(inputs[0].torch, call.lies())
            strides = (batch, positions, channels)
        return MultiheadAttention(groups, self.bias, call, strides)

    def fused_attention(self, inputs: Inputs, call: Call) -> Asked | None:
        return self._multihead(inputs, call).asked if self.fused else None

    def attention_kernel(self, inputs: Inputs, call: Call) -> str | None:
        return self._multihead(inputs, call).kernel if self.fused else None

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        if self.fused:
            return self.keeps_of(inputs, self._usual(inputs))
        return (*(self._rows(inputs) or (0,)), *self._groups(inputs).kept())

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        if self.fused:
            return alive_at_end(self.forward_of(inputs, self._usual(inputs, training=False)))
        # In units of the input, with attention weights of size s: 6 when the heads are split; 3 + 2s at the softmax,
        # with its input and its output alive; 5 + s when the heads are joined. One unit is the output itself.
        heads, query, attention_weights, joined = self._groups(inputs).kept()
        if attention_weights.size <= joined.size:
            return heads, query, joined
        if attention_weights.size <= 2 * joined.size:
            return heads, attention_weights, joined
        more = Tensor("scores", (attention_weights.size - 2 * joined.size,), batched=True)
        return heads, attention_weights, joined, more

    def forward(self, inputs: Inputs, *, training: bool) -> tuple[Step, ...]:
        return (
            self.forward_of(inputs, self._usual(inputs, training=training))
            if self.fused
            else (Step(self.scratch(inputs)),)
        )

    def copies(self, inputs: Inputs, call: Call) -> bool:
        """For weights that need no gradient, PyTorch multiplies row by row of the image (`should_fold`)."""
        return inputs[0].rank == 1 and not as_rows(
            inputs[0].torch, call.lies(), call.images, last_axis_alone=call.frozen
        )

    def copies_gradient(self, inputs: Inputs, call: Call) -> bool:
        return not as_rows(*self._moved(inputs[0], call.grad), call.images)

    def lies(self, inputs: Inputs, call: Call) -> Lying:
        """Row by row, and the channels last; PyTorch's own module has the tokens of all rows one after another."""
        if self.fused and not self._multihead(inputs, call).is_fast:
            return self._tokens_first(inputs, call)
        volume, axis = inputs[0], self._axis(inputs[0]) + 1
        (sizes, _), others = self._moved(volume), iter(range(1, volume.rank))
        batch, *strides = steps(sizes, channels_last(sizes))
        return lies(
            volume.torch,
            (
                batch,
                strides[0],
                *(
                    strides[-1] if index == axis else strides[next(others)]
                    for index in range(1, volume.rank + 1)
                ),
            ),
        )

    def _tokens_first(self, inputs: Inputs, call: Call) -> Lying:
        volume, axis, number = inputs[0], self._axis(inputs[0]), self._groups(inputs).number
        others = iter(in_order(tuple(size for index, size in enumerate(volume.spatial) if index != axis)))
        width = volume.channels
        spatial = (
            call.images * number * width if index == axis else width * next(others)
            for index in range(volume.rank)
        )
        return lies(volume.torch, (number * width, 1, *spatial))

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        return self._tokens_first(inputs, call) if self.fused else self.lies(inputs, call)

    def forward_of(self, inputs: Inputs, call: Call) -> tuple[Step, ...]:
        """The copied tensor is freed before the peak, unless it is kept."""
        if self.fused:
            return tuple(self._fused(inputs, call))
        if call.lower is not None:
            return tuple(self._autocast(inputs, call))
        return super().forward_of(inputs, call) if call.training else self.forward(inputs, training=False)

    def keeps_of(self, inputs: Inputs, call: Call) -> tuple[Kept, ...]:
        """Under autocast rows are cast after they are copied; on CUDA the softmax computes in float32."""
        if self.fused:
            multihead = self._multihead(inputs, call)
            rows = () if call.casts else self._rows(inputs)
            operand = (copied(inputs),) if multihead.copies else (rows or (0,))
            return (*operand, *multihead.kept())
        kept = super().keeps_of(inputs, call)
        if call.casts:
            kept = tuple(0 if isinstance(item, Tensor) and item.name == "rows" else item for item in kept)
        return (*kept, self._groups(inputs).wide_square(WEIGHTS)) if self._widens(call) else kept

    def _fused(self, inputs: Inputs, call: Call) -> Iterator[Step]:
        multihead, rows = self._multihead(inputs, call), self._rows(inputs)
        if rows and call.casts:
            rows = (rows[0]._replace(name="rows_whole", dtype=FULL),)
        if rows:
            yield Step(rows)
        if multihead.is_fast:
            yield from multihead.predict(cast_names(self.weights(inputs)))
            return
        yield from multihead.forward(copied(inputs), cast_names(self.weights(inputs)[: 1 + self.bias]))

    def _widens(self, call: Call) -> bool:
        return call.lower is not None and call.device != "cpu"

    def _autocast(self, inputs: Inputs, call: Call) -> Iterator[Step]:
        """The steps of the forward pass under autocast."""
        groups = self._groups(inputs)
        entering = cast_names(self.weights(inputs)[: 1 + self.bias])
        rows = self._rows(inputs)
        if rows and call.casts:
            rows = (rows[0]._replace(name="rows_whole", dtype=FULL),)
        copies = (copied(inputs),) * self.copies(inputs, call)
        yield Step(rows)
        projected = (groups.rows("projected", 3),)
        if copies and self.bias and call.subclasses:
            # The bias is added after the product where the rows are a view. Their copy is gone by then, and what was
            # cast for it is there.
            product, cast = groups.rows("product", 3), ("0 cast",) * call.casts
            yield Step((*copies, product), (copies[0].name,), casts=(*entering, 0))
            yield Step(projected, (product.name, *cast))
        else:
            spent = tuple(item.name for item in (*rows, *copies))
            yield Step((*copies, *projected), spent, casts=(*entering, 0))
        yield Step((groups.rows("heads", 3),), ("projected",))
        yield Step((groups.rows("query"),))
        yield Step((groups.square("scores"),), ("query",))
        if self._widens(call):
            wide = tuple(map(groups.wide_square, ("scores_whole", WEIGHTS)))
            yield Step(wide, ("scores", "scores_whole"))
            yield Step((groups.square("attention_weights"),))
        else:
            yield Step((groups.square("attention_weights"),), ("scores",))
        yield Step((groups.rows("split"),))
        yield Step((groups.rows("joined"),), ("split",))
        yield Step(casts=("out_proj.bias", "out_proj.weight"))

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        return self.backward_of(inputs, wanted, Call())

    def backward_of(self, inputs: Inputs, wanted: tuple[bool, ...], call: Call) -> tuple[Step, ...]:
        if self.fused:
            return tuple(self._fused_backward(inputs, wanted, call))
        return put_in_order(self, inputs, self._backward(inputs, wanted, wide=self._widens(call)), call)

    def _backward(self, inputs: Inputs, wanted: tuple[bool, ...], *, wide: bool) -> tuple[Step, ...]:
        weights = weight_gradients(self.weights(inputs))
        entering, leaving = weights[: len(weights) // 2], weights[len(weights) // 2 :]
        return (
            *self._groups(inputs).backward("grad", leaving, wide=wide),
            Step((*entering, *gradients(inputs, wanted))),
        )

    def _fused_backward(self, inputs: Inputs, wanted: tuple[bool, ...], call: Call) -> Iterator[Step]:
        weights = weight_gradients(self.weights(inputs))
        entering, leaving = weights[: len(weights) // 2], weights[len(weights) // 2 :]
        multihead, name = self._multihead(inputs, call), "grad"
        groups = multihead.groups
        sizes, lying = self._moved(inputs[0], call.grad)
        batch, channels, *others, own = steps(sizes, lying)
        volume = (call.images, *sizes[1:], sizes[0])
        rows = (call.images * groups.number, groups.tokens, groups.width)
        strides: Strides | None = regrouped(volume, (batch, *others, own, channels), rows)
        if strides is None:
            yield Step((groups.rows("grad_rows"),), (name,))
            name, strides = "grad_rows", in_order(rows)
        yield from multihead.backward(name, strides, leaving)
        # What the linear layer has read is freed with the gradients that are computed of it.
        read = "copied" if multihead.copies else "rows" if self._rows(inputs) else 0
        yield Step((*entering, *gradients(inputs, wanted)), ("grad_projected", read))

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        arguments = {"embed_dim": inputs[0].channels, "num_heads": self.heads, "bias": self.bias}
        if inputs[0].rank > 1:
            arguments["dim"] = self._axis(inputs[0]) + 2
        if not self.fused:
            arguments["fused"] = False
        return (TorchCall("own.SelfAttention", arguments),)

    def label(self, inputs: Inputs) -> str:
        return f"ATTENTION{self.heads}"
