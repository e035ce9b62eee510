"""Facts that many layers share, stated once and by name: a layer takes them by inheriting, never by silence."""

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
    """Nothing learned, nothing remembered."""

    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        return ()

    def buffers(self, inputs: Inputs) -> tuple[Tensor, ...]:
        return ()


class NoScratch(Layer):
    """Allocates its output and nothing beside it."""

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        return ()


class OwnOutput(Layer):
    """Writes its output into a tensor of its own."""

    one_of_views = False

    def storage(self, *, training: bool) -> Storage:
        return Storage.OWN


class ViewOutput(Layer):
    """Hands its input on, or a part of it, or all of it under another shape: no values are copied that need not be."""

    def storage(self, *, training: bool) -> Storage:
        return Storage.VIEW

    @abstractmethod
    def strides(self, inputs: Inputs, strides: Strides) -> Strides | None:
        """How far apart the output's values lie in the tensor of the input, whose own lie so; None where it copies."""

    @abstractmethod
    def part(self, inputs: Inputs) -> Ranges | None:
        """What of each dimension of its first input it hands on, channels first; None: all, under other dimensions."""


class LastInMemory(Layer):
    """Leaves the channels of each position side by side in memory, and the gradient of its input too."""

    def lies(self, inputs: Inputs, call: Call) -> Lying:
        return channels_last(self.output(inputs).torch)

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        return channels_last(inputs[which].torch)


class KeepsFormat(Layer):
    """Leaves channels last in memory where those of its input are (`suggest_memory_format`), else in order.

    Volumes of one axis are in order, or taken as of two, the first of which has one position: always, or only where
    they have no gaps and lie in order (but for axes of one position).
    """

    # The numbers of axes over which it looks at how the channels lie.
    formats: ClassVar[tuple[int, ...]] = (1, 2, 3)
    # Whether the gradient of its input has the format of the input, or that of the gradient of its output.
    gradient_format: ClassVar[Literal["input", "gradient", "in order"]] = "input"
    one_axis: ClassVar[Literal["in order", "as two", "as two where in order"]] = "in order"

    def has_last(self, volume: Shape, lying: Lying) -> bool:
        """Whether the channels of a volume that enters lie last."""
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
    """Reads values that lie in a certain order: of others PyTorch makes a copy first, and keeps that."""

    # Whether one operation copies and reads the gradient of the output: that stays until it is done.
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
    """The first operand, its values in another order."""
    return Tensor("copied", inputs[0].torch, batched=True)


def _renamed(step: Step, old: int | str, new: str) -> Step:
    """A step that frees one thing in place of another."""
    return step._replace(frees=tuple(new if name == old else name for name in step.frees))


class InOrder(Layer):
    """Leaves values in order, however those of its input lie."""

    def lies(self, inputs: Inputs, call: Call) -> Lying:
        return None

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        return None


class LikeOperands(Layer):
    """Its output lies as its operands do, as far as they agree; the gradient of each as that of the output."""

    def lies(self, inputs: Inputs, call: Call) -> Lying:
        operands = [(shape.torch, call.lies(which)) for which, shape in enumerate(inputs)]
        return elementwise(self.output(inputs).torch, operands)

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        shape = (call.output or self.output(inputs)).torch
        return elementwise(shape, [(shape, call.grad)]) if shape == inputs[which].torch else None


class GivesView(Layer):
    """Looks at its input in another way at first, and at its output at last."""

    def gives_view(self, inputs: Inputs) -> bool:
        return True


class OneAxisAsTwo(Layer):
    """Over one axis PyTorch takes it as over two, and looks at the result without the other."""

    def gives_view(self, inputs: Inputs) -> bool:
        return inputs[0].rank == 1


class Pointwise(Layer):
    """Every output value is at the position of the inputs it reads; shapes don't change."""

    def output(self, inputs: Inputs) -> Shape:
        return inputs[0]

    def reach(self, inputs: Inputs) -> tuple[Reach, ...]:
        return (Reach(),) * inputs[0].rank


class WholeInput(Layer):
    """Every output reads every position."""

    def reach(self, inputs: Inputs) -> tuple[Reach, ...]:
        return tuple(Reach.window(size, size) for size in inputs[0].spatial)


class KeepsNothing(Layer):
    """Its backward needs no values, at most their shapes."""

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return ()


class KeepsInput(Layer):
    """Its backward reads its input."""

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return (0,)


class KeepsOutput(Layer):
    """Its backward reads its own output."""

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return ("output",)


class ChannelsApart(Layer):
    """Every output value reads one channel of each operand."""

    def reads_channels(self, inputs: Inputs) -> Channels:
        return "apart"


class ChannelsScaled(Layer):
    """Every output value reads one channel, and what the channels of its group have in common."""

    def reads_channels(self, inputs: Inputs) -> Channels:
        return "scaled"


class ChannelsMixed(Layer):
    """Every output value reads several channels."""

    def reads_channels(self, inputs: Inputs) -> Channels:
        return "mixed"


class FullOverThreeAxes(Layer):
    """Over three axes a CPU computes it in float32 under autocast (`avg_pool3d`, `max_pool3d` ...)."""

    def autocast_on_cpu(self, inputs: Inputs) -> Precision:
        return "float32" if inputs[0].rank == 3 else "input"


class FullOnCpu(Layer):
    """A CPU computes it in float32 under autocast."""

    def autocast_on_cpu(self, inputs: Inputs) -> Precision:
        return "float32"


class NoStatistics(Layer):
    """Takes no mean or variance over the positions of a channel."""

    cancels_bias = False
    takes_statistics = False


class AnyValues(Layer):
    """Its output may have any values."""

    def limits(self, inputs: Inputs, before: tuple[Limits, ...]) -> Limits:
        return ANY


class PicksValues(ChannelsApart):
    """Every output value is one of its operands' values, or a mean of some."""

    def limits(self, inputs: Inputs, before: tuple[Limits, ...]) -> Limits:
        return before[0].joined(*before)


class PicksValuesOrZero(ChannelsApart):
    """Every output value is one of its operands' values, or a mean of some and of zeros."""

    def limits(self, inputs: Inputs, before: tuple[Limits, ...]) -> Limits:
        return ZERO.joined(*before)


class MovesValues(NoStatistics, PicksValues):
    """Puts its operands' values, or some of them, to other places: which ones is known before they are."""

    linear = True
    autocast = "input"


class Elementwise(ChannelsApart, NoStatistics, Weightless, NoScratch, Pointwise):
    """A function of each value."""

    def lies(self, inputs: Inputs, call: Call) -> Lying:
        return elementwise(inputs[0].torch, [(inputs[0].torch, call.lies())])

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        shape = inputs[0].torch
        return elementwise(shape, [(shape, call.grad), (shape, call.lies())])

    def label(self, inputs: Inputs) -> str:
        return self.key.upper().replace("_", "-")


@base
class InPlace(Layer):
    """A function PyTorch can write over its input (`inplace=True`)."""

    # Layers whose in-place form keeps a copy of what it overwrites, because their backward reads the input: in
    # training that saves nothing, so they do it only when told to.
    copies: ClassVar[bool] = False
    one_of_views = False

    inplace: bool | None = flag(
        None,
        "overwrite the input: true, false, or (left out) where that saves memory and nothing else needs the input",
    )

    def storage(self, *, training: bool) -> Storage:
        if self.inplace is None:
            return Storage.OWN if self.copies else Storage.WHERE_SAFE
        return Storage.IN_PLACE if self.inplace else Storage.OWN
