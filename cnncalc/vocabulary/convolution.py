"""What convolutions have in common: filters over windows, weights, products and PyTorch arguments."""

from collections.abc import Iterator
from math import gcd, prod
from typing import TYPE_CHECKING, Any, ClassVar

from cnncalc.exact import counted
from cnncalc.figure_words import axes
from cnncalc.shape import Shape, Window
from cnncalc.vocabulary.cudnn import CudnnConvolution
from cnncalc.vocabulary.field import base, dilation, flag, padding, per_axis
from cnncalc.vocabulary.groups import AnyValues, NoStatistics, OwnOutput
from cnncalc.vocabulary.kernels import FormatsWeights, leaves_last
from cnncalc.vocabulary.layer import (
    Call,
    Change,
    Channels,
    Inputs,
    Kept,
    Problem,
    Tensor,
    TorchCall,
    Weight,
    Work,
)
from cnncalc.vocabulary.padding import PadsApart, ends_of, padded, uneven, zero_pad_call
from cnncalc.vocabulary.strides import Lying
from cnncalc.vocabulary.values import Padding, PerAxis
from cnncalc.vocabulary.window import Windowed, axiswise, sliding

if TYPE_CHECKING:
    from cnncalc.vocabulary.matrix import Matrix

# How many numbers on either side are tried in the search for a divisor.
SEARCH = 10_000


def times(*factors: int) -> str:
    """A product in the course's notation: `3*3*64`."""
    return "*".join(map(str, factors))


# `3` for a square kernel, else `3x1`.
kernel_text = axes


def stride_text(stride: tuple[int, ...]) -> str:
    """Nothing for stride 1, else `/2`, as in the figures of papers."""
    return "" if set(stride) == {1} else f"/{kernel_text(stride)}"


def filters_read(groups: int, channels: int) -> Channels:
    """Which channels the filters read: all channels of their group."""
    return "apart" if 1 < groups == channels else "mixed"


class SlidingFilters(Windowed):
    """Learned filters, each of which slides over the positions with a window. The input may be padded."""


class PaddedFilters(PadsApart, SlidingFilters):
    """Filters over an input that is padded with zeros, with a bias for each. A layer type declares these fields."""

    kernel: PerAxis
    stride: PerAxis
    padding: Padding
    dilation: PerAxis
    bias: bool | None

    @property
    def has_bias(self) -> bool:
        return self.bias is not False

    def in_effect(self, inputs: Inputs) -> dict[str, tuple[Any, str]]:
        return super().in_effect(inputs) | ({"bias": (True, "")} if self.bias is None else {})

    def windows(self, volume: Shape) -> tuple[Window, ...]:
        return sliding(volume, self.kernel, self.stride, self.padding, self.dilation)

    def buffers(self, inputs: Inputs) -> tuple[Tensor, ...]:
        return ()

    def apart(self, inputs: Inputs) -> Tensor | None:
        windows = self.windows(inputs[0])
        return padded(inputs[0], ends_of(windows)) if uneven(windows) else None

    def volume_read(self, inputs: Inputs) -> Shape:
        """What the filters read: the input, or the padded input if PyTorch must pad in a separate step."""
        first = self.apart(inputs)
        return Shape(first.shape[0], first.shape[1:]) if first else inputs[0]

    def leaves_last(self, inputs: Inputs, call: Call) -> bool:
        """Whether its kernel keeps the channels-last format of what it reads."""
        raise NotImplementedError

    def window_arguments(self, volume: Shape) -> dict[str, Any]:
        """PyTorch's arguments for the windows: sizes along each axis, without what is padded in a separate step."""
        windows = self.windows(volume)
        return {
            "kernel_size": axiswise(self.kernel, volume.rank),
            "stride": axiswise(self.stride, volume.rank),
            "padding": (0,) * volume.rank if uneven(windows) else tuple(window.before for window in windows),
            "dilation": axiswise(self.dilation, volume.rank),
        }

    def with_padding(self, volume: Shape, call: TorchCall) -> tuple[TorchCall, ...]:
        """A call of PyTorch, after another one that pads if that is a separate step."""
        windows = self.windows(volume)
        return (zero_pad_call(ends_of(windows)), call) if uneven(windows) else (call,)


