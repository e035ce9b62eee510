"""Facts that many layers have in common, stated once and by name. A layer inherits from them explicitly.

Those about memory layouts are in `layouts`.
"""

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.field import base, flag
from cnncalc.vocabulary.layer import (
    Call,
    Channels,
    Inputs,
    Kept,
    Layer,
    Precision,
    Reach,
    Storage,
    Tensor,
    Weight,
    WithoutBatch,
)
from cnncalc.vocabulary.limits import ANY, ZERO, Limits
from cnncalc.vocabulary.strides import Lying, Strides, elementwise

if TYPE_CHECKING:
    from cnncalc.vocabulary.region import Ranges


class Weightless(Layer):
    """No parameters and no buffers."""

    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        return ()

    def buffers(self, inputs: Inputs) -> tuple[Tensor, ...]:
        return ()


class NoBuffers(Layer):
    """No state but its parameters."""

    def buffers(self, inputs: Inputs) -> tuple[Tensor, ...]:
        return ()


class NoScratch(Layer):
    """Allocates nothing but its output."""

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        return ()


class OwnOutput(Layer):
    """Writes its output into a new tensor."""

    one_of_views = False

    def storage(self, *, training: bool) -> Storage:
        return Storage.OWN


class ViewOutput(Layer):
    """Returns its input, a part of it, or its values in another shape, without unnecessary copies."""

    def storage(self, *, training: bool) -> Storage:
        return Storage.VIEW

    @abstractmethod
    def strides(self, inputs: Inputs, strides: Strides) -> Strides | None:
        """The strides of the output within the input's tensor, for these input strides; None if it copies."""

    @abstractmethod
    def part(self, inputs: Inputs) -> "Ranges | None":
        """The range of each dimension of its first input (channels first); None: all, in other dimensions."""


class GivesView(Layer):
    """Views its input in another shape first, and views its output back at the end."""

    def gives_view(self, inputs: Inputs) -> bool:
        return True


class OneAxisAsTwo(Layer):
    """For one axis PyTorch adds a second axis, and removes it from the result."""

    def gives_view(self, inputs: Inputs) -> bool:
        return inputs[0].rank == 1


class Pointwise(Layer):
    """Every output value reads inputs at its own position; shapes don't change."""

    def output(self, inputs: Inputs) -> Shape:
        return inputs[0]

    def reach(self, inputs: Inputs) -> tuple[Reach, ...]:
        return (Reach(),) * inputs[0].rank


class WholeInput(Layer):
    """Every output reads every position."""

    def reach(self, inputs: Inputs) -> tuple[Reach, ...]:
        return tuple(Reach.window(size, size) for size in inputs[0].spatial)


class KeepsNothing(Layer):
    """Its backward pass needs no values, at most shapes."""

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return ()


class KeepsInput(Layer):
    """Its backward pass reads its input."""

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return (0,)


class KeepsOutput(Layer):
    """Its backward pass reads its own output."""

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return ("output",)


class ChannelsApart(Layer):
    """Every output value reads one channel of each operand."""

    def reads_channels(self, inputs: Inputs) -> Channels:
        return "apart"


class ChannelsScaled(Layer):
    """Every output value reads one channel, and a statistic of its group of channels."""

    def reads_channels(self, inputs: Inputs) -> Channels:
        return "scaled"


class ChannelsMixed(Layer):
    """Every output value reads several channels."""

    def reads_channels(self, inputs: Inputs) -> Channels:
        return "mixed"


class FullOnCudaWithin(Layer):
    """Under autocast on CUDA it computes in float32, and reads the lower type itself: nothing is cast first.

    (`AT_FORALL_FP32_SET_OPT_DTYPE` in ATen/autocast_mode.h: autocast asks the operation for a result in float32.)
    """

    def autocast_on_cuda(self, inputs: Inputs, lower: str) -> Precision:
        return "promotes"


class FullOverThreeAxes(Layer):
    """With three axes a CPU computes it in float32 under autocast (`avg_pool3d`, `max_pool3d` ...)."""

    def autocast_on_cpu(self, inputs: Inputs) -> Precision:
        return "float32" if inputs[0].rank == 3 else "input"


class FullOnCpu(Layer):
    """A CPU computes it in float32 under autocast."""

    def autocast_on_cpu(self, inputs: Inputs) -> Precision:
        return "float32"


class JoinsInWidest(Layer):
    """A CPU joins its operands in the widest of their types under autocast, to which it casts them (`cat`, `stack`)."""

    def autocast_on_cpu(self, inputs: Inputs) -> Precision:
        return "widest"


class NoStatistics(Layer):
    """Computes no mean or variance over the positions of a channel."""

    cancels_bias = False
    takes_statistics = False


class AnyValues(Layer):
    """Its output can have any values."""

    def limits(self, inputs: Inputs, before: tuple[Limits, ...]) -> Limits:
        return ANY


class PicksValues(ChannelsApart):
    """Every output value is a value of an operand, or a mean of some of them."""

    def limits(self, inputs: Inputs, before: tuple[Limits, ...]) -> Limits:
        return before[0].joined(*before)


class PicksValuesOrZero(ChannelsApart):
    """Every output value is a value of an operand, or a mean of some of them and zeros."""

    def limits(self, inputs: Inputs, before: tuple[Limits, ...]) -> Limits:
        return ZERO.joined(*before)


class MovesValues(NoStatistics, PicksValues):
    """Moves values of its operands, or some of them, to other places, independent of the values."""

    linear = True
    autocast = "input"


class Elementwise(ChannelsApart, NoStatistics, Weightless, NoScratch, Pointwise):
    """A function of each value."""

    without_batch: ClassVar[WithoutBatch] = "all"
    # Where the gradient of the output and what was kept lie otherwise, the gradient of the input lies as the first of
    # them that PyTorch's kernel names: whether that is what was kept; and whether it is on tensors of a subclass, over
    # which PyTorch computes some gradients by several operations (torch/_decomp/decompositions.py).
    kept_first: ClassVar[bool] = False
    decomposed: ClassVar[bool] = False

    def lies(self, inputs: Inputs, call: Call) -> Lying:
        return elementwise(inputs[0].torch, [(inputs[0].torch, call.lies())])

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        shape = inputs[0].torch
        operands = [(shape, call.grad), (shape, call.lies())]
        kept_first = self.kept_first or (self.decomposed and call.subclasses)
        return elementwise(shape, operands[::-1] if kept_first else operands)

    def label(self, inputs: Inputs) -> str:
        return self.key.upper().replace("_", "-")


@base
class InPlace(Layer):
    """A function that PyTorch can run in place (`inplace=True`)."""

    # Layers whose in-place form keeps a copy of the input, because the backward pass reads it: this saves nothing in
    # training, so these layers run in place only if the spec says so.
    copies: ClassVar[bool] = False
    one_of_views = False

    inplace: bool | None = flag(
        None,
        "overwrite the input (default: if this saves memory and nothing else needs the input)",
    )

    def storage(self, *, training: bool) -> Storage:
        if self.inplace is None:
            return Storage.OWN if self.copies else Storage.WHERE_SAFE
        return Storage.IN_PLACE if self.inplace else Storage.OWN
