"""The core of an attention: softmax(Q*K^T)*V in each head, of which positions, and what is learned in it."""

from dataclasses import dataclass
from math import prod
from typing import Any

from cnncalc.importers.draft import Taken
from cnncalc.importers.onnx.values import BATCH, CHANNELS, AxisPart, Values


@dataclass(frozen=True, slots=True)
class Core:
    """An attention without its linear layers: the layers of its queries, keys and values, and its facts.

    `window` are the sizes of its windows, None if it is of all positions. `table` is its learned tensor of relative
    positions, if it has one.
    """

    sources: tuple[str, str, str]
    heads: int
    fields: dict[str, Any]
    window: tuple[int, ...] | None = None
    is_grid: bool = False
    has_table: bool = False
    mask: Any = None
    table: Taken | None = None


def heads_of(values: Values) -> int | None:
    """The number of heads: the channels are those of each head, and within a head one after another."""
    width = values.sizes[-1]
    last = values.dims[-1]
    if last != ((AxisPart(CHANNELS, width, 1),) if width > 1 else ()):
        return None
    parts = [part for parts in values.dims[:-1] for part in parts if part.axis == CHANNELS]
    if not parts:
        return 1 if values.shape.channels == width else None
    if len(parts) == 1 and parts[0].step == width and parts[0].size * width == values.shape.channels:
        return parts[0].size
    return None


def windows_of(values: Values) -> tuple[tuple[int, ...], bool] | None:
    """The sizes of windows whose positions are the rows, and whether they are spread; None if there are none."""
    rows = values.dims[-2]
    rank = values.shape.rank
    if [part.axis for part in rows] != list(range(2, rank + 2)):
        return None
    sizes = tuple(part.size for part in rows)
    if all(part.step == 1 for part in rows):
        return sizes, False
    spread = all(part.step * part.size == size for part, size in zip(rows, values.shape.spatial, strict=True))
    return (sizes, True) if spread else None


def rows_are_all(values: Values) -> bool:
    """Whether the rows are all positions of an image, in order."""
    whole = [part for axis in range(2, values.shape.rank + 2) for part in values.axis(axis)]
    return [part for part in values.dims[-2] if part.axis != BATCH] == whole


def is_lower_triangle(mask: Any) -> bool:
    """Whether a mask hides what comes later, and nothing else."""
    import numpy

    mask = mask.reshape(-1, *mask.shape[-2:])
    if mask.shape[0] != 1 or mask.shape[1] != mask.shape[2]:
        return False
    seen = mask[0] > -1e4
    return bool((seen == numpy.tril(numpy.ones_like(seen))).all() and not mask[0][seen].any())


def is_of_shifted_windows(
    mask: Any, size: tuple[int, ...], window: tuple[int, ...], shift: tuple[int, ...]
) -> bool:
    """Whether a mask hides positions of a window that are not neighbours in the volume before its roll."""
    import numpy

    counts = [length // side for length, side in zip(size, window, strict=True)]
    labels = numpy.zeros(size)
    for axis, (length, side, step) in enumerate(zip(size, window, shift, strict=True)):
        along = numpy.zeros(length)
        if step:
            along[length - side : length - step] = 1
            along[length - step :] = 2
        labels = labels * 3 + along.reshape([-1 if index == axis else 1 for index in range(len(size))])
    parts = labels.reshape(counts[0], window[0], counts[1], window[1]).transpose(0, 2, 1, 3)
    rows = parts.reshape(-1, prod(window))
    same = rows[:, :, None] == rows[:, None, :]
    given = mask.reshape(-1, prod(window), prod(window))
    return given.shape == same.shape and bool(((given == 0) == same).all())


def is_of_offsets(bias: Any, sides: tuple[int, ...]) -> bool:
    """Whether a number for each head and pair of positions depends on their offset alone."""
    import numpy

    heads = bias.reshape(-1, prod(sides), prod(sides))
    places = numpy.stack(numpy.meshgrid(*map(numpy.arange, sides), indexing="ij"), -1).reshape(-1, len(sides))
    offsets = places[:, None] - places[None]
    spans = [2 * side - 1 for side in sides]
    numbers = numpy.ravel_multi_index(tuple((offsets + numpy.array(sides) - 1).transpose(2, 0, 1)), spans)
    order = numbers.reshape(-1)
    flat = heads.reshape(len(heads), -1)
    table = numpy.zeros((len(heads), prod(spans)), dtype=flat.dtype)
    table[:, order] = flat
    return bool((table[:, order] == flat).all())
