"""What a tensor of an ONNX graph is here: values of a layer in some arrangement, weights, or constants.

A tensor is often a layer's output seen in another shape: `Reshape` and `Transpose` move no values. Such views are not
layers until one reads them in a way that needs it, so that pairs of transposes vanish.
"""

from dataclasses import dataclass
from math import prod
from typing import Any, NamedTuple

from cnncalc.shape import Shape

# Types of values that weights have: float, float16, double, bfloat16.
FLOATS = (1, 10, 11, 16)
# The axes of a layer's output: the batch, the channels, then the spatial axes.
BATCH, CHANNELS = 0, 1


class AxisPart(NamedTuple):
    """A part of an axis: `size` positions, `step` apart. The parts of an axis of 12 as 3x4 are (3, 4) and (4, 1)."""

    axis: int
    size: int
    step: int = 1


class NoLayer(Exception):
    """An operation that no layer computes, or not in this form: why, in words."""


@dataclass(frozen=True, slots=True)
class Values:
    """The output of a layer, in an arrangement: for each axis of the tensor the parts of the layer's axes in it.

    Axes of size 1 have no parts, except that of the batch, which is never lost.
    """

    node: str
    shape: Shape
    dims: tuple[tuple[AxisPart, ...], ...]

    @property
    def sizes(self) -> tuple[int, ...]:
        """The sizes of the tensor."""
        return tuple(prod(part.size for part in parts) for parts in self.dims)

    def axis(self, axis: int) -> tuple[AxisPart, ...]:
        """A whole axis of the layer, as the parts of one axis of a tensor."""
        size = self.shape.torch[axis - 1]
        return (AxisPart(axis, size),) if size > 1 else ()

    @property
    def channel_dim(self) -> int:
        """The axis of the tensor in which the channels are: the first with a part of them, or the usual one."""
        for dim, parts in enumerate(self.dims):
            if any(part.axis == CHANNELS for part in parts):
                return dim
        return 1 if len(self.dims) > 1 else 0

    def has_channels_in(self, dim: int) -> bool:
        """Whether an axis of the tensor has all channels, in order, and nothing else."""
        if self.shape.channels == 1:
            return not self.dims[dim] and dim == self.channel_dim
        return self.dims[dim] == self.axis(CHANNELS)

    def axes_in(self, dims: "list[int] | tuple[int, ...]") -> tuple[int, ...] | None:
        """The layer's axes that axes of the tensor hold as a whole together; None if they hold a part of one."""
        parts = [part for dim in dims for part in self.dims[dim]]
        axes = sorted({part.axis for part in parts})
        complete = all(
            prod(part.size for part in parts if part.axis == axis) == self._size(axis) for axis in axes
        )
        return tuple(axes) if complete else None

    def _size(self, axis: int) -> int:
        return self.shape.torch[axis - 1] if axis != BATCH else 0


@dataclass(frozen=True, slots=True)
class OnnxWeight:
    """A tensor of weights, or one that is computed from weights alone: `roots` are the initializers in it.

    It is a `view` if it has all values of its only root, moved by `steps`: each is a reshape to sizes, or a permutation
    of axes.
    """

    roots: tuple[str, ...]
    sizes: tuple[int, ...]
    is_view: bool = True
    steps: tuple[tuple[str, tuple[int, ...]], ...] = ()

    def step(self, name: str, numbers: tuple[int, ...]) -> "OnnxWeight":
        """The tensor after one more reshape or permutation."""
        sizes = numbers if name == "reshape" else tuple(self.sizes[axis] for axis in numbers)
        return OnnxWeight(self.roots, sizes, self.is_view, (*self.steps, (name, numbers)))

    @property
    def change(self) -> str:
        """The steps as text: empty if the values are in the order of the root."""
        steps = list(self.steps)
        while steps and steps[-1][0] == "reshape":
            steps.pop()
        return "; ".join(f"{name} {' '.join(map(str, numbers))}" for name, numbers in steps)