@base
class Convolution(NoStatistics, AnyValues, PaddedFilters, FormatsWeights, OwnOutput):
    """Applies K filters of size F x F to every window of the input."""

    linear = True
    # Whether all positions have the same filters.
    shares_filters: ClassVar[bool] = True
    family: ClassVar[str] = "convolution"
    autocast = "lower"
    takes = "volume"
    one_axis = "as two where in order"
    takes_sugar = True

    kernel: PerAxis = per_axis(1, "size of the filters", letter="F")
    stride: PerAxis = per_axis(1, "distance between two windows", letter="S")
    padding: Padding = padding(0, "positions added around the input")
    dilation: PerAxis = dilation()
    bias: bool | None = flag(
        None, "add a learned number for each filter (default: true, unless a norm follows)"
    )

    def has_last(self, volume: Shape, lying: Lying) -> bool:
        """Not a row that is padded in a separate step: it is in order then."""
        return (volume.rank > 1 or self.apart((volume,)) is None) and super().has_last(volume, lying)

    def reads_channels(self, inputs: Inputs) -> Channels:
        return filters_read(self.groups_over(inputs[0].channels), inputs[0].channels)

    def filters_over(self, channels: int) -> int:
        """K: the number of filters, for an input with this number of channels."""
        raise NotImplementedError

    def groups_over(self, channels: int) -> int:
        """The number of groups of channels and filters."""
        raise NotImplementedError

    def output(self, inputs: Inputs) -> Shape:
        return Shape(self.filters_over(inputs[0].channels), self.grid(inputs[0]))

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        yield from super().problems(inputs)
        yield from groups_problems(
            self.groups_over(inputs[0].channels), inputs[0].channels, self.filters_over(inputs[0].channels)
        )

    def _counts(self, inputs: Inputs) -> tuple[tuple[int, ...], int, int]:
        """The kernel size along each axis, the channels that a filter reads, and the number of filters."""
        volume = inputs[0]
        channels = volume.channels // self.groups_over(volume.channels)
        return axiswise(self.kernel, volume.rank), channels, self.filters_over(volume.channels)

    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        return self.shared_weights(inputs)

    def shared_weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        """Its weights where all positions have the same filters."""
        kernel, channels, filters = self._counts(inputs)
        weight = Weight("weight", (filters, channels, *kernel), f"({times(*kernel, channels)})*{filters}")
        return (weight, Weight("bias", (filters,), str(filters))) if self.has_bias else (weight,)

    def unshared_weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        """Its weights where each output value has a filter and a bias of its own."""
        kernel, channels, filters = self._counts(inputs)
        own = (filters, *self.grid(inputs[0]))
        neurons = times(*own[1:], filters)
        weight = Weight("weight", (*own, channels, *kernel), f"({neurons}) * ({times(*kernel, channels)})")
        return (weight, Weight("bias", own, neurons)) if self.has_bias else (weight,)

    def work(self, inputs: Inputs) -> Work:
        kernel, channels, filters = self._counts(inputs)
        outputs = prod(self.grid(inputs[0])) * filters
        return Work(macs=outputs * prod(kernel) * channels, adds=outputs * self.has_bias)

    def macs_formula(self, inputs: Inputs) -> str:
        kernel, channels, filters = self._counts(inputs)
        return f"({times(*self.grid(inputs[0]))}) * ({times(*kernel, channels)})*{filters}"

    def matrices(self, inputs: Inputs) -> "tuple[Matrix, ...]":
        """A column of X_col for each position: what its window reads, in a row's order; a row of W_row a filter."""
        from cnncalc.vocabulary.matrix import Matrix

        kernel, channels, filters = self._counts(inputs)
        groups, grid = self.groups_over(inputs[0].channels), self.grid(inputs[0])
        rows, rows_of = prod(kernel) * channels, f"({times(*kernel, channels)})"
        columns, columns_of = prod(grid), f"({times(*grid)})"
        product = (
            Matrix("X_col", "input", rows, columns, rows_of, columns_of),
            Matrix("W_row", "weights", filters // groups, rows),
            Matrix("product", "output", filters // groups, columns),
        )
        return tuple(matrix.repeated(groups, "group") for matrix in product)

    def connections(self, inputs: Inputs) -> int | None:
        _, channels, filters = self._counts(inputs)
        pairs = self.positions_read(inputs[0])
        return None if pairs is None else pairs * channels * filters

    def positions_read(self, volume: Shape) -> int | None:
        """Pairs of an output position and an input position that it reads; None if they are too many to count."""
        from cnncalc.vocabulary.connections import reads

        return reads(self.windows(volume))

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        first = self.apart(inputs)
        return (first,) if first else (0,)

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The padded input, if PyTorch must pad in a separate step; the backward pass then reads it."""
        first = self.apart(inputs)
        return (first,) if first else ()

    def in_cudnn(self, inputs: Inputs) -> CudnnConvolution | None:
        source, groups = self.volume_read(inputs), self.groups_over(inputs[0].channels)
        if not self.shares_filters or 1 < groups == source.channels:
            return None
        kernel, stride, dilation = (
            axiswise(value, source.rank) for value in (self.kernel, self.stride, self.dilation)
        )
        return CudnnConvolution(source, self.output(inputs), kernel, stride, dilation, groups)

    def most_images(self, inputs: Inputs, call: Call) -> int | None:
        from cnncalc.vocabulary.own_depthwise import countable_images

        source, groups = self.volume_read(inputs), self.groups_over(inputs[0].channels)
        if not 1 < groups == source.channels or self.lies(inputs, call) is not None:
            return None
        kernel, stride, dilation = (
            axiswise(value, source.rank) for value in (self.kernel, self.stride, self.dilation)
        )
        return countable_images(source, kernel, stride, dilation, self.output(inputs), call.dtype)

    def leaves_last(self, inputs: Inputs, call: Call) -> bool:
        groups = self.groups_over(inputs[0].channels)
        return leaves_last(call, self.volume_read(inputs), self.kernel, self.stride, self.dilation, groups)

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        volume = inputs[0]
        arguments = {
            "in_channels": volume.channels,
            "out_channels": self.filters_over(volume.channels),
            **self.window_arguments(volume),
            "groups": self.groups_over(volume.channels),
            "bias": self.has_bias,
        }
        return self.with_padding(volume, TorchCall(f"nn.Conv{volume.rank}d", arguments))


def groups_problems(groups: int, channels: int, filters: int) -> Iterator[Problem]:
    """The number of groups must divide the channels and the filters; the help names the nearest numbers that do."""
    if channels % groups == 0 and filters % groups == 0:
        return
    from cnncalc.vocabulary.shape_faults import GROUPS_DO_NOT_DIVIDE

    near = divisors_near(groups, gcd(channels, filters))
    over, what = (channels, "input channel") if channels % groups else (filters, "filter")
    yield Problem(
        GROUPS_DO_NOT_DIVIDE,
        f"{counted(groups, 'group')} do not divide {counted(over, what)} ({over} = "
        f"{over // groups}*{groups} + {over % groups})",
        "groups",
        help=f"{counted(channels, 'channel')} and {counted(filters, 'filter')} can be divided by "
        f"{' or '.join(f'`groups: {number}`' for number in near)}",
        changes=tuple(Change("groups", n) for n in near),
    )


def divisors_near(number: int, of: int) -> list[int]:
    """The nearest divisors of `of` below and above a number, if a short search finds them."""
    below = (n for n in range(min(number - 1, of), max(0, number - SEARCH), -1) if of % n == 0)
    above = (n for n in range(number + 1, min(of, number + SEARCH) + 1) if of % n == 0)
    nearest = [next(below, 1 if number > 1 else None), next(above, of if of > number else None)]
    return [n for n in nearest if n is not None]
