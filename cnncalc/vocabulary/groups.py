"""Facts that many layers have in common, stated once and by name. A layer inherits from them explicitly."""

from abc import abstractmethod
from typing import ClassVar, Literal

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
    Step,
    Storage,
    Tensor,
    Weight,
)
from cnncalc.vocabulary.limits import ANY, ZERO, Limits
from cnncalc.vocabulary.region import Ranges
from cnncalc.vocabulary.strides import Lying, Strides, channels_last, elementwise, follows, suggests_last


class Weightless(Layer):
    """No parameters and no buffers."""

    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        return ()

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
    def part(self, inputs: Inputs) -> Ranges | None:
        """The range of each dimension of its first input (channels first); None: all, in other dimensions."""


class LastInMemory(Layer):
    """Its output, and the gradient of its input, are in channels-last memory format."""

    def lies(self, inputs: Inputs, call: Call) -> Lying:
        return channels_last(self.output(inputs).torch)

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        return channels_last(inputs[which].torch)


class KeepsFormat(Layer):
    """Keeps channels-last memory format if its input has it (`suggest_memory_format`), else its output is in order.

    Volumes with one axis are in order, or are treated as having two, the first of size 1: always, or only if they are
    contiguous (ignoring axes of size 1).
    """

    # The numbers of axes for which it checks the memory format.
    formats: ClassVar[tuple[int, ...]] = (1, 2, 3)
    # Whether the gradient of its input has the format of the input, or of the gradient of its output.
    gradient_format: ClassVar[Literal["input", "gradient", "in order"]] = "input"
    one_axis: ClassVar[Literal["in order", "as two", "as two where in order"]] = "in order"

    def has_last(self, volume: Shape, lying: Lying) -> bool:
        """Whether the input volume is in channels-last format."""
        as_two = self.one_axis == "as two" or (
            self.one_axis == "as two where in order" and follows(volume.torch, lying)
        )
        if volume.rank == 1 and as_two and lying is not None:
            batch, channels, step = lying
            lying = (batch, channels, volume.positions * step, step)
            volume = Shape(volume.channels, (1, volume.positions))
        return suggests_last(volume.torch, lying)

    def _format(self, volume: Shape, lying: Lying, of: Shape) -> Lying:
        last = volume.rank in self.formats and self.has_last(volume, lying)
        return channels_last(of.torch) if last else None

    def lies(self, inputs: Inputs, call: Call) -> Lying:
        return self._format(inputs[0], call.lies(), self.output(inputs))

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        match self.gradient_format:
            case "input":
                return self._format(inputs[0], call.lies(), inputs[0])
            case "gradient":
                return self._format(self.output(inputs), call.grad, inputs[0])
        return None


class PutsInOrder(Layer):
    """Needs values in a certain memory order: otherwise PyTorch makes a copy first, and keeps it."""

    # Whether one operation both copies and reads the gradient of the output, which then stays until it is done.
    copies_inside: ClassVar[bool] = False

    def copies(self, inputs: Inputs, call: Call) -> bool:
        """Whether the input is copied first."""
        raise NotImplementedError

    def copies_gradient(self, inputs: Inputs, call: Call) -> bool:
        """Whether the gradient of the output is copied first."""
        raise NotImplementedError

    def keeps_of(self, inputs: Inputs, call: Call) -> tuple[Kept, ...]:
        kept = self.keeps(inputs)
        if not self.copies(inputs, call):
            return kept
        return tuple(copied(inputs) if tensor == 0 else tensor for tensor in kept)

    def forward_of(self, inputs: Inputs, call: Call) -> tuple[Step, ...]:
        steps = self.forward(inputs, training=call.training)
        if not self.copies(inputs, call):
            return steps
        first, *others = steps
        return first._replace(makes=(copied(inputs), *first.makes)), *others

    def backward_of(self, inputs: Inputs, wanted: tuple[bool, ...], call: Call) -> tuple[Step, ...]:
        steps = self.backward(inputs, wanted)
        if self.copies(inputs, call):
            steps = tuple(_renamed(step, 0, "copied") for step in steps)
        if not self.copies_gradient(inputs, call):
            return steps
        turned = Tensor("grad_turned", self.output(inputs).torch, batched=True)
        spent = () if self.copies_inside else ("grad",)
        return Step((turned,), spent), *(_renamed(step, "grad", turned.name) for step in steps)


def copied(inputs: Inputs) -> Tensor:
    """The first operand, with its values in another order."""
    return Tensor("copied", inputs[0].torch, batched=True)


def _renamed(step: Step, old: int | str, new: str) -> Step:
    """A step that frees one tensor instead of another."""
    return step._replace(frees=tuple(new if name == old else name for name in step.frees))


class InOrder(Layer):
    """Its output is in order, whatever the layout of its input."""

    def lies(self, inputs: Inputs, call: Call) -> Lying:
        return None

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        return None


class LikeOperands(Layer):
    """Its output has the layout of its operands, if they agree; each gradient that of the output's gradient."""

    def lies(self, inputs: Inputs, call: Call) -> Lying:
        operands = [(shape.torch, call.lies(which)) for which, shape in enumerate(inputs)]
        return elementwise(self.output(inputs).torch, operands)

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        shape = (call.output or self.output(inputs)).torch
        return elementwise(shape, [(shape, call.grad)]) if shape == inputs[which].torch else None


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


class FullOverThreeAxes(Layer):
    """With three axes a CPU computes it in float32 under autocast (`avg_pool3d`, `max_pool3d` ...)."""

    def autocast_on_cpu(self, inputs: Inputs) -> Precision:
        return "float32" if inputs[0].rank == 3 else "input"


class FullOnCpu(Layer):
    """A CPU computes it in float32 under autocast."""

    def autocast_on_cpu(self, inputs: Inputs) -> Precision:
        return "float32"


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
