"""What is wrong between fractional pooling, its fields and its input: windows that have no size, or do not fit."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cnncalc.exact import counted
from cnncalc.shape import Shape
from cnncalc.vocabulary import field_faults, window_faults
from cnncalc.vocabulary.disjoint import counts_near, tiles
from cnncalc.vocabulary.layer import Change, Problem

if TYPE_CHECKING:
    from cnncalc.layers.fractional_maxpool import FractionalMaxPool


def problems(layer: "FractionalMaxPool", volume: Shape) -> Iterator[Problem]:
    """The first problem: of the fields, then of their values, then along each axis."""
    if layer.tiles == (layer.kernel is not None):
        yield _kernel_and_windows(layer)
        return
    if (layer.output_size is None) == (layer.output_ratio is None):
        both = layer.output_size is not None
        yield Problem(
            field_faults.ONE_OF_TWO_FIELDS,
            f"fractional_maxpool has {'both' if both else 'neither'} `output_size` "
            f"{'and' if both else 'nor'} `output_ratio`",
            "output_ratio" if both else None,
            help="give exactly one of them",
        )
        return
    name = "output_size" if layer.output_size is not None else "output_ratio"
    if layer.output_ratio in (0, 1):
        yield Problem(
            window_faults.EMPTY_OUTPUT,
            f"the ratio must be between 0 and 1, and it is {layer.output_ratio:g}",
            name,
        )
        return
    axes = zip(volume.axes, volume.spatial, layer.sizes(volume), layer.kernels(volume), strict=True)
    wrong = (_along(layer, volume, (axis, size, count), taps, name) for axis, size, count, taps in axes)
    if first := next(filter(None, wrong), None):
        yield first


def _kernel_and_windows(layer: "FractionalMaxPool") -> Problem:
    both = layer.tiles
    return Problem(
        field_faults.ONE_OF_TWO_FIELDS,
        f"fractional_maxpool has {'both' if both else 'neither'} a `kernel` "
        f"{'and' if both else 'nor'} {f'`windows: {layer.windows}`' if both else '`windows: disjoint`'}",
        "kernel" if both else None,
        help="leave `kernel` out: disjoint windows have 1 or 2 positions along each axis"
        if both
        else "give a `kernel` for PyTorch's overlapping windows, as `kernel: 2`, or `windows: disjoint`",
    )


def _along(
    layer: "FractionalMaxPool", volume: Shape, where: tuple[str, int, int], taps: int, field: str
) -> Problem | None:
    """The problem along one axis; `where` is the axis, its size, and the number of windows."""
    axis, size, count = where
    if not count:
        message = f"{axis}: {layer.output_ratio:g} of {size} is less than 1"
        return Problem(window_faults.EMPTY_OUTPUT, message, field)
    if layer.tiles:
        return None if tiles(size, count) else _does_not_tile(layer, volume, where, field)
    # Over three axes PyTorch needs one more position.
    needed = count + taps - 1 + (volume.rank == 3)
    if needed <= size:
        return None
    return Problem(
        window_faults.WINDOW_TOO_LARGE,
        f"{axis}: {counted(count, 'window')} of {taps} need {counted(needed, 'position')}, but the input has {size}",
        "kernel",
    )


def _does_not_tile(
    layer: "FractionalMaxPool", volume: Shape, where: tuple[str, int, int], field: str
) -> Problem:
    """Windows of one and two positions give a ratio between 1 and 2, the two excluded."""
    axis, size, count = where
    near, help, changes = counts_near(size), None, tuple[Change, ...]()
    if near is not None:
        fewest, most = near
        nearest = fewest if count < fewest else most
        others = f", or another number from {fewest} to {most}" if fewest < most else ""
        instead = " instead of `output_ratio`" if field == "output_ratio" else ""
        help = f"write `output_size: {nearest}`{instead}{others}"
        # One number is for every axis.
        if not all(tiles(each, nearest) for each in volume.spatial) or isinstance(layer.output_size, tuple):
            number = str(nearest) if fewest == most else f"{fewest} to {most}"
            help = f"the number of windows along the {axis} can be {number}"
        elif isinstance(layer.output_size, int):
            changes = (Change(field, nearest),)
        if size == 2 * count:
            help += f"; `maxpool: 2` gives {counted(count, 'window')}"
    ratio = f"{size / count:.3g}" if size % count else str(size // count)
    return Problem(
        window_faults.DOES_NOT_TILE,
        f"{axis}: {counted(count, 'window')} over {counted(size, 'position')} have {ratio} each on average, but "
        "disjoint windows have 1 or 2, so that their average is between 1 and 2",
        field,
        help=help,
        changes=changes,
    )
