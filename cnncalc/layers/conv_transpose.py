"""Transposed convolution over one to three spatial axes."""

from collections.abc import Iterator
from math import prod
from typing import Any, ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.computed_weights import FILTERS, ComputesWeights
from cnncalc.vocabulary.convolution import filters_read, kernel_text, stride_text, times
from cnncalc.vocabulary.cudnn import CudnnConvolution
from cnncalc.vocabulary.field import REQUIRED, dilation, flag, integer, padding, per_axis
from cnncalc.vocabulary.groups import AnyValues, KeepsInput, NoBuffers, NoStatistics, OwnOutput
from cnncalc.vocabulary.kernels import FormatsWeights, leaves_last
from cnncalc.vocabulary.layer import (
    Call,
    Channels,
    Example,
    Inputs,
    Problem,
    Reach,
    Step,
    Tensor,
    TorchCall,
    Weight,
    Work,
    cast_names,
    gradients,
    layer,
    weight_gradients,
)
from cnncalc.vocabulary.matrix import Matrix
from cnncalc.vocabulary.padding import Ends, zero_pad_call
from cnncalc.vocabulary.transposed import TransposedAxis, reaches, transposed_axes
from cnncalc.vocabulary.transposed_problems import problems
from cnncalc.vocabulary.values import Padding, PerAxis, Sides
from cnncalc.vocabulary.window import axiswise, both_ends


