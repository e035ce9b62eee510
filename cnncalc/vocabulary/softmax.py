"""What softmax and its logarithm have in common: the axes over which the exponentials are summed."""

from collections.abc import Iterator
from math import prod
from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.activation import SHAPES, Activation, OfOutputs
from cnncalc.vocabulary.axes import CHANNELS, absent, dimensions
from cnncalc.vocabulary.field import base
from cnncalc.vocabulary.gradients import in_type
from cnncalc.vocabulary.groups import KeepsOutput
from cnncalc.vocabulary.layer import (
    Call,
    Channels,
    Example,
    Inputs,
    Precision,
    Problem,
    Reach,
    Step,
    Tensor,
    TorchCall,
)
from cnncalc.vocabulary.layouts import InOrder
from cnncalc.vocabulary.strides import Lying, Strides, in_order, lies, regrouped, steps
from cnncalc.vocabulary.values import AxisNames
from cnncalc.vocabulary.word_fields import axes

OVER_AXES: tuple[Example, ...] = (
    *SHAPES,
    Example({"over": "width"}, (Shape(4, (5, 6)),)),
    Example({"over": "positions"}, (Shape(4, (5, 6)),)),
    Example({"over": ("depth", "width")}, (Shape(3, (3, 4, 5)),)),
    Example({"over": ("channels", "height")}, (Shape(4, (5, 6)),)),
)


@base
class SoftmaxOver(OfOutputs, InOrder, Activation, KeepsOutput):
    """A softmax over some axes together. Over several axes PyTorch sees them as one, which comes last if need be."""

    autocast = "float32"
    leaves = None
    # No function of each value: PyTorch's `dim` counts the batch.
    without_batch = "none"
    # The loss that takes its input, if it is over the channels.
    instead: ClassVar[str]

    over: AxisNames = axes(
        CHANNELS,
        "the axes that sum to 1: channels, height, width, depth, length, a list, or positions (all spatial axes)",
        main=True,
    )

    @property
    def loss(self) -> str | None:  # type: ignore[override]
        return self.instead if self.over in (CHANNELS, (CHANNELS,)) else None

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        if problem := absent(inputs[0], self.over):
            yield problem

    def rows(self, inputs: Inputs) -> int:
        """The number of sums: the values of an image over those of one sum."""
        return inputs[0].size // prod(inputs[0].torch[index] for index in self._dims(inputs))

    def reads_channels(self, inputs: Inputs) -> Channels:
        return "scaled" if 0 in self._dims(inputs) else "apart"

    def reach(self, inputs: Inputs) -> tuple[Reach, ...]:
        """Along its axes every position reads all of them."""
        dims = self._dims(inputs)
        sizes = enumerate(inputs[0].spatial, 1)
        return tuple(Reach.everywhere(size) if index in dims else Reach() for index, size in sizes)

    def _dims(self, inputs: Inputs) -> tuple[int, ...]:
        return dimensions(inputs[0], self.over)

    def _order(self, inputs: Inputs) -> tuple[int, ...]:
        """The dimensions of an image as PyTorch sees them: as they are, or those of the sum last, to be adjacent."""
        every, dims = range(inputs[0].rank + 1), self._dims(inputs)
        if dims[-1] - dims[0] == len(dims) - 1:
            return tuple(every)
        return (*(index for index in every if index not in dims), *dims)

    def _in_memory(self, inputs: Inputs) -> Lying:
        """The layout of what the softmax gives: in the order in which PyTorch sees the dimensions."""
        shape, order = inputs[0].torch, self._order(inputs)
        strides = dict(zip(order, in_order(tuple(shape[index] for index in order)), strict=True))
        return lies(shape, (prod(shape), *(strides[index] for index in range(len(shape)))))

    def lies(self, inputs: Inputs, call: Call) -> Lying:
        return self._in_memory(inputs)

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        return self._in_memory(inputs)

    def gives_view(self, inputs: Inputs) -> bool:
        return len(self._dims(inputs)) > 1

    def _copied(self, inputs: Inputs, lying: Lying, images: int) -> bool:
        """Whether the axes of a tensor cannot be seen as one without a copy."""
        dims, shape, order = self._dims(inputs), inputs[0].torch, self._order(inputs)
        if len(dims) == 1:
            return False
        batch, *strides = steps(shape, lying)
        seen: Strides = (images, *(shape[index] for index in order))
        first = order.index(dims[0]) + 1
        joint = (*seen[:first], prod(seen[first : first + len(dims)]), *seen[first + len(dims) :])
        return regrouped(seen, (batch, *(strides[index] for index in order)), joint) is None

    def autocast_on_cuda(self, inputs: Inputs, lower: str) -> Precision:
        """The kernel reads float16 and gives float32 (`half_to_float`); bfloat16 is cast first."""
        return "promotes" if lower == "float16" else self.autocast

    def _half(self, call: Call) -> str | None:
        """The type that the kernel reads, where that is another than it computes in."""
        reads = call.device == "cuda" and call.lower == "float16" and call.enters_narrow
        return call.lower if reads else None

    def casts_itself(self, inputs: Inputs) -> bool:
        """Over several axes, which are seen as one first."""
        return len(self._dims(inputs)) > 1

    def _casting(self, inputs: Inputs, call: Call) -> tuple[Step, ...]:
        """What it has of a cast input over several axes: where these are copied to be one, the copy is cast."""
        shape = inputs[0].torch
        narrow = Tensor("copied", shape, call.lower, batched=True)
        copied = (Step((narrow,)),) * self._copied(inputs, call.lies(), call.images)
        return *copied, Step((Tensor("whole", shape, batched=True),))

    def forward_of(self, inputs: Inputs, call: Call) -> tuple[Step, ...]:
        if call.casts and self.casts_itself(inputs):
            return self._casting(inputs, call)
        if not self._copied(inputs, call.lies(), call.images):
            return super().forward_of(inputs, call)
        return (Step((Tensor("copied", inputs[0].torch, self._half(call), batched=True),)),)

    def backward_of(self, inputs: Inputs, wanted: tuple[bool, ...], call: Call) -> tuple[Step, ...]:
        steps_back = in_type(super().backward_of(inputs, wanted, call), self._half(call), {})
        if call.casts and self.casts_itself(inputs):
            narrow = Tensor("grad0", inputs[0].torch, call.lower, batched=True)
            whole = tuple(item._replace(name="grad_whole") for item in steps_back[-1].makes)
            steps_back = (*steps_back[:-1], Step(whole), Step((narrow,), ("grad_whole",)))
        if not self._copied(inputs, call.grad, call.images):
            return steps_back
        turned = Tensor("grad_turned", inputs[0].torch, batched=True)
        return Step((turned,), ("grad",)), *steps_back

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        dims = tuple(index + 1 for index in self._dims(inputs))
        if len(dims) == 1:
            return (TorchCall(self.module, {"dim": dims[0]}),)
        return (TorchCall(f"own.{self.module.removeprefix('nn.')}", {"dim": dims}),)
