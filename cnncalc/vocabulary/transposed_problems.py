"""What is wrong between a transposed convolution and its input: nothing is left of the output, or too much is added."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cnncalc.shape import Shape
from cnncalc.vocabulary import window_faults
from cnncalc.vocabulary.convolution import groups_problems
from cnncalc.vocabulary.layer import Change, Problem
from cnncalc.vocabulary.window import axiswise, half_of_even

if TYPE_CHECKING:
    from cnncalc.layers.conv_transpose import ConvTranspose


def problems(layer: "ConvTranspose", volume: Shape) -> Iterator[Problem]:
    """All problems; where `half` is no whole number there is no output to look at."""
    if half := half_of_even(layer, volume):
        yield half
        return
    if min(axis.output for axis in layer.axes(volume)) < 1:
        yield _empty(layer, volume)
    yield from _output_padding(layer, volume)
    yield from groups_problems(layer.groups, volume.channels, layer.filters)


def _empty(layer: "ConvTranspose", volume: Shape) -> Problem:
    axes = layer.axes(volume)
    number, shortest = min(enumerate(axes), key=lambda pair: pair[1].output)
    changes = []
    if isinstance(layer.padding, int):
        less = layer.padding - -(-(1 - shortest.output) // 2)
        changes.append(Change("padding", max(0, less)))
    if isinstance(layer.kernel, int):
        more = max(-(-(1 - axis.output) // axis.dilation) for axis in axes)
        changes.append(Change("kernel", layer.kernel + max(0, more)))
    good = tuple(
        change
        for change in changes
        if min(axis.output for axis in layer.with_fields(**{change.field: change.value}).axes(volume)) > 0
    )
    return Problem(
        window_faults.EMPTY_OUTPUT,
        f"{volume.axes[number]}: (W - 1)*S + F - 2P + output_padding = "
        f"{shortest.size - 1}*{shortest.stride} + {shortest.extent} - {shortest.before + shortest.after} + "
        f"{shortest.added} = {shortest.output}, so there is no output",
        "padding",
        help=f"there is one with {' or '.join(f'{c.field} {c.value}' for c in good)}" if good else None,
        changes=good,
    )


def _output_padding(layer: "ConvTranspose", volume: Shape) -> Iterator[Problem]:
    """The output padding must be below the stride or the dilation."""
    axes = layer.axes(volume)
    over = next((axis for axis in axes if axis.added > axis.most_added), None)
    if over is None:
        return
    # `same` adds positions to those that the spec gives.
    asked = zip(axes, axiswise(layer.output_padding, volume.rank), strict=True)
    best = max(0, min(axis.most_added - (axis.added - given) for axis, given in asked))
    yield Problem(
        window_faults.OUTPUT_PADDING_TOO_LARGE,
        f"an output padding of {over.added} is too large: it must be smaller than the stride or the dilation, so "
        f"at most {over.most_added}",
        "output_padding",
        help=f"write `output_padding: {best}`",
        changes=(Change("output_padding", best),),
    )
