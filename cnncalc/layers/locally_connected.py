"""Locally-connected layer."""

from collections.abc import Iterator
from itertools import pairwise
from math import prod
from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.convolution import Convolution, kernel_text, stride_text
from cnncalc.vocabulary.field import REQUIRED, integer
from cnncalc.vocabulary.gradients import unpadded
from cnncalc.vocabulary.layer import (
    Call,
    Example,
    Inputs,
    Kept,
    Step,
    Tensor,
    TorchCall,
    Weight,
    layer,
    weight_gradients,
)
from cnncalc.vocabulary.layouts import InOrder
from cnncalc.vocabulary.matrix import Matrix
from cnncalc.vocabulary.padding import ends_of, padded
from cnncalc.vocabulary.window import axiswise


@layer
class LocallyConnected(InOrder, Convolution):
    """A convolution without parameter sharing: every output value has its own weights and bias.

    The weights have the layout of a convolution's, with the output positions after the filters. PyTorch has no such
    layer: it is built as a copy of all windows (`unfold`), and a product of matrices for each position.
    """

    shares_filters = False
    casts_are_cached = False
    only_for_weights = ("columns", "narrow_bias")
    only_for_inputs = ("weight cast",)
    source: ClassVar[str] = "CS231n notes, Convolutional Layer: parameter sharing; Keras LocallyConnected2D"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"filters": 96, "kernel": 11, "stride": 4}, (Shape(3, (227, 227)),)),
        Example({"filters": 4, "kernel": 3, "padding": 1, "bias": False}, (Shape(2, (9, 7)),)),
        Example({"filters": 4, "kernel": 3, "padding": "same", "dilation": 2}, (Shape(2, (20,)),)),
        Example({"filters": 2, "kernel": 3}, (Shape(2, (5, 6, 7)),)),
    )

    filters: int = integer(
        REQUIRED, "number of filters: the channels of the output", letter="K", main=True, example=64
    )

    def filters_over(self, channels: int) -> int:
        return self.filters

    def groups_over(self, channels: int) -> int:
        return 1

    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        return self.unshared_weights(inputs)

    def matrices(self, inputs: Inputs) -> tuple[Matrix, ...]:
        """A product for each position: each has weights of its own, so that the columns are not one matrix."""
        columns, weights, product = super().matrices(inputs)
        position_matrices = (
            columns._replace(columns=1, columns_of=""),
            weights,
            product._replace(columns=1),
        )
        return tuple(matrix.repeated(columns.columns, "position") for matrix in position_matrices)

    def apart(self, inputs: Inputs) -> Tensor | None:
        """Padding is always a separate step."""
        windows = self.windows(inputs[0])
        is_padded = any(window.before or window.after for window in windows)
        return padded(inputs[0], ends_of(windows)) if is_padded else None

    def _steps(self, inputs: Inputs) -> tuple[Tensor, Tensor]:
        """The values of every window; the products of all positions, in an order of their own."""
        kernel, channels, filters = self._counts(inputs)
        grid = self.grid(inputs[0])
        return (
            Tensor("columns", (*grid, channels, *kernel), batched=True),
            Tensor("product", (*grid, filters), batched=True),
        )

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return self._steps(inputs)[:1]

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The windows with the products and the output; or with the padded input, if that is larger than these two."""
        first, (columns, product) = self.apart(inputs), self._steps(inputs)
        more = first.size - 2 * product.size if first else 0
        return (columns, product, Tensor("more", (more,), batched=True)) if more > 0 else (columns, product)

    def forward(self, inputs: Inputs, *, training: bool) -> tuple[Step, ...]:
        first, (columns, product) = self.apart(inputs), self._steps(inputs)
        before = () if first is None else (Step((first,)),)
        return (*before, Step((columns,), tuple(step.makes[0].name for step in before)), Step((product,)))

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """The gradients of the bias; of the filters and the windows; then of the input, axis by axis."""
        filters, *bias = weight_gradients(self.weights(inputs))
        columns = self._steps(inputs)[0]
        windows = columns._replace(name="grad_columns")
        steps: tuple[Step, ...] = (
            Step(tuple(bias)),
            Step((filters, *(windows,) * wanted[0]), ("grad", columns.name)),
        )
        if not wanted[0]:
            return steps
        back = list(self._refolded(inputs))
        first = self.apart(inputs)
        back[-1] = back[-1]._replace(name="grad_padded" if first else "grad0")
        named = [windows, *back]
        steps += tuple(Step((new,), (old.name,)) for old, new in pairwise(named))
        return (*steps, unpadded(inputs)) if first else steps

    def not_cast(self, inputs: Inputs) -> tuple[str, ...]:
        """The bias is added in place."""
        return ("bias",)

    def forward_of(self, inputs: Inputs, call: Call) -> tuple[Step, ...]:
        """The module casts both factors at first, and drops the input when it has padded or copied it."""
        first, *others = super().forward_of(inputs, call)
        return first._replace(casts=(0,)), *others

    def backward_of(self, inputs: Inputs, wanted: tuple[bool, ...], call: Call) -> tuple[Step, ...]:
        """Autograd casts the gradient of the bias, and last those of what the module has cast at first."""
        *steps, last = super().backward_of(inputs, wanted, call)
        first, *others = steps = [*steps, last._replace(casts=("weight", 0))]
        if not call.autocast or not first.makes or first.makes[0].name != "bias":
            return tuple(steps)
        [bias] = first.makes
        narrow = bias._replace(name="narrow_bias")
        return Step((narrow,)), Step((bias,), (narrow.name,)), *others

    def _refolded(self, inputs: Inputs) -> Iterator[Tensor]:
        """The gradients of the views, the last axis first: without gaps (`slice_backward`), then `unfold_backward`."""
        kernel, channels, _ = self._counts(inputs)
        windows = self.windows(inputs[0])
        grid = self.grid(inputs[0])
        sizes = tuple(window.size + window.before + window.after for window in windows)
        for axis in reversed(range(len(kernel))):
            before = (channels, *grid[:axis], *sizes[axis:], *kernel[:axis])
            if windows[axis].dilation > 1:
                whole = (
                    channels,
                    *grid[: axis + 1],
                    *sizes[axis + 1 :],
                    *kernel[:axis],
                    windows[axis].extent,
                )
                yield Tensor(f"grad_gaps{axis}", whole, batched=True)
            yield Tensor(f"grad_windows{axis}", before, batched=True)

    def turns_gradient(self, inputs: Inputs, weight: Weight, call: Call) -> bool:
        """The gradient of the filters is made position by position."""
        return not weight.is_bias and self.filters > 1 and prod(self.grid(inputs[0])) > 1

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        volume = inputs[0]
        arguments = {
            "in_channels": volume.channels,
            "out_channels": self.filters,
            "size": self.grid(volume),
            **self.window_arguments(volume),
            "padding": ends_of(self.windows(volume)),
            "bias": self.has_bias,
        }
        return (TorchCall("own.LocallyConnected", arguments),)

    def label(self, inputs: Inputs) -> str:
        rank = inputs[0].rank
        size = kernel_text(axiswise(self.kernel, rank)) + stride_text(axiswise(self.stride, rank))
        return f"LOCAL{size}-{self.filters}"
