"""Multi-head self-attention over tokens."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary import shape_faults
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
from cnncalc.vocabulary.layouts import LastInMemory, PutsInOrder, copied
from cnncalc.vocabulary.matrix import BackwardMacs
from cnncalc.vocabulary.strides import Lying, as_rows, channels_last, lies, steps
from cnncalc.vocabulary.tokens import OfTokens
from cnncalc.vocabulary.word_fields import AXIS_WORDS, choice


@layer
class SelfAttention(ChannelsMixed, AnyValues, PutsInOrder, LastInMemory, OfTokens, OwnOutput):
    """Multi-head attention between all tokens: softmax(Q*K^T/sqrt(d))*V in each head, with d = channels/heads.

    With `over: width` the positions of each row of a volume are the tokens, row by row (axial attention). Q, K and V
    are three linear layers, computed as one. A fourth linear layer joins the heads. Both matrix products over pairs of
    tokens count as MACs.
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
    )

    heads: int = integer(REQUIRED, "number of attention heads", main=True)
    bias: bool = flag(True, "add a bias in the four linear layers")
    over: str | None = choice(
        None,
        "the axis along which positions attend to each other (default: length, of tokens)",
        AXIS_WORDS[1:-1],
    )

    def _axis(self, volume: Shape) -> int:
        """The number of the spatial axis of the tokens."""
        return 0 if self.over is None else volume.axes.index(self.over)

    def _counts(self, inputs: Inputs) -> tuple[int, int]:
        """How many rows of tokens there are, and the tokens of one row."""
        length = inputs[0].spatial[self._axis(inputs[0])]
        return inputs[0].positions // length, length

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
        width, positions = inputs[0].channels, inputs[0].positions
        scores = self.heads * positions * self._counts(inputs)[1]
        return Work(
            macs=4 * positions * width * width + 2 * positions * self._counts(inputs)[1] * width,
            multiplies=positions * width,
            adds=4 * positions * width * self.bias + 2 * scores - self.heads * positions,
            compares=scores - self.heads * positions,
            exponentials=scores,
            divides=scores,
        )

    def backward_macs(self, inputs: Inputs, wanted: tuple[bool, ...]) -> BackwardMacs:
        """Of the products over all pairs both factors have gradients; that of what is joined is made in any case."""
        linear = inputs[0].positions * inputs[0].channels ** 2
        pairs = self.work(inputs).macs - 4 * linear
        return BackwardMacs(linear * (4 if any(wanted) else 1) + 2 * pairs, 4 * linear)

    def macs_formula(self, inputs: Inputs) -> str:
        width, positions = inputs[0].channels, inputs[0].positions
        return f"4*{positions}*{width}*{width} + 2*{positions}*{self._counts(inputs)[1]}*{width}"

    def reach(self, inputs: Inputs) -> tuple[Reach, ...]:
        own = self._axis(inputs[0])
        sizes = enumerate(inputs[0].spatial)
        return tuple(Reach.everywhere(size) if axis == own else Reach() for axis, size in sizes)

    def _steps(self, inputs: Inputs) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Q, K and V by head; Q scaled; the attention weights; the result, with the heads joined."""
        width, (rows, length) = inputs[0].channels, self._counts(inputs)
        return (
            Tensor("heads", (3, rows * length, width), batched=True),
            Tensor("query", (rows * length, width), batched=True),
            Tensor("attention_weights", (rows * self.heads, length, length), batched=True),
            Tensor("joined", (rows * length, width), batched=True),
        )

    def _rows(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The tokens row by row in memory, a copy: none if they are all of the input."""
        return (Tensor("rows", inputs[0].torch, batched=True),) if inputs[0].rank > 1 else ()

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return (*(self._rows(inputs) or (0,)), *self._steps(inputs))

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        # In units of the input, with attention weights of size s: 6 when the heads are split; 3 + 2s at the softmax,
        # with its input and its output alive; 5 + s when the heads are joined. One unit is the output itself.
        heads, query, attention_weights, joined = self._steps(inputs)
        if attention_weights.size <= joined.size:
            return heads, query, joined
        if attention_weights.size <= 2 * joined.size:
            return heads, attention_weights, joined
        width, (rows, length) = inputs[0].channels, self._counts(inputs)
        more = Tensor("scores", (rows * length, self.heads * length - 2 * width), batched=True)
        return heads, attention_weights, joined, more

    def copies(self, inputs: Inputs, call: Call) -> bool:
        """For weights that need no gradient, PyTorch multiplies row by row of the image (`should_fold`)."""
        return inputs[0].rank == 1 and not as_rows(
            inputs[0].torch, call.lies(), call.images, last_axis_alone=call.frozen
        )

    def copies_gradient(self, inputs: Inputs, call: Call) -> bool:
        return not as_rows(*self._moved(inputs[0], call.grad), call.images)

    def lies(self, inputs: Inputs, call: Call) -> Lying:
        """Row by row, and the channels last."""
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

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        return self.lies(inputs, call)

    def forward_of(self, inputs: Inputs, call: Call) -> tuple[Step, ...]:
        """The copied tensor is freed before the peak, unless it is kept."""
        if call.lower is not None:
            return tuple(self._autocast(inputs, call))
        return super().forward_of(inputs, call) if call.training else self.forward(inputs, training=False)

    def keeps_of(self, inputs: Inputs, call: Call) -> tuple[Kept, ...]:
        """Under autocast rows are cast after they are copied; on CUDA the softmax computes in float32."""
        kept = super().keeps_of(inputs, call)
        if call.casts:
            kept = tuple(0 if isinstance(item, Tensor) and item.name == "rows" else item for item in kept)
        return (*kept, self._wide("attention_weights_whole", inputs)) if self._widens(call) else kept

    def _widens(self, call: Call) -> bool:
        return call.lower is not None and call.device != "cpu"

    def _wide(self, name: str, inputs: Inputs) -> Tensor:
        return self._steps(inputs)[2]._replace(name=name, dtype="float32")

    def _autocast(self, inputs: Inputs, call: Call) -> Iterator[Step]:
        """The steps of the forward pass under autocast."""
        heads, query, attention_weights, joined = self._steps(inputs)
        entering, leaving = (
            cast_names(self.weights(inputs)[: 1 + self.bias]),
            ("out_proj.bias", "out_proj.weight"),
        )
        projected, product = (heads._replace(name=name) for name in ("projected", "product"))
        scores, split = attention_weights._replace(name="scores"), joined._replace(name="split")
        rows = self._rows(inputs)
        if rows and call.casts:
            rows = (rows[0]._replace(name="rows_whole", dtype="float32"),)
        copies = (copied(inputs),) * self.copies(inputs, call)
        yield Step(rows)
        # The bias is added after the product where the rows are a view.
        apart = (product,) * (bool(copies) and self.bias and call.subclasses)
        spent = tuple(item.name for item in (*rows, *copies, *apart))
        yield Step((*copies, *apart, projected), spent, casts=(*entering, 0))
        yield Step((heads,), ("projected",))
        yield Step((query,))
        yield Step((scores,), ("query",))
        if self._widens(call):
            wide = tuple(self._wide(name, inputs) for name in ("scores_whole", "attention_weights_whole"))
            yield Step(wide, ("scores", "scores_whole"))
            yield Step((attention_weights,))
        else:
            yield Step((attention_weights,), ("scores",))
        yield Step((split,))
        yield Step((joined,), ("split",))
        yield Step(casts=leaving)

    def _softmax_back(self, inputs: Inputs, call: Call) -> tuple[Step, ...]:
        """From the gradient of the attention weights to that of the scores, where it is in float32."""
        weights = self._wide("grad_attention_weights_whole", inputs)
        scores = self._wide("grad_scores_whole", inputs)
        narrow = self._steps(inputs)[2]._replace(name="grad_scores")
        return (
            Step((weights,), ("grad_attention_weights", "attention_weights")),
            Step((scores,), (weights.name, "attention_weights_whole")),
            Step((narrow,), (scores.name,)),
        )

    def backward_of(self, inputs: Inputs, wanted: tuple[bool, ...], call: Call) -> tuple[Step, ...]:
        steps = super().backward_of(inputs, wanted, call)
        if not self._widens(call):
            return steps
        index = next(
            index
            for index, step in enumerate(steps)
            if any(item.name == "grad_scores" for item in step.makes)
        )
        return (*steps[:index], *self._softmax_back(inputs, call), *steps[index + 1 :])

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """The steps of the forward pass in reverse, with a copy wherever the heads are reordered."""
        width, (rows, length) = inputs[0].channels, self._counts(inputs)
        weights = weight_gradients(self.weights(inputs))
        entering, leaving = weights[: len(weights) // 2], weights[len(weights) // 2 :]

        def grad(of: str, *shape: int) -> Tensor:
            return Tensor(f"grad_{of}", shape or (rows * length, width), batched=True)

        first = [Step((*leaving, grad("joined")), ("grad", "joined"))]
        if self.heads > 1 and length > 1:
            first.append(Step((grad("split"),), ("grad_joined",)))
        square = (rows * self.heads, length, length)
        return (
            *first,
            Step((grad("value"), grad("attention_weights", *square)), (first[-1].makes[-1].name,)),
            Step((grad("scores", *square),), ("grad_attention_weights", "attention_weights")),
            Step((grad("key"), grad("scaled")), ("grad_scores", "heads", "query")),
            Step((grad("query"),), ("grad_scaled",)),
            Step((grad("stacked", 3, rows * length, width),), ("grad_query", "grad_key", "grad_value")),
            Step((grad("heads", 3, rows * length, width),), ("grad_stacked",)),
            Step((*entering, *gradients(inputs, wanted))),
        )

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        arguments = {"embed_dim": inputs[0].channels, "num_heads": self.heads, "bias": self.bias}
        if inputs[0].rank > 1:
            arguments["dim"] = self._axis(inputs[0]) + 2
        return (TorchCall("own.SelfAttention", arguments),)

    def label(self, inputs: Inputs) -> str:
        return f"ATTENTION{self.heads}"
