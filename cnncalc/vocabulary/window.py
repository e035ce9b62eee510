"""Layers with a sliding window: from fields to `Window`s. What can be wrong with them is in `window_problems`."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, ClassVar

from cnncalc.shape import Shape, Window, half_padding, same_padding
from cnncalc.vocabulary.field import base
from cnncalc.vocabulary.layer import Change, Inputs, Layer, Problem, Reach
from cnncalc.vocabulary.values import SIDES, Padding, PerAxis, Sides


def axiswise(value: PerAxis, rank: int) -> tuple[int, ...]:
    """One number for each axis."""
    return value if isinstance(value, tuple) else (value,) * rank


# Every figure needs the windows of a layer, and networks repeat their layers.
@lru_cache(maxsize=4096)
def sliding(
    volume: Shape,
    kernel: PerAxis,
    stride: PerAxis,
    padding: Padding,
    dilation: PerAxis = 1,
    *,
    ceil: bool = False,
) -> tuple[Window, ...]:
    """The windows of a layer over a volume, one for each axis."""
    rank = volume.rank
    kernels, strides, dilations = (axiswise(value, rank) for value in (kernel, stride, dilation))
    result = []
    for axis, size in enumerate(volume.spatial):
        taps, step, spread = kernels[axis], strides[axis], dilations[axis]
        match padding:
            case "half":
                before = after = half_padding(taps, spread)
            case "same":
                before, after = same_padding(size, taps, step, spread)
            case "valid":
                before = after = 0
            case Sides():
                before, after = padding.ends(rank)[axis]
            case "causal":
                # Nothing from later positions of the first axis, which is time.
                half = half_padding(taps, spread)
                before, after = (half, half) if axis else (spread * (taps - 1), 0)
            case int():
                before = after = padding
            case _:
                before = after = int(padding[axis])
        result.append(Window(size, taps, step, before, after, spread, ceil))
    return tuple(result)


def both_ends(ends: Sequence[tuple[int, int]]) -> Any:
    """Padding before and after, for each axis, from a spec: one number, one for each axis, or sides."""
    if any(before != after for before, after in ends):
        return dict(
            zip(SIDES[len(SIDES) - 2 * len(ends) :], (end for pair in ends for end in pair), strict=True)
        )
    sizes = tuple(before for before, _ in ends)
    return sizes[0] if len(set(sizes)) == 1 else sizes


@base
class Windowed(Layer):
    """A layer whose output positions are windows over its input."""

    # The fields that a suggestion may change.
    adjustable: ClassVar[tuple[str, ...]] = ("kernel", "stride", "padding")

    def windows(self, volume: Shape) -> tuple[Window, ...]:
        """Its windows, one for each axis."""
        raise NotImplementedError

    def fits(self, window: Window, rank: int) -> bool:
        """Whether there is an output along an axis, for this number of axes."""
        return window.output > 0

    def why_not(self, window: Window) -> tuple[str, ...]:
        """Notes on a window that does not fit, if the arithmetic alone does not explain it."""
        if not window.ceil:
            return ()
        over = f"{window.extent} - {window.size + window.before + window.after} = {-window.span}"
        return (
            "ceil gives a window past the end only where F - W - 2P is below the stride: "
            f"{over}, and the stride is {window.stride}",
        )

    def grid(self, volume: Shape) -> tuple[int, ...]:
        """The number of windows along each axis."""
        return tuple(window.output for window in self.windows(volume))

    def in_effect(self, inputs: Inputs) -> dict[str, tuple[Any, str]]:
        if not isinstance(getattr(self, "padding", None), str):
            return {}
        return {
            "padding": (both_ends([(window.before, window.after) for window in self.windows(inputs[0])]), "")
        }

    def reach(self, inputs: Inputs) -> tuple[Reach, ...] | None:
        return tuple(
            Reach.window(window.kernel, window.stride, -window.before, window.dilation)
            for window in self.windows(inputs[0])
        )

    def takes_its_padding(self, volume: Shape) -> bool:
        """Whether the layer accepts this much padding."""
        return True

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        volume = inputs[0]
        if half := half_of_even(self, volume):
            yield half
            return
        windows = self.windows(volume)
        if all(window.span >= 0 and not window.remainder for window in windows):
            return
        from cnncalc.vocabulary.window_problems import window_problems

        reported: set[Window] = set()
        for axis, window in zip(volume.axes, windows, strict=True):
            if window not in reported:
                reported.add(window)
                where = axis if len(set(windows)) > 1 else ""
                yield from window_problems(self, volume, window, where)


def half_of_even(layer: Layer, volume: Shape) -> Problem | None:
    """`padding: half` with an even kernel; with `causal`, along all axes but the first."""
    word = getattr(layer, "padding", None)
    if word not in ("half", "causal"):
        return None
    kernel, dilation = (axiswise(getattr(layer, name, 1), volume.rank) for name in ("kernel", "dilation"))
    for axis, (taps, spread) in enumerate(zip(kernel, dilation, strict=False)):
        if word == "causal" and not axis:
            continue
        if spread * (taps - 1) % 2:
            from cnncalc.vocabulary.window_faults import HALF_OF_EVEN

            return Problem(
                HALF_OF_EVEN,
                f"`half` is {spread}*({taps} - 1)/2 = {spread * (taps - 1) / 2:g} for kernel {taps}",
                "padding",
                help=f"use `same`, or an odd kernel: {taps - 1 or 1} or {taps + 1}",
                changes=(Change("padding", "same"),),
            )
    return None
