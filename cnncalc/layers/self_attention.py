"""Multi-head self-attention over tokens."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.shape import Shape
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
    gradients,
    layer,
    weight_gradients,
)
from cnncalc.vocabulary.layouts import LastInMemory, PutsInOrder
from cnncalc.vocabulary.matrix import BackwardMacs
from cnncalc.vocabulary.strides import as_rows
from cnncalc.vocabulary.tokens import OfTokens


@layer
class SelfAttention(ChannelsMixed, AnyValues, PutsInOrder, LastInMemory, OfTokens, OwnOutput):
    """Multi-head attention between all tokens: softmax(Q*K^T/sqrt(d))*V in each head, with d = channels/heads.

    Q, K and V are three linear layers, computed as one. A fourth linear layer joins the heads. Both matrix products
    over pairs of tokens count as MACs.
    """

    autocast = "lower"
    widened = ("attention_weights",)
    linear = False
    only_for_weights = (0, "copied", "joined")
    source: ClassVar[str] = "torch.nn.MultiheadAttention; Vaswani et al. 2017, arXiv 1706.03762"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"heads": 12}, (Shape(96, (197,)),)),
        Example({"heads": 2, "bias": False}, (Shape(8, (5,)),)),
    )

    heads: int = integer(REQUIRED, "number of attention heads", main=True)
    bias: bool = flag(True, "add a bias in the four linear layers")

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
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
        width, length = inputs[0].channels, inputs[0].positions
        scores = self.heads * length * length
        return Work(
            macs=4 * length * width * width + 2 * length * length * width,
            multiplies=length * width,
            adds=4 * length * width * self.bias + 2 * scores - self.heads * length,
            compares=scores - self.heads * length,
            exponentials=scores,
            divides=scores,
        )

    def backward_macs(self, inputs: Inputs, wanted: tuple[bool, ...]) -> BackwardMacs:
        """Of the products over all pairs both factors have gradients; that of what is joined is made in any case."""
        linear = inputs[0].positions * inputs[0].channels ** 2
        pairs = self.work(inputs).macs - 4 * linear
        return BackwardMacs(linear * (4 if any(wanted) else 1) + 2 * pairs, 4 * linear)

    def macs_formula(self, inputs: Inputs) -> str:
        width, length = inputs[0].channels, inputs[0].positions
        return f"4*{length}*{width}*{width} + 2*{length}*{length}*{width}"

    def reach(self, inputs: Inputs) -> tuple[Reach, ...]:
        return (Reach.everywhere(inputs[0].positions),)

    def _steps(self, inputs: Inputs) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Q, K and V by head; Q scaled; the attention weights; the result, with the heads joined."""
        width, length = inputs[0].channels, inputs[0].positions
        return (
            Tensor("heads", (3, length, width), batched=True),
            Tensor("query", (length, width), batched=True),
            Tensor("attention_weights", (self.heads, length, length), batched=True),
            Tensor("joined", (length, width), batched=True),
        )

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return (0, *self._steps(inputs))

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        # In units of the input, with attention weights of size s: 6 when the heads are split; 3 + 2s at the softmax,
        # with its input and its output alive; 5 + s when the heads are joined. One unit is the output itself.
        heads, query, attention_weights, joined = self._steps(inputs)
        if attention_weights.size <= joined.size:
            return heads, query, joined
        if attention_weights.size <= 2 * joined.size:
            return heads, attention_weights, joined
        width, length = inputs[0].channels, inputs[0].positions
        more = Tensor("scores", (length, self.heads * length - 2 * width), batched=True)
        return heads, attention_weights, joined, more

    def copies(self, inputs: Inputs, call: Call) -> bool:
        return not as_rows(inputs[0].torch, call.lies(), call.images)

    def copies_gradient(self, inputs: Inputs, call: Call) -> bool:
        return not as_rows(inputs[0].torch, call.grad, call.images)

    def forward_of(self, inputs: Inputs, call: Call) -> tuple[Step, ...]:
        """The copied tensor is freed before the peak, unless it is kept."""
        return super().forward_of(inputs, call) if call.training else self.forward(inputs, training=False)

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """The steps of the forward pass in reverse, with a copy wherever the heads are reordered."""
        width, length = inputs[0].channels, inputs[0].positions
        weights = weight_gradients(self.weights(inputs))
        entering, leaving = weights[: len(weights) // 2], weights[len(weights) // 2 :]

        def grad(of: str, *shape: int) -> Tensor:
            return Tensor(f"grad_{of}", shape or (length, width), batched=True)

        steps = [Step((*leaving, grad("joined")), ("grad", "joined"))]
        if self.heads > 1 and length > 1:
            steps.append(Step((grad("split"),), ("grad_joined",)))
        square = (self.heads, length, length)
        return (
            *steps,
            Step((grad("value"), grad("attention_weights", *square)), (steps[-1].makes[-1].name,)),
            Step((grad("scores", *square),), ("grad_attention_weights", "attention_weights")),
            Step((grad("key"), grad("scaled")), ("grad_scores", "heads", "query")),
            Step((grad("query"),), ("grad_scaled",)),
            Step((grad("stacked", 3, length, width),), ("grad_query", "grad_key", "grad_value")),
            Step((grad("heads", 3, length, width),), ("grad_stacked",)),
            Step((*entering, *gradients(inputs, wanted))),
        )

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        arguments = {"embed_dim": inputs[0].channels, "num_heads": self.heads, "bias": self.bias}
        return (TorchCall("own.SelfAttention", arguments),)

    def label(self, inputs: Inputs) -> str:
        return f"ATTENTION{self.heads}"