@dataclass(frozen=True, slots=True)
class Constant:
    """A tensor whose values are known and that is no weight. `array` is a NumPy array."""

    array: Any
    name: str = ""

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple(self.array.shape)


@dataclass(frozen=True, slots=True)
class OnnxScores:
    """The scores of an attention on their way to its end: Q*K^T, then scaled, with biases, then their softmax."""

    queries: Values
    keys: Values
    sizes: tuple[int, ...]
    scale: float = 1.0
    biases: tuple[OnnxWeight, ...] = ()
    mask: Any = None
    is_softmax: bool = False
    unclear: str = ""


@dataclass(frozen=True, slots=True)
class Lost:
    """A tensor that no volume can hold (the batch is in another axis, too many axes): what it was computed from."""

    nodes: tuple[str, ...]
    sizes: tuple[int, ...]
    roots: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pieces:
    """A sequence of tensors: one tensor, cut along one of its dimensions into pieces of these sizes.

    `element` is ONNX's number of its type.
    """

    whole: Values
    dim: int
    sizes: tuple[int, ...]
    element: int


Entry = Values | OnnxWeight | Constant | OnnxScores | Lost | Pieces


def plain(node: str, shape: Shape, batch: int, order: tuple[int, ...] | None = None) -> Values:
    """A layer's output as a tensor: `order` are its axes (0 is the batch), by default channels first."""
    sizes = (batch, *shape.torch)
    axes = range(len(sizes)) if order is None else order
    return Values(
        node,
        shape,
        tuple((AxisPart(axis, sizes[axis]),) if sizes[axis] > 1 or axis == BATCH else () for axis in axes),
    )


def transposed(values: Values, order: "list[int] | tuple[int, ...]") -> Values:
    """The tensor with its axes in another order."""
    return Values(values.node, values.shape, tuple(values.dims[axis] for axis in order))


def reshaped(values: Values, sizes: "list[int] | tuple[int, ...]") -> Values | None:
    """The tensor in another shape; None if an axis would begin or end inside a part that cannot be divided so."""
    waiting = [part for parts in values.dims for part in parts][::-1]
    dims: list[tuple[AxisPart, ...]] = []
    for index, size in enumerate(sizes):
        parts: list[AxisPart] = []
        missing = size
        # Rows and the batch before the last axis, as in (rows * batch, channels): the last axis is the channels alone.
        if waiting and waiting[-1] == (BATCH, 1, 1) and size > 1 and index and index == len(sizes) - 1:
            dims[-1] = (*dims[-1], waiting.pop())
        # A batch of 1 gets an axis of its own if there is one here.
        if size == 1 and waiting and waiting[-1] == (BATCH, 1, 1):
            parts.append(waiting.pop())
        while missing > 1:
            if not waiting:
                return None
            part = waiting.pop()
            if missing % part.size == 0:
                parts.append(part)
                missing //= part.size
            elif part.size % missing == 0 and part.axis != BATCH:
                rest = part.size // missing
                parts.append(AxisPart(part.axis, missing, part.step * rest))
                waiting.append(AxisPart(part.axis, rest, part.step))
                missing = 1
            else:
                return None
        dims.append(joined(parts))
    if any(part != (BATCH, 1, 1) for part in waiting):
        return None
    if waiting and dims:
        dims[-1] = (*dims[-1], *waiting)
    return Values(values.node, values.shape, tuple(dims))


def joined(parts: "list[AxisPart] | tuple[AxisPart, ...]") -> tuple[AxisPart, ...]:
    """Parts of one axis that follow each other, as one part."""
    result: list[AxisPart] = []
    for part in parts:
        last = result[-1] if result else None
        if last is not None and last.axis == part.axis and last.step == part.step * part.size:
            result[-1] = AxisPart(part.axis, last.size * part.size, part.step)
        else:
            result.append(part)
    return tuple(result)
