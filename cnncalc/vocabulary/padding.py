"""Padding in a step of its own: what PyTorch needs where the two ends differ, or are more than its layer takes."""

from collections.abc import Iterable
from typing import TypeAlias

from cnncalc.shape import Shape, Window
from cnncalc.vocabulary.gradients import unpadded
from cnncalc.vocabulary.layer import Call, Inputs, Layer, Step, Tensor, TorchCall, weight_gradients
from cnncalc.vocabulary.strides import Lying

# Positions before and after, an axis each. Negative ones crop.
Ends: TypeAlias = tuple[tuple[int, int], ...]


def uneven(windows: Iterable[Window]) -> bool:
    """Whether the padding of some axis differs at its two ends."""
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


class PadsApart(Layer):
    """Pads in a call of its own where it must; the layer proper then reads what that made, and the input may go."""

    def apart(self, inputs: Inputs) -> Tensor | None:
        """The padded input, where padding takes a call of its own."""
        raise NotImplementedError

    def lies(self, inputs: Inputs, call: Call) -> Lying:
        """Over one axis padding leaves values in order."""
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
        """One operation for the gradients of the padded input and of weights; then the ends are cut off again."""
        if (first := self.apart(inputs)) is None or not wanted[0]:
            return super().backward(inputs, wanted)
        weights = weight_gradients(self.weights(inputs))
        kept = tuple(item.name if isinstance(item, Tensor) else item for item in self.keeps(inputs))
        return Step((first._replace(name="grad_padded"), *weights), ("grad", *kept)), unpadded(inputs)
