"""Anti-aliased downsampling by a fixed filter."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.exact import counted
from cnncalc.shape import Shape, Window
from cnncalc.vocabulary import window_faults
from cnncalc.vocabulary.convolution import times
from cnncalc.vocabulary.edges import EDGES, Edges
from cnncalc.vocabulary.field import integer
from cnncalc.vocabulary.groups import NoStatistics, OwnOutput, PicksValues
from cnncalc.vocabulary.kernels import leaves_last
from cnncalc.vocabulary.layer import (
    Call,
    Example,
    Inputs,
    Kept,
    Problem,
    Reach,
    Step,
    Tensor,
    TorchCall,
    Weight,
    Work,
    layer,
)
from cnncalc.vocabulary.layouts import KeepsFormat
from cnncalc.vocabulary.matrix import BackwardMacs
from cnncalc.vocabulary.strides import Lying, channels_last, suggests_last
from cnncalc.vocabulary.window import Windowed, sliding


@layer
class BlurPool(NoStatistics, PicksValues, Windowed, KeepsFormat, OwnOutput):
    """Blurs every channel with a binomial filter, and takes every S-th position.

    The edges are mirrored by P = floor((S - 1 + F - 1)/2) positions, as in timm. The filter is not learned: it is a
    buffer, one copy for each channel, which timm does not save. PyTorch has no such layer: it is a depthwise
    convolution, with its MACs.
    """

    family: ClassVar[str] = "pooling"
    takes = "volume"
    ranks = (2,)
    autocast = "lower"
    linear = True
    adjustable = ("stride",)
    source: ClassVar[str] = "timm.layers.BlurPool2d; Zhang 2019, arXiv 1904.11486"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({}, (Shape(64, (57, 57)),)),
        Example({"kernel": 4, "stride": 1}, (Shape(8, (7, 9)),)),
        Example({"kernel": 5, "stride": 2}, (Shape(4, (9, 13)),)),
    )

    kernel: int = integer(
        3, "size of the filter: 3 is [1, 2, 1]/4 along each axis", low=2, letter="F", main=True
    )
    stride: int = integer(2, "distance between two windows", letter="S")

    @property
    def edges(self) -> Edges:
        """How its padding gets its values."""
        return EDGES["reflect"]

    @property
    def edge(self) -> int:
        """Mirrored positions on each side."""
        return (self.stride + self.kernel - 2) // 2

    def windows(self, volume: Shape) -> tuple[Window, ...]:
        return sliding(volume, self.kernel, self.stride, self.edge)

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        volume = inputs[0]
        for axis, size in zip(volume.axes, volume.spatial, strict=True):
            if self.edge >= size:
                yield Problem(
                    window_faults.PADDING_OVER_INPUT,
                    f"{axis}: {counted(self.edge, 'position')} to mirror, but only {size - 1} beside the edge",
                    help=f"kernel {self.kernel} and stride {self.stride} need {self.edge + 1} positions: use smaller "
                    "ones, or leave it out here",
                )
                return
            if size + 2 * self.edge < self.kernel:
                yield Problem(
                    window_faults.WINDOW_TOO_LARGE,
                    f"{axis}: a filter of {self.kernel} positions over {counted(size, 'position')}, and none to mirror",
                    help="leave it out here",
                )
                return
        yield from super().problems(inputs)

    def output(self, inputs: Inputs) -> Shape:
        return Shape(inputs[0].channels, self.grid(inputs[0]))

    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        return ()

    def buffers(self, inputs: Inputs) -> tuple[Tensor, ...]:
        return (Tensor("filt", self._filter_shape(inputs)),)

    def _filter_shape(self, inputs: Inputs) -> tuple[int, ...]:
        return (inputs[0].channels, 1, self.kernel, self.kernel)

    def work(self, inputs: Inputs) -> Work:
        return Work(macs=self.output(inputs).size * self.kernel**2)

    def macs_formula(self, inputs: Inputs) -> str:
        volume = inputs[0]
        return f"({times(*self.grid(volume))}) * ({times(self.kernel, self.kernel)})*{volume.channels}"

    def backward_macs(self, inputs: Inputs, wanted: tuple[bool, ...]) -> BackwardMacs:
        """Nothing is learned."""
        return BackwardMacs(self.work(inputs).macs if any(wanted) else 0, 0)

    def reach(self, inputs: Inputs) -> tuple[Reach, ...]:
        """As with zeros: positions around the input count as outside of it, wherever their values come from."""
        reach = Reach.window(self.kernel, self.stride, -self.edge)._replace(beyond=self.edge > 0)
        return (reach,) * inputs[0].rank

    def _padded(self, inputs: Inputs) -> Shape:
        return Shape(inputs[0].channels, tuple(size + 2 * self.edge for size in inputs[0].spatial))

    def most_images(self, inputs: Inputs, call: Call) -> int | None:
        from cnncalc.vocabulary.own_depthwise import countable_images

        if inputs[0].channels == 1 or self.lies(inputs, call) is not None:
            return None
        kernel, stride = (self.kernel,) * 2, (self.stride,) * 2
        return countable_images(self._padded(inputs), kernel, stride, (1, 1), self.output(inputs), call.dtype)

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return 0, *self.scratch(inputs)

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        return (Tensor("padded", self._padded(inputs).torch, batched=True),)

    def casts_itself(self, inputs: Inputs) -> bool:
        """The padded input is cast."""
        return True

    def _whole(self, inputs: Inputs, call: Call) -> tuple[Tensor, ...]:
        """What is in float32 under autocast before the product: the input where it is cast to that, and the padded one.

        A CPU mirrors in float32 whatever enters.
        """
        widens = self._widens(call)
        entering = (Tensor("input_whole", inputs[0].torch, "float32", batched=True),) * widens
        whole = Tensor("padded_whole", self._padded(inputs).torch, "float32", batched=True)
        return (*entering, *(whole,) * (widens or call.casts))

    def _widens(self, call: Call) -> bool:
        return call.narrow_on_cpu and self.edges.autocast_on_cpu(2) == "float32"

    def _filters(self, inputs: Inputs, call: Call) -> tuple[Tensor, ...]:
        """The filters, which autocast casts in every call."""
        return (Tensor("filters", self._filter_shape(inputs)),) if call.lower is not None else ()

    def keeps_of(self, inputs: Inputs, call: Call) -> tuple[Kept, ...]:
        entering, padded = self.keeps(inputs)
        if self._widens(call):
            entering = self._whole(inputs, call)[0]
        return (entering, padded, *self._filters(inputs, call))

    def forward_of(self, inputs: Inputs, call: Call) -> tuple[Step, ...]:
        if call.lower is None:
            return super().forward_of(inputs, call)
        *entering, whole = self._whole(inputs, call) or self.scratch(inputs)
        product = (*self._filters(inputs, call), *(self.scratch(inputs) if whole.name != "padded" else ()))
        return Step((*entering, whole), tuple(item.name for item in entering)), Step(product)

    def backward_of(self, inputs: Inputs, wanted: tuple[bool, ...], call: Call) -> tuple[Step, ...]:
        product, last = super().backward_of(inputs, wanted, call)
        if call.lower is None:
            return product, last
        product = product._replace(frees=(*product.frees, "filters"))
        if not (whole := self._whole(inputs, call)):
            return product, last
        padded = whole[-1]._replace(name="grad_padded_whole")
        [entering] = last.makes
        entering = entering._replace(dtype="float32", name="grad_whole" if self._widens(call) else "grad0")
        steps = (product, Step((padded,), ("grad_padded",)), Step((entering,), (padded.name,)))
        return (*steps, Step(last.makes, (entering.name,))) if self._widens(call) else steps

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """The gradient of the padded input first."""
        padded = Tensor("grad_padded", self._padded(inputs).torch, batched=True)
        entering = Tensor("grad0", inputs[0].torch, batched=True)
        return Step((padded,), ("grad", "padded")), Step((entering,), ("grad_padded",))

    def lies(self, inputs: Inputs, call: Call) -> Lying:
        """In channels-last format if the padded input is."""
        padded = self._padded(inputs)
        lying = channels_last(padded.torch) if self.has_last(inputs[0], call.lies()) else None
        keeps = leaves_last(call, padded, self.kernel, self.stride, groups=padded.channels)
        last = keeps and suggests_last(padded.torch, lying)
        return channels_last(self.output(inputs).torch) if last else None

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        """As the input on a CPU, else in order (`reflection_pad2d_backward`)."""
        last = call.real_on_cpu and suggests_last(inputs[0].torch, call.lies())
        return channels_last(inputs[0].torch) if last else None

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        arguments = {
            "channels": inputs[0].channels,
            "kernel": self.kernel,
            "stride": self.stride,
            "padding": self.edge,
        }
        return (TorchCall("own.BlurPool", arguments),)

    def label(self, inputs: Inputs) -> str:
        return f"BLURPOOL{self.kernel}" + (f"/{self.stride}" if self.stride > 1 else "")
