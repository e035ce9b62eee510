"""Fractional max pooling."""

from collections.abc import Iterator
from math import gcd, prod
from typing import Any, ClassVar, Literal

from cnncalc.shape import Shape
from cnncalc.vocabulary.convolution import kernel_text
from cnncalc.vocabulary.disjoint import pseudorandom, shuffled
from cnncalc.vocabulary.field import number, per_axis
from cnncalc.vocabulary.fractional_problems import problems
from cnncalc.vocabulary.gradients import in_type
from cnncalc.vocabulary.groups import NoStatistics, OwnOutput, PicksValues, Weightless
from cnncalc.vocabulary.layer import (
    Call,
    Example,
    Inputs,
    Kept,
    Precision,
    Problem,
    Reach,
    Step,
    Tensor,
    TorchCall,
    Work,
    layer,
)
from cnncalc.vocabulary.reach import MOST_PHASES, Taps
from cnncalc.vocabulary.values import PerAxis
from cnncalc.vocabulary.window import axiswise
from cnncalc.vocabulary.word_fields import choice


@layer
class FractionalMaxPool(NoStatistics, PicksValues, Weightless, OwnOutput):
    """The largest value of each window. The windows are at random places, W/output apart on average.

    PyTorch's windows have a `kernel`, and overlap if it is 2 or more. With `windows: disjoint` they tile the input
    instead: along each axis they have one or two positions, mixed at random (windows of 1x1, 1x2, 2x1 and 2x2), and all
    images and channels have the same ones. `disjoint` takes a pseudo-random sequence: windows of two positions are
    spread evenly. `disjoint_random` takes them in any order.
    """

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
        Example({"windows": "disjoint", "output_ratio": 0.7}, (Shape(16, (24, 24)),)),
        Example({"windows": "disjoint_random", "output_size": (5, 7)}, (Shape(4, (8, 9)),)),
        Example({"windows": "disjoint", "output_size": (3, 3, 4)}, (Shape(2, (4, 5, 6)),)),
    )

    kernel: PerAxis | None = per_axis(
        None, "size of the window, if it is the same for all", letter="F", main=True
    )
    output_size: PerAxis | None = per_axis(None, "positions of the output")
    output_ratio: float | None = number(
        None, "output size as a part of the input size, below 1: 0.7 of 24 is 16", low=0, high=1
    )

    windows: Literal["overlapping", "disjoint", "disjoint_random"] = choice(
        "overlapping",
        "windows of the kernel's size, or disjoint ones of 1 and 2 positions along each axis",
        ("overlapping", "disjoint", "disjoint_random"),
    )

    @property
    def tiles(self) -> bool:
        """Whether the windows are disjoint."""
        return self.windows != "overlapping"

    def autocast_on_cpu(self, inputs: Inputs) -> Precision:
        if self.tiles:
            return "promotes" if inputs[0].rank == 3 else "input"
        return "float32"

    def kernels(self, volume: Shape) -> tuple[int, ...]:
        """The size of a window along each axis; for disjoint ones, of the largest."""
        return axiswise(2 if self.kernel is None else self.kernel, volume.rank)

    def sizes(self, volume: Shape) -> tuple[int, ...]:
        """Positions of the output along each axis."""
        if self.output_size is not None:
            return axiswise(self.output_size, volume.rank)
        return tuple(int(size * (self.output_ratio or 0)) for size in volume.spatial)

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        return problems(self, inputs[0])

    def output(self, inputs: Inputs) -> Shape:
        return Shape(inputs[0].channels, self.sizes(inputs[0]))

    def work(self, inputs: Inputs) -> Work:
        """Of disjoint windows each value of the input is read once."""
        outputs = self.output(inputs).size
        reads = inputs[0].size if self.tiles else outputs * prod(self.kernels(inputs[0]))
        return Work(compares=reads - outputs)

    def connections(self, inputs: Inputs) -> int | None:
        return inputs[0].size if self.tiles else None

    def reach(self, inputs: Inputs) -> tuple[Reach, ...] | None:
        """Window i of n starts at floor or ceil of i*(W - F)/(n - 1), at random; the last one ends with the input."""
        volume, result = inputs[0], []
        if self.tiles:
            along = pseudorandom if self.windows == "disjoint" else shuffled
            tiled = [
                along(size, count) for size, count in zip(volume.spatial, self.sizes(volume), strict=True)
            ]
            known = tuple(reach for reach in tiled if reach is not None)
            return known if len(known) == len(tiled) else None
        for size, count, taps in zip(volume.spatial, self.sizes(volume), self.kernels(volume), strict=True):
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

    def _ends(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The first and the last position of each disjoint window, along each axis."""
        return tuple(
            Tensor(f"ends{axis}", (2, count), "int64") for axis, count in enumerate(self.sizes(inputs[0]))
        )

    def _doubled(self, inputs: Inputs) -> Tensor:
        """The values at the ends of the disjoint windows."""
        sizes = (2 * count for count in self.sizes(inputs[0]))
        return Tensor("window_ends", (inputs[0].channels, *sizes), batched=True)

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        if self.tiles:
            return *self._ends(inputs), self._doubled(inputs), self._indices(inputs)
        return 0, self._indices(inputs)

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The index of each largest value; a random number for each channel and axis, or the disjoint windows."""
        if self.tiles:
            return *self._ends(inputs), self._doubled(inputs), self._indices(inputs)
        samples = Tensor("samples", (inputs[0].channels, inputs[0].rank), batched=True)
        return self._indices(inputs), samples

    def _narrows(self, inputs: Inputs, call: Call) -> bool:
        """Whether the ends of disjoint windows are taken in the lower type, and cast for an operation in float32."""
        return self.tiles and inputs[0].rank == 3 and call.narrow_on_cpu

    def forward_of(self, inputs: Inputs, call: Call) -> tuple[Step, ...]:
        """The random numbers are of the type of the input, and cast with it."""
        steps = super().forward_of(inputs, call)
        if self._narrows(inputs, call):
            narrow, doubled = (
                self._doubled(inputs)._replace(name="narrow", dtype=call.lower),
                self._doubled(inputs),
            )
            return (
                Step((*self._ends(inputs), narrow)),
                Step((doubled, self._indices(inputs)), (narrow.name,)),
            )
        if self.tiles or not call.narrow_on_cpu:
            return steps
        samples = self.scratch(inputs)[1]._replace(name="narrow_samples", dtype=call.lower)
        return tuple(step._replace(makes=(samples, *step.makes)) for step in steps)

    def backward_of(self, inputs: Inputs, wanted: tuple[bool, ...], call: Call) -> tuple[Step, ...]:
        """The gradient of the values at the ends of the windows, which is then added to zeros (`index_backward`).

        On tensors of a subclass the sum is another tensor than the zeros.
        """
        steps = self.backward(inputs, wanted)
        if not self.tiles:
            return steps
        doubled, [last] = self._doubled(inputs), steps
        ends = Tensor("grad_ends", doubled.shape, batched=True)
        zeros = (Tensor("zeros", inputs[0].torch, batched=True),) if call.subclasses else ()
        first = Step((ends,), ("grad", "indices", doubled.name))
        last = last._replace(makes=(*zeros, *last.makes))
        if not self._narrows(inputs, call):
            return first, last
        narrow = ends._replace(name="grad_narrow", dtype=call.lower)
        return first, Step((narrow,), (ends.name,)), *in_type((last,), call.lower, {})

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        rank = inputs[0].rank
        arguments: dict[str, Any] = {"output_size": self.sizes(inputs[0])}
        if self.tiles:
            arguments["shuffled"] = self.windows == "disjoint_random"
            return (TorchCall("own.DisjointMaxPool", arguments),)
        return (
            TorchCall(f"nn.FractionalMaxPool{rank}d", {"kernel_size": self.kernels(inputs[0]), **arguments}),
        )

    def label(self, inputs: Inputs) -> str:
        return "FMPOOL-DISJOINT" if self.tiles else f"FMPOOL{kernel_text(self.kernels(inputs[0]))}"
