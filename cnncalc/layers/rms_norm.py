"""Root mean square normalisation."""

from typing import Any, ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.field import flag, number
from cnncalc.vocabulary.gradients import power
from cnncalc.vocabulary.groups import AnyValues, ChannelsScaled, FullOnCpu, NoStatistics, OwnOutput, Pointwise
from cnncalc.vocabulary.layer import Example, Inputs, Kept, Step, Tensor, TorchCall, Weight, Work, layer
from cnncalc.vocabulary.layouts import LikeOperands


@layer
class RMSNorm(ChannelsScaled, FullOnCpu, AnyValues, NoStatistics, LikeOperands, Pointwise, OwnOutput):
    """Divides the channels of each position (or the features) by the root of their mean square.

    Then it multiplies each channel by a learned factor. No mean is subtracted, and no bias is added. It is computed in
    steps on every device; the fused kernel that `nn.RMSNorm` uses on CUDA keeps the input and the roots only.
    """

    family: ClassVar[str] = "normalisation"
    autocast = "float32"
    linear = False
    only_for_weights = ("normed", "grad_factors")
    only_for_inputs = (0, "rstd")
    source: ClassVar[str] = "torch.nn.RMSNorm; Zhang & Sennrich 2019, arXiv 1910.07467"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({}, (Shape(96, (14, 14)),)),
        Example({"eps": 1e-6}, (Shape(100),)),
        Example({"affine": False}, (Shape(8, (30,)),)),
        Example({}, (Shape(8, (4, 6, 6)),)),
    )

    eps: float | None = number(
        None, "added to the mean square (default: the machine epsilon, 1.2e-07 in float32)", low=1e-12
    )
    affine: bool = flag(True, "learn a factor for each channel (PyTorch's elementwise_affine)")

    def in_effect(self, inputs: Inputs) -> dict[str, tuple[Any, str]]:
        return {"eps": (2**-23, "in float32")} if self.eps is None else {}

    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        channels = inputs[0].channels
        return (Weight("weight", (channels,), str(channels)),) * self.affine

    def buffers(self, inputs: Inputs) -> tuple[Tensor, ...]:
        return ()

    def work(self, inputs: Inputs) -> Work:
        """A root counts as an exponential."""
        values, rows = inputs[0].size, inputs[0].positions
        return Work(multiplies=(2 + self.affine) * values, adds=values, divides=2 * rows, exponentials=rows)

    def _each(self, inputs: Inputs, *names: str) -> tuple[Tensor, ...]:
        """Tensors of one number for each position."""
        return tuple(Tensor(name, (1, *inputs[0].spatial), batched=True) for name in names)

    def _all(self, inputs: Inputs, *names: str) -> tuple[Tensor, ...]:
        return tuple(Tensor(name, inputs[0].torch, batched=True) for name in names)

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return 0, *self._each(inputs, "rstd"), *self._all(inputs, "normed") * self.affine

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        return self._all(inputs, "normed") if self.affine else self._each(inputs, "rstd")

    def forward(self, inputs: Inputs, *, training: bool) -> tuple[Step, ...]:
        first = Step((*self._all(inputs, "squares"), *self._each(inputs, "mean")), ("squares",))
        roots = Step(self._each(inputs, "rstd"), ("mean",))
        return (first, roots, *(Step(self._all(inputs, "normed"), ("rstd",)),) * self.affine, Step())

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """The steps of the forward pass in reverse.

        The input has two gradients: one as the dividend, and one through the roots.
        """
        shape, steps, old = inputs[0].torch, [], "grad"
        if self.affine:
            (weight,) = self.weights(inputs)
            entering = self._all(inputs, "grad_normed") * wanted[0]
            gradients = (*entering, *self._all(inputs, "grad_factors"), Tensor("weight", weight.shape))
            steps.append(Step(gradients, ("grad", "normed", "grad_factors")))
            old = "grad_normed"
        if not wanted[0]:
            return tuple(steps)
        # With one channel there is nothing to sum.
        alone = inputs[0].channels == 1
        product = "grad_rstd" if alone else "product"
        sums = self._each(inputs, "grad_rstd") * (not alone)
        steps.append(Step((*self._all(inputs, "grad0", product), *sums), (old, "product")))
        spent = ("cube", "half")
        steps.append(Step(self._each(inputs, *spent, "grad_mean"), (*spent, "grad_rstd", "rstd")))
        steps.append(Step(self._all(inputs, "grad_squares"), ("grad_mean",)))
        steps.append(power("grad_squares", "grad0", shape, 0))
        return tuple(steps)

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        arguments = {
            "channels": inputs[0].channels,
            "rank": inputs[0].rank,
            "eps": self.eps,
            "affine": self.affine,
        }
        return (TorchCall("own.ChannelRMSNorm", arguments),)

    def label(self, inputs: Inputs) -> str:
        return "RMSN"
