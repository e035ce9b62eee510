"""Instance normalisation."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary import value_faults
from cnncalc.vocabulary.field import flag, number
from cnncalc.vocabulary.groups import AnyValues, ChannelsApart, GivesView, OwnOutput, Pointwise
from cnncalc.vocabulary.layer import (
    PARAMETERS,
    STATISTICS,
    Call,
    Example,
    Inputs,
    Kept,
    Problem,
    Step,
    Tensor,
    TorchCall,
    Weight,
    Work,
    layer,
)
from cnncalc.vocabulary.layouts import PutsInOrder
from cnncalc.vocabulary.statistics import (
    buffers,
    normalised_by_cudnn,
    statistics_work,
    weights,
    without_bias,
)
from cnncalc.vocabulary.strides import follows
from cnncalc.vocabulary.wide_statistics import WideStatistics


@layer
class InstanceNorm(WideStatistics, ChannelsApart, AnyValues, PutsInOrder, GivesView, Pointwise, OwnOutput):
    """Normalises each channel of an image; with `affine`, applies a learned scale and shift for each channel.

    The statistics depend on all positions; receptive fields leave them out.
    """

    family: ClassVar[str] = "normalisation"
    takes = "volume"
    cancels_bias = True
    differs_in_training = True
    autocast = "input"
    only_for_weights = ("grad_repeated_weight", "grad_repeated_bias")
    source: ClassVar[str] = "torch.nn.InstanceNorm2d; Ulyanov et al. 2016, arXiv 1607.08022"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({}, (Shape(64, (56, 56)),)),
        Example({"affine": True, "eps": 0.001}, (Shape(8, (30,)),)),
        Example({"affine": True, "bias": False}, (Shape(8, (6, 6)),)),
        Example({"track": True, "momentum": 0.01}, (Shape(8, (4, 6, 6)),)),
    )

    eps: float = number(1e-5, "added to the variance", low=1e-12)
    momentum: float = number(0.1, "weight of a batch in the running mean and variance", low=0, high=1)
    affine: bool = flag(False, "learn a scale and a shift for each channel")
    bias: bool = flag(True, "learn the shift too, where it learns a scale")
    track: bool = flag(
        False, "keep a running mean and variance for inference (PyTorch's track_running_stats)"
    )

    @property
    def linear(self) -> bool:  # type: ignore[override]
        """Linear if the statistics are not computed from the input."""
        return self.track

    @property
    def takes_statistics(self) -> bool:  # type: ignore[override]
        return not self.track

    def normalised(self, inputs: Inputs, images: int, *, training: bool) -> int | None:
        """`torch.nn.functional.instance_norm` counts values only if it computes the statistics of the image."""
        return inputs[0].positions if training or not self.track else None

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        if inputs[0].positions == 1:
            yield Problem(
                value_faults.ONE_VALUE_TO_NORMALISE,
                f"each channel of {inputs[0]} has one value, which is also its mean",
                help="move it before the pooling, or use `ln`",
            )

    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        return weights(inputs[0].channels, bias=self.bias) if self.affine else ()

    def buffers(self, inputs: Inputs) -> tuple[Tensor, ...]:
        return buffers(inputs[0].channels) if self.track else ()

    def work(self, inputs: Inputs) -> Work:
        if self.track:
            return Work(multiplies=inputs[0].size, adds=inputs[0].size)
        return statistics_work(inputs[0].size, inputs[0].channels)

    def _repeated(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """PyTorch treats a batch as one image with all its channels, and repeats the weights for each image."""
        names = [weight.name for weight in self.weights(inputs)] + [
            "running_mean",
            "running_var",
        ] * self.track
        # Without weights PyTorch casts the running statistics to the type of the input first.
        kind = PARAMETERS if self.affine else None
        return tuple(Tensor(f"repeated_{name}", (inputs[0].channels,), kind, batched=True) for name in names)

    def _statistics(self, inputs: Inputs) -> tuple[Tensor, ...]:
        each = (inputs[0].channels,)
        kind = STATISTICS if self.affine or self.track else None
        return Tensor("mean", each, kind, batched=True), Tensor("rstd", each, kind, batched=True)

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        repeated = (tensor for tensor in self._repeated(inputs) if tensor.name != "repeated_bias")
        return 0, *repeated, *self._statistics(inputs)

    def keeps_of(self, inputs: Inputs, call: Call) -> tuple[Kept, ...]:
        """With running statistics none of the batch."""
        kept = super().keeps_of(inputs, call)
        if call.training or not self.track:
            return kept
        statistics = self._statistics(inputs)
        return tuple(item for item in kept if item not in statistics)

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        return *self._repeated(inputs), *(() if self.track else self._statistics(inputs))

    def forward(self, inputs: Inputs, *, training: bool) -> tuple[Step, ...]:
        if not training:
            return super().forward(inputs, training=training)
        statistics = self._statistics(inputs)
        output = Tensor("output", inputs[0].torch, batched=True)
        # The running statistics are updated with the mean over the images, first the mean and then the variance.
        kind = PARAMETERS if self.affine else None
        update = (Tensor("update", (inputs[0].channels,), kind),) * self.track
        return (
            Step((*self._repeated(inputs), *statistics, output), tuple(tensor.name for tensor in statistics)),
            Step(update),
        )

    def _makes_unread(self, call: Call) -> bool:
        """Whether PyTorch's own kernel makes statistics at inference that it does not read."""
        cudnn = normalised_by_cudnn(call, scaled=self.affine and self.bias)
        return call.device == "cuda" and self.track and not call.training and not cudnn

    def forward_of(self, inputs: Inputs, call: Call) -> tuple[Step, ...]:
        """Without weights the running statistics are used, and updated, in the type of the input."""
        steps = super().forward_of(inputs, call)
        if self._makes_unread(call):
            first, *others = steps
            return first._replace(makes=(*first.makes, *self._statistics(inputs))), *others
        if self.affine or not (self.track and call.training and call.enters_narrow):
            return steps
        *others, last = steps
        whole = Tensor("update_whole", (inputs[0].channels,), PARAMETERS)
        return *others, last._replace(makes=(*last.makes, whole))

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """As batch normalisation; then the gradients of the repeated weights are summed over the images."""
        channels = inputs[0].channels
        names = [weight.name for weight in reversed(self.weights(inputs))]
        entering = Tensor("grad0" if wanted[0] else "unwanted", inputs[0].torch, batched=True)
        repeated = [Tensor(f"grad_repeated_{name}", (channels,), PARAMETERS, batched=True) for name in names]
        spent = tuple(item.name if isinstance(item, Tensor) else item for item in self.keeps(inputs))
        return (
            Step((entering, *repeated), ("grad", "unwanted", *spent)),
            *(Step((Tensor(name, (channels,)),), (f"grad_repeated_{name}",)) for name in names),
        )

    def copies(self, inputs: Inputs, call: Call) -> bool:
        return not follows(inputs[0].torch, call.lies(), call.images)

    def copies_gradient(self, inputs: Inputs, call: Call) -> bool:
        return not follows(inputs[0].torch, call.grad, call.images)

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        volume = inputs[0]
        arguments = {
            "num_features": volume.channels,
            "eps": self.eps,
            "momentum": self.momentum,
            "affine": self.affine,
            "track_running_stats": self.track,
            **without_bias(self.bias),
        }
        return (TorchCall(f"nn.InstanceNorm{volume.rank}d", arguments),)

    def label(self, inputs: Inputs) -> str:
        return "IN"
