"""Fractional max pooling."""

from collections.abc import Iterator
from math import gcd
from typing import Any, ClassVar

from cnncalc.exact import counted
from cnncalc.shape import Shape
from cnncalc.vocabulary import faults
from cnncalc.vocabulary.convolution import kernel_text
from cnncalc.vocabulary.field import REQUIRED, PerAxis, number, per_axis
from cnncalc.vocabulary.groups import FullOnCpu, NoStatistics, OwnOutput, PicksValues, Weightless
from cnncalc.vocabulary.layer import Example, Inputs, Kept, Problem, Reach, Tensor, TorchCall, Work, layer
from cnncalc.vocabulary.reach import MOST_PHASES, Taps
from cnncalc.vocabulary.window import axiswise


@layer
class FractionalMaxPool(FullOnCpu, NoStatistics, PicksValues, Weightless, OwnOutput):
    """The largest value of each window. The windows are at random places, W/output apart on average."""

    family: ClassVar[str] = "pooling"
    takes = "volume"
    ranks = (2, 3)
    autocast = "input"
    linear = False
    source: ClassVar[str] = "torch.nn.FractionalMaxPool2d; Graham 2014, arXiv 1412.6071"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"kernel": 2, "output_ratio": 0.7}, (Shape(16, (24, 24)),)),
        Example({"kernel": (2, 3), "output_size": (5, 4)}, (Shape(4, (8, 9)),)),
        Example({"kernel": 2, "output_size": 2}, (Shape(2, (4, 5, 6)),)),
    )

    kernel: PerAxis = per_axis(REQUIRED, "size of the window", letter="F", main=True)
    output_size: PerAxis | None = per_axis(None, "positions of the output")
    output_ratio: float | None = number(
        None, "output size as a part of the input size, below 1: 0.7 of 24 is 16", low=0, high=1
    )

    def _sizes(self, volume: Shape) -> tuple[int, ...]:
        if self.output_size is not None:
            return axiswise(self.output_size, volume.rank)
        return tuple(int(size * (self.output_ratio or 0)) for size in volume.spatial)

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        volume = inputs[0]
        if (self.output_size is None) == (self.output_ratio is None):
            both = self.output_size is not None
            yield Problem(
                faults.ONE_OF_TWO_FIELDS,
                f"fractional_maxpool has {'both' if both else 'neither'} `output_size` "
                f"{'and' if both else 'nor'} `output_ratio`",
                "output_ratio" if both else None,
                help="give exactly one of them",
            )
            return
        name = "output_size" if self.output_size is not None else "output_ratio"
        if self.output_ratio in (0, 1):
            yield Problem(
                faults.EMPTY_OUTPUT,
                f"the ratio must be between 0 and 1, and it is {self.output_ratio:g}",
                name,
            )
            return
        kernels = axiswise(self.kernel, volume.rank)
        for axis, size, count, taps in zip(
            volume.axes, volume.spatial, self._sizes(volume), kernels, strict=True
        ):
            if not count:
                yield Problem(
                    faults.EMPTY_OUTPUT, f"{axis}: {self.output_ratio:g} of {size} is less than 1", name
                )
                return
            # Over three axes PyTorch needs one more position.
            needed = count + taps - 1 + (volume.rank == 3)
            if needed > size:
                yield Problem(
                    faults.WINDOW_TOO_LARGE,
                    f"{axis}: {counted(count, 'window')} of {taps}: {counted(needed, 'position')} needed, of {size}",
                    "kernel",
                )
                return

    def output(self, inputs: Inputs) -> Shape:
        return Shape(inputs[0].channels, self._sizes(inputs[0]))

    def work(self, inputs: Inputs) -> Work:
        taps = 1
        for size in axiswise(self.kernel, inputs[0].rank):
            taps *= size
        return Work(compares=self.output(inputs).size * (taps - 1))

    def reach(self, inputs: Inputs) -> tuple[Reach, ...] | None:
        """Window i of n starts at floor or ceil of i*(W - F)/(n - 1), at random.

        The last window ends with the input.
        """
        volume = inputs[0]
        result = []
        kernels = axiswise(self.kernel, volume.rank)
        for size, count, taps in zip(volume.spatial, self._sizes(volume), kernels, strict=True):
            if count == 1:
                result.append(Reach.window(taps, size, size - taps))
                continue
            common = gcd(size - taps, count - 1)
            shift, period = (size - taps) // common, (count - 1) // common
            if period > MOST_PHASES:
                return None
            starts = [(index * shift // period, -(-index * shift // period)) for index in range(period)]
            phases = tuple(Taps(first, 1, last - first + taps) for first, last in starts)
            result.append(Reach(phases, shift, random=period > 1))
        return tuple(result)

    def _indices(self, inputs: Inputs) -> Tensor:
        return Tensor("indices", self.output(inputs).torch, "int64", batched=True)

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return 0, self._indices(inputs)

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The index of each largest value; a random number for each channel and axis."""
        samples = Tensor("samples", (inputs[0].channels, inputs[0].rank), batched=True)
        return self._indices(inputs), samples

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        rank = inputs[0].rank
        arguments: dict[str, Any] = {
            "kernel_size": axiswise(self.kernel, rank),
            "output_size": self._sizes(inputs[0]),
        }
        return (TorchCall(f"nn.FractionalMaxPool{rank}d", arguments),)

    def label(self, inputs: Inputs) -> str:
        return f"FMPOOL{kernel_text(axiswise(self.kernel, inputs[0].rank))}"
