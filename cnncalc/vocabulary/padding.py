"""Padding in a separate step: PyTorch needs it if the two ends differ, or if its layer does not accept this much."""

from collections.abc import Iterable
from typing import TypeAlias

from cnncalc.shape import Shape, Window
from cnncalc.vocabulary.layer import Call, Inputs, Layer, Step, Tensor, TorchCall, weight_gradients
from cnncalc.vocabulary.layouts import KeepsFormat
from cnncalc.vocabulary.strides import Lying, elementwise, lies, steps

# Positions before and after, for each axis. Negative numbers crop.
Ends: TypeAlias = tuple[tuple[int, int], ...]


def uneven(windows: Iterable[Window]) -> bool:
    """Whether the padding differs at the two ends of any axis."""
    return any(window.before != window.after for window in windows)


def ends_of(windows: Iterable[Window]) -> Ends:
    """The padding of windows."""
    return tuple((window.before, window.after) for window in windows)


def padded(volume: Shape, ends: Ends) -> Tensor:
    """The padded input, as a tensor."""
    sizes = (size + before + after for size, (before, after) in zip(volume.spatial, ends, strict=True))
    return Tensor("padded", (volume.channels, *sizes), batched=True)


def zero_pad_call(ends: Ends) -> TorchCall:
    """Pads with zeros."""
    return TorchCall(f"nn.ZeroPad{len(ends)}d", {"padding": torch_order(ends)})


def constant_pad_call(ends: Ends, value: float) -> TorchCall:
    """Pads with a value."""
    return TorchCall(f"nn.ConstantPad{len(ends)}d", {"padding": torch_order(ends), "value": value})


def torch_order(ends: Ends) -> tuple[int, ...]:
    """PyTorch's order: last axis first."""
    return tuple(end for pair in reversed(ends) for end in pair)


class ZerosAround(KeepsFormat):
    """Adds zeros around its first operand (`constant_pad_nd`)."""

    def lies(self, inputs: Inputs, call: Call) -> Lying:
        """If nothing is added, PyTorch makes a plain copy."""
        shape = inputs[0].torch
        return (
            elementwise(shape, [(shape, call.lies())])
            if self.output(inputs) == inputs[0]
            else super().lies(inputs, call)
        )

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        """A copy of a part of the gradient of the output."""
        shape = inputs[0].torch
        return elementwise(shape, [(shape, lies(shape, steps(self.output(inputs).torch, call.grad)))])


class PadsApart(Layer):
    """Pads in a separate call if it must. The layer then reads the padded input, and the input can be freed."""

    def apart(self, inputs: Inputs) -> Tensor | None:
        """The padded input, if padding needs a separate call."""
        raise NotImplementedError

    def lies(self, inputs: Inputs, call: Call) -> Lying:
        """With one axis, padding leaves the values in order."""
        if inputs[0].rank == 1 and self.apart(inputs) is not None:
            return None
        return super().lies(inputs, call)

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        if inputs[0].rank == 1 and self.apart(inputs) is not None:
            return None
        return super().gradient_lies(inputs, which, call)

    def forward(self, inputs: Inputs, *, training: bool) -> tuple[Step, ...]:
        if (first := self.apart(inputs)) is None:
            return super().forward(inputs, training=training)
        beside = tuple(item for item in self.scratch(inputs) if item.name != first.name)
        return Step((first,), (0,)), Step(beside, (first.name,))

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """One operation for the gradients of the padded input and the weights; then the ends are removed again."""
        if (first := self.apart(inputs)) is None or not wanted[0]:
            return super().backward(inputs, wanted)
        from cnncalc.vocabulary.gradients import unpadded

        weights = self.weights(inputs)
        kept = tuple(item.name if isinstance(item, Tensor) else item for item in self.keeps(inputs))
        # Under autocast casts of the weights are kept too.
        casts = tuple(f"{weight.name} cast" for weight in weights)
        makes = first._replace(name="grad_padded"), *weight_gradients(weights)
        return Step(makes, ("grad", *kept, *casts)), unpadded(inputs)
