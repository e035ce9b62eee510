"""Groups of layers by memory layout: in which order values are in memory. A layer inherits from them explicitly."""

from typing import ClassVar, Literal

from cnncalc.shape import Shape
from cnncalc.vocabulary.layer import Call, Inputs, Kept, Layer, Step, Tensor
from cnncalc.vocabulary.strides import Lying, channels_last, elementwise, follows, suggests_last


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

    def reads_last(self, inputs: Inputs, call: Call) -> bool:
        """Whether what its kernel reads is in channels-last format: its first operand, unless it pads that first."""
        return self.has_last(inputs[0], call.lies())

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


class ReadsLast(LastInMemory):
    """Its facts that are asked for without a call are those of operands whose channels lie last."""

    def _usual(self, inputs: Inputs, *, training: bool = True) -> Call:
        """A call of tensors as a dispatcher sees them."""
        lying = tuple(channels_last(shape.torch) for shape in inputs)
        return Call(training, lying=lying, subclasses=not training)


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

    def copies_to_keep(self, inputs: Inputs, call: Call) -> bool:
        """Whether the copy of the input is what autograd keeps."""
        return self.copies(inputs, call)

    def keeps_of(self, inputs: Inputs, call: Call) -> tuple[Kept, ...]:
        kept = self.keeps(inputs)
        if not self.copies_to_keep(inputs, call):
            return kept
        return tuple(copied(inputs) if tensor == 0 else tensor for tensor in kept)

    def forward_of(self, inputs: Inputs, call: Call) -> tuple[Step, ...]:
        steps = self.forward(inputs, training=call.training)
        if not self.copies(inputs, call):
            return steps
        first, *others = steps
        return first._replace(makes=(copied(inputs), *first.makes)), *others

    def backward_of(self, inputs: Inputs, wanted: tuple[bool, ...], call: Call) -> tuple[Step, ...]:
        return put_in_order(self, inputs, self.backward(inputs, wanted), call)


def put_in_order(layer: PutsInOrder, inputs: Inputs, steps: tuple[Step, ...], call: Call) -> tuple[Step, ...]:
    """The steps of a backward pass, if what they read was copied, or is copied first."""
    if layer.copies_to_keep(inputs, call):
        steps = tuple(_renamed(step, 0, "copied") for step in steps)
    if not layer.copies_gradient(inputs, call):
        return steps
    turned = Tensor("grad_turned", layer.output(inputs).torch, batched=True)
    spent = () if layer.copies_inside else ("grad",)
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
