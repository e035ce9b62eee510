"""Global response normalisation."""

from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.field import number
from cnncalc.vocabulary.groups import AnyValues, ChannelsScaled, FullOnCpu, OwnOutput, Pointwise
from cnncalc.vocabulary.layer import Example, Inputs, Kept, Step, Tensor, TorchCall, Weight, Work, layer
from cnncalc.vocabulary.layouts import LikeOperands
from cnncalc.vocabulary.statistics import weights


@layer
class GlobalResponseNorm(ChannelsScaled, FullOnCpu, AnyValues, LikeOperands, Pointwise, OwnOutput):
    """x + weight * x * share + bias: the share of a channel is its norm over all positions, by the mean of all norms.

    ConvNeXt V2 has it after the activation of every block. The norms depend on all positions; receptive fields leave
    them out.
    """

    family: ClassVar[str] = "normalisation"
    takes = "volume"
    autocast = "float32"
    linear = False
    cancels_bias = False
    takes_statistics = True
    only_for_weights = ("scaled", "multiple", "grad_factors")
    only_for_inputs = (0, "norms", "divisor", "shares")
    source: ClassVar[str] = "Woo et al. 2023, arXiv 2301.00808 (ConvNeXt V2); timm.layers.GlobalResponseNorm"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"init": 1.0}, (Shape(384, (14, 14)),)),
        Example({"init": 0.5, "eps": 1e-5}, (Shape(8, (30,)),)),
        Example({"init": 2.0}, (Shape(8, (4, 6, 6)),)),
    )

    eps: float = number(1e-6, "added to the mean of the norms", low=1e-12)
    init: float = number(0.0, "initial value of the factors; with 0 the layer returns its input at first")

    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        return weights(inputs[0].channels)

    def buffers(self, inputs: Inputs) -> tuple[Tensor, ...]:
        return ()

    def work(self, inputs: Inputs) -> Work:
        """A root counts as an exponential."""
        values, channels = inputs[0].size, inputs[0].channels
        return Work(multiplies=3 * values, adds=3 * values, divides=channels + 1, exponentials=channels)

    def _all(self, inputs: Inputs, *names: str) -> tuple[Tensor, ...]:
        return tuple(Tensor(name, inputs[0].torch, batched=True) for name in names)

    def _channels(self, inputs: Inputs, *names: str, dtype: str | None = None) -> tuple[Tensor, ...]:
        """Tensors of one number for each channel."""
        shape = (inputs[0].channels, *(1,) * inputs[0].rank)
        return tuple(Tensor(name, shape, dtype, batched=True) for name in names)

    def _whole(self, inputs: Inputs, name: str) -> Tensor:
        """A tensor of one number for each image."""
        return Tensor(name, (1,) * (inputs[0].rank + 1), batched=True)

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        each = self._channels(inputs, "norms", "shares")
        return 0, *each, self._whole(inputs, "divisor"), *self._all(inputs, "scaled")

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        return *self._channels(inputs, "norms", "shares"), *self._all(inputs, "shifted")

    def forward(self, inputs: Inputs, *, training: bool) -> tuple[Step, ...]:
        return (
            Step((*self._channels(inputs, "norms"), self._whole(inputs, "divisor"))),
            Step(self._channels(inputs, "shares"), ("divisor",)),
            Step(self._all(inputs, "scaled")),
            Step(self._all(inputs, "shifted"), ("scaled",)),
            Step(),
        )

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """The steps of the forward pass in reverse.

        The input has three gradients: from the sum, from the product, and through its norms.
        """
        channels = inputs[0].channels
        factor = (Tensor("multiple_weight", (channels,)),)
        learned = [Tensor(weight.name, weight.shape) for weight in reversed(self.weights(inputs))]
        first = (Step(passes=(("grad0", "grad"),)),) * wanted[0]
        scaled = Step((*factor, *self._all(inputs, "grad_scaled")), ("multiple_weight",))
        steps = (
            *first,
            Step(self._all(inputs, "multiple", "grad_factors"), ("multiple",)),
            *(scaled,) * wanted[0],
            Step(tuple(learned), ("grad", "grad_factors", "scaled")),
        )
        return (*steps, *self._through_norms(inputs)) if wanted[0] else steps

    def _through_norms(self, inputs: Inputs) -> tuple[Step, ...]:
        """The gradients of the input from its product with the shares, and through its norms."""
        # With one position, or one channel, there is nothing to sum.
        product = "grad_shares" if inputs[0].positions == 1 else "product"
        sums = self._channels(inputs, "grad_shares") * (inputs[0].positions > 1)
        quotient = ("quotient", "over", "negative")
        direct = self._channels(inputs, "grad_direct")
        divisors = "grad_divisor" if inputs[0].channels == 1 else "divisors"
        total = (self._whole(inputs, "grad_divisor"),) * (inputs[0].channels > 1)
        zeros = self._channels(inputs, "zeros", dtype="bool")
        return (
            Step((*self._all(inputs, product, "grad0"), *sums), ("product", "grad_scaled", "shares")),
            Step(self._channels(inputs, *quotient, divisors), quotient),
            Step((*direct, *total), ("grad_shares", "divisors", "divisor")),
            Step(self._channels(inputs, "grad_mean"), ("grad_divisor",)),
            Step(self._channels(inputs, "grad_norms"), ("grad_direct", "grad_mean")),
            Step((*self._all(inputs, "directions", "grad0"), *zeros)),
        )

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        arguments = {
            "channels": inputs[0].channels,
            "rank": inputs[0].rank,
            "eps": self.eps,
            "init": self.init,
        }
        return (TorchCall("own.GlobalResponseNorm", arguments),)

    def label(self, inputs: Inputs) -> str:
        return "GRN"
