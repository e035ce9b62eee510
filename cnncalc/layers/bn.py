"""Batch normalisation."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.field import flag, number
from cnncalc.vocabulary.groups import AnyValues, ChannelsApart, OwnOutput, Pointwise
from cnncalc.vocabulary.layer import (
    STATISTICS,
    SUMS,
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
    weight_gradients,
)
from cnncalc.vocabulary.layouts import KeepsFormat, PutsInOrder
from cnncalc.vocabulary.statistics import (
    buffers,
    normalised_by_cudnn,
    one_value,
    statistics_work,
    weights,
    without_bias,
)
from cnncalc.vocabulary.strides import Lying, follows, suggests_last
from cnncalc.vocabulary.wide_statistics import WideStatistics


@layer
class BatchNorm(WideStatistics, ChannelsApart, AnyValues, PutsInOrder, KeepsFormat, Pointwise, OwnOutput):
    """Normalises each channel to mean 0 and variance 1 over the batch, then applies a learned scale and shift."""

    family: ClassVar[str] = "normalisation"
    copies_inside = True
    cancels_bias = True
    differs_in_training = True
    keeps_buffers = True
    synchronises = True
    one_axis = "as two"
    autocast = "input"
    source: ClassVar[str] = "torch.nn.BatchNorm2d; Ioffe & Szegedy 2015, arXiv 1502.03167"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({}, (Shape(64, (56, 56)),)),
        Example({"eps": 0.001, "momentum": 0.01}, (Shape(8, (30,)),)),
        Example({}, (Shape(8, (4, 6, 6)),)),
        Example({}, (Shape(100),)),
        Example({"affine": False}, (Shape(16, (8, 8)),)),
        Example({"bias": False}, (Shape(16, (8, 8)),)),
        Example({"track": False}, (Shape(16, (8, 8)),)),
    )

    # PyTorch refuses 0 in training.
    eps: float = number(1e-5, "added to the variance", low=1e-12)
    momentum: float = number(0.1, "weight of a batch in the running mean and variance", low=0, high=1)
    affine: bool = flag(True, "learn a scale and a shift for each channel")
    bias: bool = flag(True, "learn the shift too, where it learns a scale")
    track: bool = flag(
        True,
        "keep a running mean and variance for inference (PyTorch's track_running_stats); "
        "if false, use the statistics of each batch",
    )

    @property
    def linear(self) -> bool:  # type: ignore[override]
        """Linear if the statistics are not computed from the input."""
        return self.track

    @property
    def takes_statistics(self) -> bool:  # type: ignore[override]
        return not self.track

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        yield from one_value(self, inputs)

    def normalised(self, inputs: Inputs, images: int, *, training: bool) -> int | None:
        """`torch.nn.functional.batch_norm` counts values only if it computes the statistics of the batch."""
        return images * inputs[0].positions if training or not self.track else None

    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        return weights(inputs[0].channels, bias=self.bias) if self.affine else ()

    def buffers(self, inputs: Inputs) -> tuple[Tensor, ...]:
        return buffers(inputs[0].channels) if self.track else ()

    def work(self, inputs: Inputs) -> Work:
        if not self.track:
            return statistics_work(inputs[0].size, inputs[0].channels)
        return Work(multiplies=inputs[0].size, adds=inputs[0].size)

    def _statistics(self, inputs: Inputs) -> tuple[Tensor, ...]:
        channels = inputs[0].channels
        return Tensor("save_mean", (channels,), STATISTICS), Tensor("save_invstd", (channels,), STATISTICS)

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return 0, *self._statistics(inputs)

    def keeps_of(self, inputs: Inputs, call: Call) -> tuple[Kept, ...]:
        """With running statistics none of the batch; of several devices also how many values each has counted."""
        kept = super().keeps_of(inputs, call) if call.training or not self.track else (0,)
        # 4 bytes each.
        return (*kept, Tensor("count_all", (call.synced,), "float32")) if call.synced else kept

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        return () if self.track else self._statistics(inputs)

    def forward(self, inputs: Inputs, *, training: bool) -> tuple[Step, ...]:
        return (Step(self._statistics(inputs) if training else self.scratch(inputs)),)

    def forward_of(self, inputs: Inputs, call: Call) -> tuple[Step, ...]:
        """PyTorch's own kernel on CUDA makes statistics at inference too, and does not read them.

        Devices gather each other's statistics, and compute those of the whole batch from them
        (torch/nn/modules/_functions.py).
        """
        if call.synced:
            *before, last = super().forward_of(inputs, call)
            each = 2 * inputs[0].channels + 1
            own = Tensor("own", (each,), SUMS), Tensor("sent", (each,), SUMS)
            gathered = Tensor("gathered", (call.synced * each,), SUMS)
            counted = Tensor("counted", (call.synced * each,), SUMS)
            exchange = Step((*own, gathered), ("sent",))
            return *before, exchange, last._replace(makes=(counted, *last.makes))
        if call.training or not self.track or call.device != "cuda" or self._by_cudnn(inputs, call):
            return super().forward_of(inputs, call)
        return (Step(self._statistics(inputs)),)

    def _by_cudnn(self, inputs: Inputs, call: Call) -> bool:
        scaled = self.affine and self.bias
        return inputs[0].rank > 0 and normalised_by_cudnn(call, scaled=scaled)

    def _last(self, inputs: Inputs, call: Call) -> bool:
        return inputs[0].rank > 1 and suggests_last(inputs[0].torch, call.lies())

    def copies(self, inputs: Inputs, call: Call) -> bool:
        """CuDNN reads values in order, or with channels last over two or three axes."""
        last = self._last(inputs, call)
        return self._by_cudnn(inputs, call) and not follows(
            inputs[0].torch, call.lies(), call.images, last=last
        )

    def copies_gradient(self, inputs: Inputs, call: Call) -> bool:
        """In the format of the input."""
        last = self._last(inputs, call)
        return self._by_cudnn(inputs, call) and not follows(
            inputs[0].torch, call.grad, call.images, last=last
        )

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """One operation.

        It computes the gradient of the input even if nobody needs it (`cudnn_batch_norm_backward`).
        """
        entering = Tensor("grad0" if wanted[0] else "unwanted", inputs[0].torch, batched=True)
        return (Step((entering, *weight_gradients(self.weights(inputs)))),)

    def backward_of(self, inputs: Inputs, wanted: tuple[bool, ...], call: Call) -> tuple[Step, ...]:
        """Devices add up two sums for each channel first."""
        *before, last = super().backward_of(inputs, wanted, call)
        if not call.synced:
            return *before, last
        channels = inputs[0].channels
        sums = Tensor("sums", (2 * channels,), SUMS), Tensor("sent", (2 * channels,), SUMS)
        return *before, last._replace(makes=(*sums, *last.makes))

    def lies(self, inputs: Inputs, call: Call) -> Lying:
        """As the input; over one axis a CPU leaves values in order."""
        in_order = inputs[0].rank == 1 and (call.real_on_cpu or self._by_cudnn(inputs, call))
        return None if in_order else super().lies(inputs, call)

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        """As the input, over one axis in order; on tensors of a subclass as the gradient of the output."""
        if call.subclasses and not self._by_cudnn(inputs, call):
            return self._format(inputs[0], call.grad, inputs[0])
        return super().gradient_lies(inputs, which, call) if inputs[0].rank > 1 else None

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
        return (TorchCall(f"nn.BatchNorm{max(1, volume.rank)}d", arguments),)

    def label(self, inputs: Inputs) -> str:
        return "BN"
