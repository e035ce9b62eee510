"""Transposed convolution over one to three spatial axes."""

from collections.abc import Iterator
from dataclasses import replace
from math import gcd, prod
from typing import Any, ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary import window_faults
from cnncalc.vocabulary.computed_weights import FILTERS, ComputesWeights
from cnncalc.vocabulary.connections import inside
from cnncalc.vocabulary.convolution import filters_read, groups_problems, kernel_text, stride_text, times
from cnncalc.vocabulary.field import REQUIRED, dilation, flag, integer, padding, per_axis
from cnncalc.vocabulary.groups import AnyValues, KeepsInput, NoBuffers, NoStatistics, OwnOutput
from cnncalc.vocabulary.kernels import FormatsWeights, leaves_last
from cnncalc.vocabulary.layer import (
    Call,
    Change,
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
from cnncalc.vocabulary.padding import Ends, ends_of, zero_pad_call
from cnncalc.vocabulary.reach import MOST_PHASES, Taps
from cnncalc.vocabulary.values import Padding, PerAxis, Sides
from cnncalc.vocabulary.window import axiswise, both_ends, half_of_even, sliding


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

    filters: int = integer(REQUIRED, "number of filters: the channels of the output", letter="K", main=True)
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
            changes["padding"] = both_ends(self._ends(inputs[0])[0]), ""
        return changes

    def _ends(self, volume: Shape) -> tuple[Ends, tuple[int, ...]]:
        """For each axis, what is removed at both ends and what is added at the end."""
        kernel, stride, dilation, added = (
            axiswise(value, volume.rank)
            for value in (self.kernel, self.stride, self.dilation, self.output_padding)
        )
        # `same` is the padding of the convolution from W*S positions whose backward pass this is.
        source = Shape(volume.channels, tuple(w * s for w, s in zip(volume.spatial, stride, strict=True)))
        windows = sliding(source, kernel, stride, self.padding, dilation)
        if self.padding == "same":
            added = tuple(
                n + max(0, window.stride - window.extent) for n, window in zip(added, windows, strict=True)
            )
        return ends_of(windows), added

    def _extents(self, volume: Shape) -> tuple[int, ...]:
        kernel, dilation = axiswise(self.kernel, volume.rank), axiswise(self.dilation, volume.rank)
        return tuple(d * (f - 1) + 1 for f, d in zip(kernel, dilation, strict=True))

    def grid(self, volume: Shape) -> tuple[int, ...]:
        """Output positions along each axis; below 1 if nothing is left."""
        ends, added = self._ends(volume)
        stride, extents = axiswise(self.stride, volume.rank), self._extents(volume)
        rows = zip(volume.spatial, stride, extents, ends, added, strict=True)
        return tuple((w - 1) * s + f - sum(cut) + more for w, s, f, cut, more in rows)

    def output(self, inputs: Inputs) -> Shape:
        return Shape(self.filters, self.grid(inputs[0]))

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        volume = inputs[0]
        if half := half_of_even(self, volume):
            yield half
            return
        if min(self.grid(volume)) < 1:
            yield self._empty(volume)
        yield from self._output_padding_problems(volume)
        yield from groups_problems(self.groups, volume.channels, self.filters)

    def _empty(self, volume: Shape) -> Problem:
        grid, (ends, added) = self.grid(volume), self._ends(volume)
        smallest = grid.index(min(grid))
        stride, extent = axiswise(self.stride, volume.rank)[smallest], self._extents(volume)[smallest]
        # How many positions are missing along the shortest axis.
        short = 1 - grid[smallest]
        changes = []
        if isinstance(self.padding, int):
            less = self.padding - -(-short // 2)
            changes.append(Change("padding", max(0, less)))
        if isinstance(self.kernel, int):
            dilation = axiswise(self.dilation, volume.rank)
            more = max(-(-(1 - size) // spread) for size, spread in zip(grid, dilation, strict=True))
            changes.append(Change("kernel", self.kernel + max(0, more)))
        good = tuple(
            change
            for change in changes
            if min(replace(self, **{change.field: change.value}).grid(volume)) > 0
        )
        return Problem(
            window_faults.EMPTY_OUTPUT,
            f"{volume.axes[smallest]}: (W - 1)*S + F - 2P + output_padding = "
            f"{volume.spatial[smallest] - 1}*{stride} + {extent} - {sum(ends[smallest])} + {added[smallest]} = "
            f"{grid[smallest]}",
            "padding",
            help=f"there is an output with {', '.join(f'{c.field} {c.value}' for c in good)}"
            if good
            else None,
            changes=good,
        )

    def _added_over(self, volume: Shape) -> tuple[int, int] | None:
        """The first output padding that is too large, and its maximum: it must be below the stride or the dilation."""
        stride, dilation = axiswise(self.stride, volume.rank), axiswise(self.dilation, volume.rank)
        for number, s, d in zip(self._ends(volume)[1], stride, dilation, strict=True):
            if number >= max(s, d):
                return number, max(s, d) - 1
        return None

    def _output_padding_problems(self, volume: Shape) -> Iterator[Problem]:
        if not (over := self._added_over(volume)):
            return
        each = zip(
            *(axiswise(value, volume.rank) for value in (self.stride, self.dilation, self.output_padding)),
            self._ends(volume)[1],
            strict=True,
        )
        # `same` adds positions to those that the spec gives.
        best = max(0, min(max(s, d) - 1 - (added - asked) for s, d, asked, added in each))
        yield Problem(
            window_faults.OUTPUT_PADDING_TOO_LARGE,
            f"an output padding of {over[0]} is not smaller than the stride or the dilation: at most {over[1]}",
            "output_padding",
            help=f"output_padding {best} is smaller than both",
            changes=(Change("output_padding", best),),
        )

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
        kernel, stride, dilation = (
            axiswise(value, volume.rank) for value in (self.kernel, self.stride, self.dilation)
        )
        ends, grid = self._ends(volume)[0], self.grid(volume)
        axes = zip(volume.spatial, kernel, stride, dilation, ends, grid, strict=True)
        pairs = prod(inside(w, f, s, -cut[0], d, size=size) for w, f, s, d, cut, size in axes)
        return pairs * volume.channels * (self.filters // self.groups)

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
        volume = inputs[0]
        fields = (axiswise(value, volume.rank) for value in (self.kernel, self.stride, self.dilation))
        if max(axiswise(self.stride, volume.rank)) > MOST_PHASES:
            return None
        return tuple(
            Reach(tuple(_taps(phase + before, *sizes) for phase in range(sizes[1])), 1)
            for *sizes, (before, _) in zip(*fields, self._ends(volume)[0], strict=True)
        )

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The output before its ends are removed, when the filters are gone; or the filters."""
        return self._uncut(inputs) or self.with_filters((), inputs)

    def _uncut(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The output before its ends are removed, if the two ends differ."""
        volume = inputs[0]
        ends, _ = self._ends(volume)
        if all(before == after for before, after in ends):
            return ()
        sizes = (n + sum(cut) for n, cut in zip(self.grid(volume), ends, strict=True))
        return (Tensor("uncut", (self.filters, *sizes), batched=True),)

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

    def leaves_last(self, inputs: Inputs, call: Call) -> bool:
        rank = inputs[0].rank
        added = zip(self._ends(inputs[0])[1], axiswise(self.stride, rank), strict=True)
        # oneDNN accepts only an output padding that is smaller than the stride.
        if call.device == "cpu" and rank == 3 and any(number >= step for number, step in added):
            return False
        return leaves_last(call, inputs[0], self.kernel, self.stride, self.dilation, self.groups)

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        volume = inputs[0]
        ends, added = self._ends(volume)
        apart = any(before != after for before, after in ends)
        call = TorchCall(
            f"nn.ConvTranspose{volume.rank}d",
            {
                "in_channels": volume.channels,
                "out_channels": self.filters,
                "kernel_size": axiswise(self.kernel, volume.rank),
                "stride": axiswise(self.stride, volume.rank),
                "padding": (0,) * volume.rank if apart else tuple(before for before, _ in ends),
                "output_padding": added,
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


def _taps(index: int, kernel: int, stride: int, dilation: int) -> Taps | None:
    """What position `index` of the full output reads: input i at kernel element k, where i*S + k*D = `index`."""
    common = gcd(stride, dilation)
    if index % common:
        return None
    # The smallest k with k*D = index modulo S.
    tap = index // common * pow(dilation // common, -1, stride // common) % (stride // common)
    if tap >= kernel:
        return None
    count = (kernel - 1 - tap) // (stride // common) + 1
    # The last kernel element reads the first position.
    first = (index - (tap + (count - 1) * (stride // common)) * dilation) // stride
    return Taps(first, dilation // common, count)
