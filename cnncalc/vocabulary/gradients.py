"""How gradients are computed if that needs no operation, or more than one.

The derivatives are those of tools/autograd/derivatives.yaml and torch/csrc/autograd/FunctionsManual.cpp.
"""

from collections.abc import Mapping

from cnncalc.shape import Shape
from cnncalc.vocabulary.layer import Call, Inputs, Layer, Step, Tensor
from cnncalc.vocabulary.strides import Lying


class HandsOn(Layer):
    """Returns its input itself: autograd sees no operation, and the gradient passes through directly."""

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        return ()


class PassesGradient(Layer):
    """The gradients of its operands are views of the gradient of its output: nothing is allocated."""

    def reads_view(self, inputs: Inputs) -> bool:
        return True

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        return call.grad

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        return (passed(wanted),)


def passed(wanted: tuple[bool, ...]) -> Step:
    """The gradient, passed on to the operands that need it."""
    return Step(passes=tuple((f"grad{index}", "grad") for index, want in enumerate(wanted) if want))


def first_only(wanted: tuple[bool, ...]) -> tuple[bool, ...]:
    """Only the first operand has a gradient: the values of the others are not read."""
    return tuple(want and not index for index, want in enumerate(wanted))


def uncut(volume: Shape, part: Shape) -> tuple[Step, ...]:
    """The gradient of a part cut out axis by axis: put into zeros along the last axis first, then the one before.

    `slice_backward`.
    """
    old, steps = "grad", []
    for axis in reversed(range(volume.rank)):
        new = f"part{axis}" if axis else "grad0"
        shape = (volume.channels, *part.spatial[:axis], *volume.spatial[axis:])
        steps.append(Step((Tensor(new, shape, batched=True),), (old,)))
        old = new
    return tuple(steps)


def unpadded(inputs: Inputs) -> Step:
    """The gradient of a padded input without its ends: `constant_pad_nd` by negative numbers, which copies."""
    return Step((Tensor("grad0", inputs[0].torch, batched=True),), ("grad_padded",))


def in_type(
    steps: tuple[Step, ...], dtype: str | None, renamed: Mapping[int | str, int | str]
) -> tuple[Step, ...]:
    """Steps that compute in another type, and read tensors with other names."""
    return tuple(
        step._replace(
            makes=tuple(item._replace(dtype=dtype) for item in step.makes),
            frees=tuple(renamed.get(name, name) for name in step.frees),
        )
        for step in steps
    )


def quotient(shape: tuple[int, ...], divisor: str) -> tuple[Step, Step]:
    """The gradients of `input / divisor`: of the divisor, of the input's shape, and of the input.

    `-grad * ((self / other) / other)`, then `grad / other`.
    """
    names = ("quotient", "over_divisor", "negative")
    spent = tuple(Tensor(name, shape, batched=True) for name in names)
    return (
        Step((*spent, Tensor(f"grad_{divisor}", shape, batched=True)), names),
        Step((Tensor("grad0", shape, batched=True),), ("grad", divisor)),
    )


def power(of: str, result: str, shape: tuple[int, ...], kept: int | str) -> Step:
    """The gradient of a power: `grad * (exponent * self.pow(exponent - 1))`; `of` is the gradient of the power."""
    spent = tuple(Tensor(name, shape, batched=True) for name in ("power", "multiple"))
    return Step((*spent, Tensor(result, shape, batched=True)), ("power", "multiple", of, kept))