@layer
class ConvTranspose(
    ComputesWeights, NoBuffers, AnyValues, NoStatistics, FormatsWeights, KeepsInput, OwnOutput
):
    """The backward pass of a convolution, used as a layer: each input value is spread over a window of the output.

    The output has (W - 1)*S - 2P + F + output_padding positions, F dilated: padding is removed, not added. `half`
    removes dilation*(F - 1)/2 at both ends; `same` gives W*S (TensorFlow).

    MACs are counted at the input, positions*F*F*C*K/groups, as in PyTorch's flop counter: products for
    positions that the padding removes are included.
    """

    family: ClassVar[str] = "convolution"
    autocast = "lower"
    takes = "volume"
    one_axis = "as two where in order"
    takes_sugar = True
    linear = True
    outputs_along = 1
    source: ClassVar[str] = "torch.nn.ConvTranspose2d; Dumoulin & Visin 2016, arXiv 1603.07285"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"filters": 64, "kernel": 2, "stride": 2}, (Shape(128, (28, 28)),)),
        Example({"filters": 8, "kernel": 4, "stride": 2, "padding": 1, "bias": False}, (Shape(16, (8, 8)),)),
        Example(
            {"filters": 6, "kernel": 3, "stride": 2, "padding": "half", "output_padding": 1, "groups": 2},
            (Shape(4, (7, 7)),),
        ),
        Example({"filters": 3, "kernel": 3, "stride": 2, "padding": "same"}, (Shape(4, (7, 6)),)),
        Example({"filters": 3, "kernel": 3, "padding": Sides(top=1, right=2)}, (Shape(4, (5, 5)),)),
        Example({"filters": 2, "kernel": 3, "stride": 3, "dilation": 2}, (Shape(2, (10,)),)),
        Example({"filters": 2, "kernel": (1, 2, 2), "stride": (1, 2, 2)}, (Shape(2, (3, 4, 4)),)),
        Example(
            {"filters": 4, "kernel": 4, "stride": 2, "parametrize": "spectral_norm"}, (Shape(3, (6, 5)),)
        ),
        Example({"filters": 4, "kernel": 4, "groups": 2, "parametrize": "weight_norm"}, (Shape(2, (6,)),)),
    )

    filters: int = integer(
        REQUIRED, "number of filters: the channels of the output", letter="K", main=True, example=64
    )
    kernel: PerAxis = per_axis(1, "size of the filters", letter="F")
    stride: PerAxis = per_axis(1, "step in the output between two input positions", letter="S")
    padding: Padding = padding(0, "positions removed from the borders of the output", causal=False)
    output_padding: PerAxis = per_axis(
        0, "positions added at the end of the output, fewer than the stride", low=0
    )
    dilation: PerAxis = dilation()
    groups: int = integer(1, "number of groups of channels and filters; each group is a separate convolution")
    bias: bool | None = flag(
        None, "add a learned number for each filter (default: true, unless a norm follows)"
    )

    def reads_channels(self, inputs: Inputs) -> Channels:
        return filters_read(self.groups, inputs[0].channels)

    @property
    def has_bias(self) -> bool:
        return self.bias is not False

    def in_effect(self, inputs: Inputs) -> dict[str, tuple[Any, str]]:
        changes: dict[str, tuple[Any, str]] = {}
        if self.bias is None:
            changes["bias"] = True, ""
        if isinstance(self.padding, str):
            changes["padding"] = both_ends(self._ends(inputs[0])), ""
        return changes

    def axes(self, volume: Shape) -> tuple[TransposedAxis, ...]:
        """Where each input value is added into the output."""
        return transposed_axes(
            volume, self.kernel, self.stride, self.padding, self.dilation, self.output_padding
        )

    def _ends(self, volume: Shape) -> Ends:
        """What is removed at both ends of each axis."""
        return tuple((axis.before, axis.after) for axis in self.axes(volume))

    def output(self, inputs: Inputs) -> Shape:
        return Shape(self.filters, tuple(axis.output for axis in self.axes(inputs[0])))

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        return problems(self, inputs[0])

    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        channels, each = inputs[0].channels, self.filters // self.groups
        kernel = axiswise(self.kernel, inputs[0].rank)
        weight = Weight("weight", (channels, each, *kernel), f"({times(*kernel, channels)})*{each}")
        bias = (Weight("bias", (self.filters,), str(self.filters)),) if self.has_bias else ()
        return self.stored((weight, *bias))

    def matrices(self, inputs: Inputs) -> tuple[Matrix, ...]:
        """A column of the product for each input position: its values are added into the output (col2im)."""
        volume, channels = inputs[0], inputs[0].channels // self.groups
        spread = times(*axiswise(self.kernel, volume.rank), self.filters // self.groups)
        rows = prod(axiswise(self.kernel, volume.rank)) * (self.filters // self.groups)
        columns, columns_of = volume.positions, f"({times(*volume.spatial)})"
        product = (
            Matrix("X", "input", channels, columns, "", columns_of),
            Matrix("W_col", "weights", rows, channels, f"({spread})"),
            Matrix("Y_col", "parts of the output", rows, columns, f"({spread})", columns_of),
        )
        return tuple(matrix.repeated(self.groups, "group") for matrix in product)

    def connections(self, inputs: Inputs) -> int:
        volume = inputs[0]
        return (
            prod(axis.pairs for axis in self.axes(volume)) * volume.channels * (self.filters // self.groups)
        )

    def work(self, inputs: Inputs) -> Work:
        volume = inputs[0]
        products = prod(axiswise(self.kernel, volume.rank)) * (self.filters // self.groups)
        spread = Work(macs=volume.size * products, adds=self.output(inputs).size * self.has_bias)
        return self.computing_work(spread, inputs)

    def macs_formula(self, inputs: Inputs) -> str:
        volume = inputs[0]
        kernel = axiswise(self.kernel, volume.rank)
        return (
            f"({times(*volume.spatial)}) * ({times(*kernel, volume.channels)})*{self.filters // self.groups}"
        )

    def reach(self, inputs: Inputs) -> tuple[Reach, ...] | None:
        return reaches(self.axes(inputs[0]))

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The output before its ends are removed, when the filters are gone; or the filters."""
        return self._uncut(inputs) or self.with_filters((), inputs)

    def _uncut(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The output before its ends are removed, if the two ends differ."""
        axes = self.axes(inputs[0])
        if all(axis.before == axis.after for axis in axes):
            return ()
        return (Tensor("uncut", (self.filters, *(axis.uncut for axis in axes)), batched=True),)

    def forward(self, inputs: Inputs, *, training: bool) -> tuple[Step, ...]:
        whole = self._uncut(inputs)
        filters = () if self.computation is None else (FILTERS,)
        if not whole:
            return (Step(),)
        return Step(whole, (0, *filters), casts=cast_names(self.weights(inputs), 0)), Step((), ("uncut",))

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """If the ends were removed in a separate step, `constant_pad_nd` first puts zeros there."""
        steps = gradients(inputs, wanted) + weight_gradients(self.weights(inputs))
        padded = tuple(tensor._replace(name="grad_uncut") for tensor in self._uncut(inputs))
        return (Step(padded, ("grad",)), Step(steps, ("grad_uncut",))) if padded else (Step(steps),)

    def in_cudnn(self, inputs: Inputs) -> CudnnConvolution:
        volume = inputs[0]
        uncut = Shape(self.filters, tuple(axis.uncut for axis in self.axes(volume)))
        kernel, stride, dilation = (
            axiswise(value, volume.rank) for value in (self.kernel, self.stride, self.dilation)
        )
        return CudnnConvolution(volume, uncut, kernel, stride, dilation, self.groups)

    def leaves_last(self, inputs: Inputs, call: Call) -> bool:
        added = any(axis.added >= axis.stride for axis in self.axes(inputs[0]))
        # oneDNN accepts only an output padding that is smaller than the stride.
        if call.device == "cpu" and inputs[0].rank == 3 and added:
            return False
        return leaves_last(call, inputs[0], self.kernel, self.stride, self.dilation, self.groups)

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        volume = inputs[0]
        ends = self._ends(volume)
        apart = any(before != after for before, after in ends)
        call = TorchCall(
            f"nn.ConvTranspose{volume.rank}d",
            {
                "in_channels": volume.channels,
                "out_channels": self.filters,
                "kernel_size": axiswise(self.kernel, volume.rank),
                "stride": axiswise(self.stride, volume.rank),
                "padding": (0,) * volume.rank if apart else tuple(before for before, _ in ends),
                "output_padding": tuple(axis.added for axis in self.axes(volume)),
                "dilation": axiswise(self.dilation, volume.rank),
                "groups": self.groups,
                "bias": self.has_bias,
            },
        )
        cut = tuple((-before, -after) for before, after in ends)
        return self.computing_call((call, zero_pad_call(cut)) if apart else (call,))

    def label(self, inputs: Inputs) -> str:
        rank = inputs[0].rank
        size = kernel_text(axiswise(self.kernel, rank)) + stride_text(axiswise(self.stride, rank))
        return f"TCONV{size}-{self.filters}"
