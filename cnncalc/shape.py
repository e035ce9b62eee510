"""Volumes, the sizes of numbers, and the only window arithmetic in the project."""

from collections.abc import Iterable, Iterator
from itertools import chain
from math import gcd, prod
from typing import Any, Self

from cnncalc.record import NamedTuple

# Bytes of one value, by PyTorch's name of its type.
DTYPES = {"float32": 4, "float64": 8, "float16": 2, "bfloat16": 2, "int64": 8, "bool": 1}

# How many values are tried in each direction, in the search for one without a remainder.
TRIED = 1000

# The names of the spatial axes, outermost first, by their number.
AXES = {0: (), 1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}
# All names of sizes of a shape.
AXIS_NAMES = frozenset(("channels", "features", *chain.from_iterable(AXES.values())))


class Shape(NamedTuple):
    """The shape of one image, without the batch: channels and spatial sizes, or features without spatial axes.

    A tensor that is not `batched` exists once, and not for each image: a learned tensor, and what is computed of such
    tensors alone.
    """

    channels: int
    spatial: tuple[int, ...] = ()
    batched: bool = True

    @property
    def size(self) -> int:
        """The number of values."""
        return self.channels * prod(self.spatial)

    @property
    def positions(self) -> int:
        """The number of positions; 1 for features."""
        return prod(self.spatial)

    @property
    def rank(self) -> int:
        """The number of spatial axes: 1 to 3, or 0 for features."""
        return len(self.spatial)

    @property
    def axes(self) -> tuple[str, ...]:
        """The names of the spatial axes, outermost first: `("height", "width")`."""
        return AXES[self.rank]

    @property
    def torch(self) -> tuple[int, ...]:
        """The shape in PyTorch's order, channels first, without the batch."""
        return (self.channels, *self.spatial)

    def asdict(self) -> dict[str, int]:
        """`{"channels", "height", "width"}`, or `{"features"}`."""
        if not self.spatial:
            return {"features": self.channels}
        return {"channels": self.channels, **dict(zip(self.axes, self.spatial, strict=True))}

    def __str__(self) -> str:
        return "x".join(map(str, (*self.spatial, self.channels)))


class Window(NamedTuple):
    """A window of `kernel` taps sliding along one axis of `size` positions: the course's (W - F + 2P)/S + 1.

    `before` and `after` are the padding at either end; F is the dilated kernel; `ceil` rounds up as PyTorch's
    pooling does (`pooling_output_shape` in ATen/native/Pool.h): no window starts in the padding at the end, and where
    0 < F - W - 2P < S there is one window, which is larger than the padded input.
    """

    size: int
    kernel: int
    stride: int = 1
    before: int = 0
    after: int = 0
    dilation: int = 1
    ceil: bool = False

    @property
    def extent(self) -> int:
        """F: positions from the first tap to the last, dilation included."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def span(self) -> int:
        """W - F + 2P: how far the window can move. Negative if it is larger than the padded input."""
        return self.size + self.before + self.after - self.extent

    @property
    def remainder(self) -> int:
        """(W - F + 2P) mod S: 0 if the windows fit the padded input exactly."""
        return self.span % self.stride

    @property
    def output(self) -> int:
        """The number of windows; 0 if none fits."""
        if self.span < 0 and not self.ceil:
            return 0
        steps, rest = divmod(self.span, self.stride)
        if self.ceil and rest and (steps + 1) * self.stride < self.size + self.before:
            steps += 1
        return max(0, steps + 1)

    @property
    def overhang(self) -> int:
        """How many positions the last window (with `ceil`) reaches past the padded input."""
        return max(0, (self.output - 1) * self.stride - self.span)

    @property
    def unread(self) -> int:
        """Real positions at the end that no window covers, without padding."""
        left = self.span - (self.output - 1) * self.stride if self.output else self.size
        return min(self.size, max(0, left - self.after))

    @property
    def one_sided(self) -> Self | None:
        """With as much padding more at the end as leaves no remainder.

        None where none is missing, no window fits, or the last window would read that padding alone.
        """
        missing = -self.remainder % self.stride
        padded = self._replace(after=self.after + missing)
        reads = (padded.output - 1) * self.stride < self.before + self.size
        return padded if missing and self.span >= 0 and reads else None

    @property
    def formula(self) -> str:
        """The course's formula with numbers: `(10 - 3 + 0)/2 + 1`."""
        return f"({self.size} - {self.extent} + {self.before + self.after})/{self.stride} + 1"

    @property
    def quotient(self) -> str:
        """The result of the formula before rounding.

        `4.5`, `55`, `54.25`; never a whole number if there is a remainder.
        """
        whole, rest = divmod(abs(self.span + self.stride), self.stride)
        sign = "-" if self.span + self.stride < 0 else ""
        if not rest:
            return f"{sign}{whole}"
        thousandths = min(999, max(1, round(1000 * rest / self.stride)))
        return f"{sign}{whole}.{thousandths:03}".rstrip("0")

    def steps(self, change: int) -> range:
        """How many times the span must grow by `change` to leave no remainder: a few answers, smallest first."""
        common = gcd(change, self.stride)
        if self.span % common:
            return range(0)
        period = self.stride // common
        first = -(self.span // common) * pow(change // common, -1, period) % period or period
        return range(first, first + TRIED * period, period)

    def exact(self) -> Iterator[tuple[str, Self]]:
        """All smallest changes of one number that make the remainder 0: the name of the number, and the changed window.

        Sizes, kernels and symmetric padding are searched one stride either way, strides down to 1 and up to the
        span; nothing is tried more than `TRIED` times.
        """
        yield from self._nearest("size", self._either(self.size, 1))
        yield from self._nearest("kernel", self._either(self.kernel, -self.dilation))
        yield from self._nearest("stride", strides(self.stride, self.span))
        if self.before == self.after:
            yield from self._nearest("padding", self._either(self.before, 2))

    def _either(self, now: int, change: int) -> tuple[Iterable[int], Iterable[int]]:
        """Values of a number below and above `now`; each step changes the span by `change`."""
        down = (now - step for step in self.steps(-change) if step <= self.stride)
        return down, (now + step for step in self.steps(change) if step <= self.stride)

    def _nearest(
        self, name: str, searches: tuple[Iterable[int], Iterable[int]]
    ) -> Iterator[tuple[str, Self]]:
        for values in searches:
            for value in values:
                change: dict[str, Any] = {name: value}
                if name == "padding":
                    change = {"before": value, "after": value}
                if value < (0 if name == "padding" else 1):
                    break
                changed = self._replace(**change)
                if changed.span >= 0 and changed.remainder == 0:
                    yield name, changed
                    break


def strides(stride: int, span: int) -> tuple[range, range]:
    """Other strides below and above a stride that can fit a span, the nearest first."""
    most = min(span, stride + TRIED)
    return range(stride - 1, max(0, stride - TRIED), -1), range(stride + 1, most + 1)


def half_padding(kernel: int, dilation: int) -> int:
    """`padding: half`: dilation*(F-1)/2 at both ends, for an odd F."""
    return dilation * (kernel - 1) // 2


def same_padding(size: int, kernel: int, stride: int, dilation: int) -> tuple[int, int]:
    """`padding: same`: an output of ceil(W/S), an odd position goes to the end (TensorFlow's rule)."""
    extent = dilation * (kernel - 1) + 1
    total = max(0, (-(-size // stride) - 1) * stride + extent - size)
    return total // 2, total - total // 2
