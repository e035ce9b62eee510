"""Locally-connected layer."""

from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.convolution import Convolution, kernel_text, stride_text
from cnncalc.vocabulary.field import REQUIRED, integer
from cnncalc.vocabulary.layer import Example, Inputs, TorchCall, Weight, layer
from cnncalc.vocabulary.matrix import Matrix
from cnncalc.vocabulary.window import axiswise


@layer
class LocallyConnected(Convolution):
    """A convolution without parameter sharing: every output value has its own weights and bias.

    PyTorch has no such layer. The weights have the layout of a convolution's, with the output positions after the
    filters.
    """

    source: ClassVar[str] = "CS231n notes, Convolutional Layer: parameter sharing; Keras LocallyConnected2D"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"filters": 96, "kernel": 11, "stride": 4}, (Shape(3, (227, 227)),)),
        Example({"filters": 4, "kernel": 3, "padding": 1, "bias": False}, (Shape(2, (9, 7)),)),
        Example({"filters": 4, "kernel": 3, "padding": "same", "dilation": 2}, (Shape(2, (20,)),)),
        Example({"filters": 2, "kernel": 3}, (Shape(2, (5, 6, 7)),)),
    )

    filters: int = integer(REQUIRED, "number of filters: the channels of the output", letter="K", main=True)

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

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return ()

    def label(self, inputs: Inputs) -> str:
        rank = inputs[0].rank
        size = kernel_text(axiswise(self.kernel, rank)) + stride_text(axiswise(self.stride, rank))
        return f"LOCAL{size}-{self.filters}"
