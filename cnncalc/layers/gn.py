"""Group normalisation."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.diagnostic import Severity
from cnncalc.shape import Shape
from cnncalc.vocabulary import value_faults
from cnncalc.vocabulary.divide import undivided
from cnncalc.vocabulary.field import REQUIRED, flag, integer, number
from cnncalc.vocabulary.groups import AnyValues, ChannelsScaled, OwnOutput, Pointwise
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
from cnncalc.vocabulary.layouts import KeepsFormat, PutsInOrder
from cnncalc.vocabulary.statistics import statistics_work, weights, without_bias
from cnncalc.vocabulary.strides import Lying, follows, suggests_last


@layer
class GroupNorm(ChannelsScaled, AnyValues, PutsInOrder, KeepsFormat, Pointwise, OwnOutput):
    """Normalises each group of channels of an image, then applies a learned scale and shift for each channel.

    With one group this is layer normalisation over a whole volume. The statistics depend on all positions; receptive
    fields leave them out.
    """

    family: ClassVar[str] = "normalisation"
    autocast = "float32"
    copies_inside = True
    cancels_bias = False
    takes_statistics = True
    linear = False
    source: ClassVar[str] = "torch.nn.GroupNorm; Wu & He 2018, arXiv 1803.08494"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"groups": 32}, (Shape(64, (14, 14)),)),
        Example({"groups": 2, "eps": 0.001, "affine": False}, (Shape(8, (30,)),)),
        Example({"groups": 2, "bias": False}, (Shape(8, (6, 6)),)),
        Example({"groups": 1}, (Shape(8, (4, 6, 6)),)),
        Example({"groups": 5}, (Shape(100),)),
    )

    groups: int = integer(REQUIRED, "number of groups of channels (PyTorch's num_groups)", main=True)
    eps: float = number(1e-5, "added to the variance", low=1e-12)
    affine: bool = flag(True, "learn a scale and a shift for each channel")
    bias: bool = flag(True, "learn the shift too, where it learns a scale")

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        if problem := undivided(inputs[0], self.groups, f"{self.groups} groups", "groups"):
            yield problem
        elif inputs[0].positions * inputs[0].channels == self.groups:
            yield Problem(
                value_faults.ONE_VALUE_TO_NORMALISE,
                f"each of {self.groups} groups of {inputs[0]} has one value in an image, which is also its mean: "
                "the output is only the bias; PyTorch refuses to run a batch of one image",
                "groups",
                help="use fewer groups, or move it before the pooling",
                severity=Severity.WARNING,
                blocking=False,
            )

    def normalised(self, inputs: Inputs, images: int, *, training: bool) -> int | None:
        """`torch.nn.functional.group_norm` counts the values of a group over all images.

        It normalises each image separately all the same.
        """
        return images * inputs[0].positions * inputs[0].channels // self.groups

    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        return weights(inputs[0].channels, bias=self.bias) if self.affine else ()

    def buffers(self, inputs: Inputs) -> tuple[Tensor, ...]:
        return ()

    def work(self, inputs: Inputs) -> Work:
        return statistics_work(inputs[0].size, self.groups)

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return 0, *self.scratch(inputs)

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        kind = STATISTICS if self.affine else None
        return (
            Tensor("mean", (self.groups,), kind, batched=True),
            Tensor("rstd", (self.groups,), kind, batched=True),
        )

    def backward_of(self, inputs: Inputs, wanted: tuple[bool, ...], call: Call) -> tuple[Step, ...]:
        """On fake tensors the gradient of the input is promoted to the type of the weights."""
        steps = super().backward_of(inputs, wanted, call)
        if not (self.affine and call.subclasses and call.narrow_on_cpu):
            return steps
        *others, last = steps
        makes = (
            item._replace(name="grad_whole", dtype=PARAMETERS) if item.name == "grad0" else item
            for item in last.makes
        )
        product = last._replace(makes=tuple(makes), frees=("grad_turned",))
        return *others, product, Step(frees=("grad_whole",), passes=(("grad0", "grad_whole"),) * wanted[0])

    def _last(self, inputs: Inputs, call: Call) -> bool:
        """Whether it supports channels-last format: only on a CPU."""
        return call.device == "cpu" and suggests_last(inputs[0].torch, call.lies())

    def lies(self, inputs: Inputs, call: Call) -> Lying:
        """On CUDA in order, whatever the input is."""
        return super().lies(inputs, call) if call.device == "cpu" else None

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        return super().gradient_lies(inputs, which, call) if call.device == "cpu" else None

    def copies(self, inputs: Inputs, call: Call) -> bool:
        return not follows(inputs[0].torch, call.lies(), call.images, last=self._last(inputs, call))

    def copies_gradient(self, inputs: Inputs, call: Call) -> bool:
        return not follows(inputs[0].torch, call.grad, call.images, last=self._last(inputs, call))

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        arguments = {
            "num_groups": self.groups,
            "num_channels": inputs[0].channels,
            "eps": self.eps,
            "affine": self.affine,
            **without_bias(self.bias),
        }
        return (TorchCall("nn.GroupNorm", arguments),)

    def label(self, inputs: Inputs) -> str:
        return f"GN{self.groups}"
