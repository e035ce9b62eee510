"""What can be said of one layer by itself: its values, its matrices, what it reads, and its backward pass."""

from collections.abc import Sequence
from functools import cached_property

from cnncalc.graph import BoundLayer
from cnncalc.layers import Layer, Weight
from cnncalc.record import NamedTuple
from cnncalc.shape import DTYPES, Shape, Window
from cnncalc.vocabulary.connections import Connections
from cnncalc.vocabulary.convolution import Convolution
from cnncalc.vocabulary.matrix import BackwardMacs, Matrix
from cnncalc.vocabulary.window import Windowed


class Place(NamedTuple):
    """An output value that is asked about: its position, and its channel (from 0) where one is meant."""

    position: tuple[int, ...]
    channel: int | None = None


class Reads(NamedTuple):
    """What one output value reads: positions of the input along each axis, and the range of its channels.

    `inside` is None where only padding is read. `padded` are the same positions in the input with its padding, which
    has more of them; None where nothing is padded.
    """

    place: Place
    channels: range
    inside: tuple[range, ...] | None
    padded: tuple[range, ...] | None


class BadPlace(ValueError):
    """A place that the output does not have."""


class LayerFacts:
    """The facts of a layer over its input. Counts are of one image, bytes of `batch` images in `dtype`.

    The layer must have an output: `fit.output` is not None.
    """

    def __init__(
        self, fit: BoundLayer, *, batch: int = 1, dtype: str = "float32", places: Sequence[Place] = ()
    ) -> None:
        assert fit.output is not None
        self.fit, self.batch, self.dtype = fit, batch, dtype
        self.output: Shape = fit.output
        self.places = tuple(places)

    @property
    def layer(self) -> Layer:
        """The layer itself."""
        return self.fit.layer

    @property
    def volume(self) -> Shape:
        """What enters; of several operands the first. A layer that reads nothing has only its output."""
        return self.fit.inputs[0] if self.fit.inputs else self.output

    def nbytes(self, values: int) -> int:
        """Bytes of a number of values of each image."""
        return values * DTYPES[self.dtype] * self.batch

    @cached_property
    def windows(self) -> tuple[Window, ...]:
        """Its windows, one for each axis; empty if it has no window."""
        return self.layer.windows(self.volume) if isinstance(self.layer, Windowed) else ()

    @cached_property
    def overlap(self) -> tuple[int, ...]:
        """F - S along each axis: positions that two neighbouring windows have in common; below 0 a gap."""
        return tuple(window.extent - window.stride for window in self.windows)

    @cached_property
    def picks(self) -> bool:
        """Whether it gives fewer values of the same channels: a pooling."""
        return (
            bool(self.windows) and self.layer.reads_channels(self.fit.inputs) == "apart" and not self.weights
        )

    @cached_property
    def weights(self) -> tuple[Weight, ...]:
        """Its parameters."""
        return self.layer.weights(self.fit.inputs)

    @cached_property
    def filters(self) -> Weight | None:
        """What the input is multiplied by: the largest of its parameters that is no bias."""
        return max(
            (item for item in self.weights if not item.is_bias), key=lambda item: item.size, default=None
        )

    @cached_property
    def other_weights(self) -> tuple[Weight, ...]:
        """Of a convolution: its parameters if nothing were shared; of a locally-connected layer: if all were."""
        if not isinstance(self.layer, Convolution):
            return ()
        way = self.layer.unshared_weights if self.is_shared else self.layer.shared_weights
        return way(self.fit.inputs)

    @cached_property
    def weights_of_a_neuron(self) -> tuple[int, ...]:
        """The factors of how many weights meet in one output value: `(11, 11, 3)`; none where that is no window."""
        if isinstance(self.layer, Convolution):
            return (*(window.kernel for window in self.windows), self.channels_read)
        return (self.volume.size,) if self.weights and not self.output.rank and self.connections else ()

    @property
    def is_shared(self) -> bool:
        """Whether all positions have the same weights."""
        return isinstance(self.layer, Convolution) and self.layer.shares_filters

    @cached_property
    def macs(self) -> int:
        """Multiply-adds of the forward pass."""
        return self.layer.work(self.fit.inputs).macs

    @cached_property
    def backward(self) -> BackwardMacs:
        """Multiply-adds of the backward pass, for all gradients."""
        return self.layer.backward_macs(self.fit.inputs, (True,) * len(self.fit.inputs))

    @cached_property
    def matrices(self) -> tuple[Matrix, ...]:
        """The layer as a product of matrices."""
        return self.layer.matrices(self.fit.inputs)

    @cached_property
    def connections(self) -> Connections | None:
        """The matrix of the same layer written as fully connected; None where it is not linear, or has no windows."""
        used = self.layer.connections(self.fit.inputs)
        if used is None or not self.layer.linear:
            return None
        return Connections(self.output.size, self.volume.size, used)

    @cached_property
    def channels_read(self) -> int:
        """How many channels of the input one output value reads."""
        if isinstance(self.layer, Convolution):
            return self.volume.channels // self.layer.groups_over(self.volume.channels)
        if self.layer.reads_channels(self.fit.inputs) != "mixed":
            return 1
        return self.volume.channels // getattr(self.layer, "groups", 1)

    @property
    def tells_reads(self) -> bool:
        """Whether it is known what one output value reads."""
        reach = self.layer.reach(self.fit.inputs)
        if reach is None or len(self.fit.inputs) > 1 or self.layer.connections(self.fit.inputs) is None:
            return False
        return not any(part.axis is not None or part.random or part.parts for part in reach)

    @cached_property
    def reads(self) -> tuple[Reads, ...]:
        """What the output values at `places` read. Raises `BadPlace` for one that the output does not have."""
        return tuple(map(self._reads, self.places))

    def _reads(self, place: Place) -> Reads:
        self._require(place)
        reach = self.layer.reach(self.fit.inputs)
        assert reach is not None
        positions = place.position or (0,) * len(reach)
        taps = [axis.at(position) for axis, position in zip(reach, positions, strict=True)]
        inside = []
        for tap, size in zip(taps, self.volume.spatial, strict=True):
            if tap is None:
                return Reads(place, self._channels(place), None, None)
            first = tap.first + -(min(0, tap.first) // tap.step) * tap.step
            inside.append(range(first, min(tap.last + 1, size), tap.step))
        padded = None
        if any(window.before or window.after for window in self.windows):
            padded = tuple(
                range(
                    tap.first + window.before,
                    min(tap.last + 1, window.size + window.after) + window.before,
                    tap.step,
                )
                for tap, window in zip(taps, self.windows, strict=True)
                if tap is not None
            )
        return Reads(place, self._channels(place), tuple(inside) if all(inside) else None, padded)

    def _channels(self, place: Place) -> range:
        """The channels of the input that are read; of all filters where none is named."""
        if place.channel is None:
            return range(self.volume.channels)
        groups = self.volume.channels // self.channels_read
        first = place.channel // (self.output.channels // groups) * self.channels_read
        return range(first, first + self.channels_read)

    def _require(self, place: Place) -> None:
        sizes = self.output.spatial
        if len(place.position) != len(sizes):
            raise BadPlace(f"the output, {self.output}, has {len(sizes)} axes of positions")
        within = zip(place.position, sizes, strict=True)
        if any(not 0 <= index < size for index, size in within):
            last = ",".join(str(size - 1) for size in sizes)
            raise BadPlace(f"the last position of the output, {self.output}, is {last}")
        if place.channel is not None and not 0 <= place.channel < self.output.channels:
            raise BadPlace(f"the output, {self.output}, has channels 0 to {self.output.channels - 1}")
