"""Layers with a sliding window: fields to `Window`s, and the course's stride constraint with all exact fixes."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from itertools import takewhile
from math import gcd
from typing import Any, ClassVar

from cnncalc.diagnostic import DiagnosticKind
from cnncalc.exact import shown
from cnncalc.figure_words import grid
from cnncalc.shape import Shape, Window, half_padding, same_padding, strides
from cnncalc.vocabulary import faults
from cnncalc.vocabulary.field import Padding, PerAxis, Sides, base
from cnncalc.vocabulary.layer import Change, Inputs, Layer, Problem, Reach

# How many paddings and kernels beyond the present one are tried. A search over sizes tries them for each size.
FEW = 100


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
                ends = ((padding.top, padding.bottom), (padding.left, padding.right))
                before, after = ends[axis]
            case int():
                before = after = padding
            case _:
                before = after = int(padding[axis])
        result.append(Window(size, taps, step, before, after, spread, ceil))
    return tuple(result)


def both_ends(ends: Sequence[tuple[int, int]]) -> Any:
    """Padding before and after, for each axis, from a spec: one number, one for each axis, or sides."""
    if any(before != after for before, after in ends):
        if len(ends) == 2:
            (top, bottom), (left, right) = ends
            return {"top": top, "bottom": bottom, "left": left, "right": right}
        return tuple(ends)
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
        reported: set[Window] = set()
        for axis, window in zip(volume.axes, windows, strict=True):
            if window not in reported:
                reported.add(window)
                where = axis if len(set(windows)) > 1 else ""
                yield from _window_problems(self, volume, window, where)


def half_of_even(layer: Layer, volume: Shape) -> Problem | None:
    """`padding: half` with an even kernel."""
    if getattr(layer, "padding", None) != "half":
        return None
    kernel, dilation = (axiswise(getattr(layer, name, 1), volume.rank) for name in ("kernel", "dilation"))
    for taps, spread in zip(kernel, dilation, strict=False):
        if spread * (taps - 1) % 2:
            return Problem(
                faults.HALF_OF_EVEN,
                f"`half` is {spread}*({taps} - 1)/2 = {spread * (taps - 1) / 2:g} for kernel {taps}",
                "padding",
                help=f"use `same`, or an odd kernel: {taps - 1 or 1} or {taps + 1}",
                changes=(Change("padding", "same"),),
            )
    return None


def _window_problems(layer: Windowed, volume: Shape, window: Window, axis: str) -> Iterator[Problem]:
    where = f"{axis}: " if axis else ""
    sum_text = f"{where}(W - F + 2P)/S + 1 = {window.formula} = {window.quotient}"
    if not layer.fits(window, volume.rank):
        padded = window.size + window.before + window.after
        padding = f" with {window.before + window.after} of padding" if padded != window.size else ""
        changes = cache(lambda: tuple(_changes(layer, volume, fits_only=True)))
        yield Problem(
            faults.WINDOW_TOO_LARGE,
            f"{where}a window of {window.extent} does not fit an input of {window.size}{padding}",
            "kernel",
            layer.why_not(window),
            help=lambda: ways_out(faults.WINDOW_TOO_LARGE, changes(), volume, windows=(window,)),
            changes=changes,
        )
        return
    rest = window.remainder
    if not rest:
        return
    if window.ceil:
        yield Problem(faults.STRIDE_OVERHANGS, sum_text, "stride", (_rounded_up(window),), blocking=False)
    elif window.kernel < window.stride:
        unread = (
            f"; after the last window {window.unread} {_is(window.unread)} unread" if window.unread else ""
        )
        note = f"the kernel ({window.kernel}) is smaller than the stride ({window.stride})"
        yield Problem(faults.STRIDE_SUBSAMPLES, sum_text, "stride", (note + unread,), blocking=False)
    elif window.unread == 0:
        note = f"floor gives {window.output}; the rest at the end ({rest}) is padding"
        yield Problem(faults.STRIDE_DROPS_PADDING, sum_text, "stride", (note,), blocking=False)
    else:
        changes = cache(lambda: tuple(_changes(layer, volume)))
        yield Problem(
            faults.STRIDE_DROPS_INPUT,
            sum_text,
            "stride",
            (
                f"floor gives {window.output}; {_lost(window.unread, axis, volume)} of the input "
                f"{'is' if window.unread == 1 and (axis or volume.rank == 1) else 'are'} never read",
            ),
            help=lambda: ways_out(faults.STRIDE_DROPS_INPUT, changes(), volume, windows=(window,)),
            changes=changes,
            blocking=False,
            doubtful=True,
        )


def _rounded_up(window: Window) -> str:
    if window.span < 0:
        return (
            f"the window ({window.extent}) is larger than the padded input "
            f"({window.size + window.before + window.after}); ceil gives 1 that reaches {window.overhang} past it"
        )
    if window.overhang:
        return f"ceil gives {window.output}; the last window reaches {window.overhang} past the input"
    return f"ceil gives {window.output}: one more would start in the padding"


def _lost(count: int, axis: str, volume: Shape) -> str:
    last = "the last" if count == 1 else f"the last {count}"
    names = {"height": "row", "width": "column", "depth": "slice", "length": "position"}
    words = [names[name] for name in (volume.axes[-2:] if not axis else (axis,))]
    plural = "" if count == 1 else "s"
    return " and ".join(f"{last} {word}{plural}" for word in words)


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


def _changes(layer: Windowed, volume: Shape, *, fits_only: bool = False) -> Iterator[Change]:
    """The nearest values of one field, then of the input, with which no input is left unread along any axis.

    Padding changes the network least, and can leave padding unread; the other values are exact.
    """

    def good(candidate: Windowed, of: Shape, *, padding: bool = False) -> bool:
        if half_of_even(candidate, of) or not candidate.takes_its_padding(of):
            return False
        windows = candidate.windows(of)
        if fits_only:
            return all(candidate.fits(window, of.rank) for window in windows)
        return all(
            window.span >= 0 and (not window.remainder or (padding and not window.unread))
            for window in windows
        )

    windows = layer.windows(volume)
    for name in sorted(layer.adjustable, key=("padding", "kernel", "stride").index):
        now: Any = getattr(layer, name)
        base = windows[0].stride if name == "stride" else now
        if not isinstance(base, int):
            continue
        least = 0 if name == "padding" else 1
        symmetric = False
        for by in (1, -1) if name == "padding" else (-1, 1):
            values = takewhile(least.__le__, _values(layer, windows, name, base, by, fits_only))
            changed = ((value, _with(layer, name, value)) for value in values)
            fitting = (change for change in changed if good(change[1], volume, padding=name == "padding"))
            if (option := next(fitting, None)) is not None:
                exact = fits_only or not any(window.remainder for window in option[1].windows(volume))
                symmetric = symmetric or exact
                yield Change(name, option[0], exact)
        if name == "padding" and not fits_only:
            yield from _rounded(layer, volume)
            one_sided = one_sided_padding(windows)
            if one_sided is not None and not symmetric and good(_with(layer, name, one_sided), volume):
                yield Change(name, one_sided.nonzero() if isinstance(one_sided, Sides) else one_sided)
    yield from _inputs(layer, windows, volume, fits_only, good)


def one_sided_padding(windows: Sequence[Window]) -> Sides | str | None:
    """Padding with so many positions more at the end that no remainder is left, where the windows fit without.

    A spec says the sides of two axes only; of others `same` may come to it. None where that does not work.
    """
    padded = [window.one_sided or window for window in windows]
    if any(window.remainder for window in padded):
        return None
    if len(windows) != 2:
        return "same"
    (top, bottom), (left, right) = ((window.before, window.after) for window in padded)
    return Sides(top, bottom, left, right)


def _rounded(layer: Windowed, volume: Shape) -> Iterator[Change]:
    """`rounding: ceil`, of a layer that may round, where its last windows read what is left."""
    if getattr(layer, "rounding", None) == "floor":
        windows = _with(layer, "rounding", "ceil").windows(volume)
        if all(layer.fits(window, volume.rank) and not window.unread for window in windows):
            yield Change("rounding", "ceil", exact=False)


def _inputs(
    layer: Windowed,
    windows: Sequence[Window],
    volume: Shape,
    fits_only: bool,
    good: Callable[[Windowed, Shape], bool],
) -> Iterator[Change]:
    """The nearest smaller and larger inputs that fit the layer exactly."""
    bad = [window for window in windows if window.remainder or window.span < 0]
    for by in (-1, 1):
        for step in _steps(bad, "input", by, fits_only):
            sizes = tuple(window.size + by * step if window in bad else window.size for window in windows)
            if min(sizes) <= 0:
                break
            if good(layer, Shape(volume.channels, sizes)):
                yield Change("input", Shape(volume.channels, sizes))
                break


def _values(
    layer: Windowed, windows: Sequence[Window], name: str, base: int, by: int, fits_only: bool
) -> Iterator[int]:
    """Values of a field that may fit, below or above `base`, the nearest first."""
    padding: Any = getattr(layer, "padding", 0)
    if name == "stride":
        spans = gcd(*(window.span for window in windows)) if padding != "same" else 0
        tried = strides(base, max(window.span for window in windows))[by > 0] if not fits_only else ()
        # A much larger value is not a useful fix.
        yield from (value for value in tried if spans % value == 0 and value <= 2 * base)
    elif name == "padding" and not fits_only:
        # The last window then reaches the end: more is never needed.
        yield from (base + by * step for step in range(1, min(FEW, _most(windows)) + 1))
    elif name == "padding" or (padding not in ("half", "same") and getattr(layer, "stride", 1) is not None):
        yield from (base + by * step for step in _steps(windows, name, by, fits_only))
    else:
        # The padding, or the stride, changes with the kernel.
        yield from (base + by * step for step in range(1, 1 + (FEW if by < 0 else min(FEW, _most(windows)))))


def _steps(windows: Sequence[Window], name: str, by: int, fits_only: bool) -> Iterable[int]:
    """Steps down or up from a number, the smallest first, after which the spans may fit."""
    # How much a span grows with one step.
    growth = [by * {"kernel": -window.dilation, "padding": 2}.get(name, 1) for window in windows]
    if fits_only:
        return (
            (max(-(window.span // by) for window, by in zip(windows, growth, strict=True)),)
            if growth[0] > 0
            else ()
        )
    lead = max(range(len(windows)), key=lambda axis: windows[axis].stride)
    most = _most(windows)
    steps = windows[lead].steps(growth[lead])
    return steps if by < 0 else takewhile(most.__ge__, steps)


def _most(windows: Sequence[Window]) -> int:
    """How many steps up to try: a stride, plus what is missing for the window to fit."""
    return max(window.stride + max(0, -window.span) for window in windows)


def _with(layer: Windowed, name: str, value: Any) -> Windowed:
    """The layer with another value of one field. (Every layer type is a dataclass; its bases only declare fields.)"""
    changed: Windowed = replace(layer, **{name: value})  # type: ignore[type-var]
    return changed


def ways_out(
    fault: DiagnosticKind, changes: Sequence[Change], volume: Shape, *, windows: Sequence[Window] = ()
) -> str | None:
    """The changes as help: `padding 1 leaves only padding unread; exact with kernel 2 or 4, stride 1 or 7`."""
    ways = []
    padded = [change for change in changes if not change.exact and change.field == "padding"]
    if padded:
        verb = "leaves" if len(padded) == 1 else "leave"
        ways.append(f"{_listed(padded, volume)} {verb} only padding unread")
    if any(change.field == "rounding" for change in changes):
        ways.append("`rounding: ceil` reads the rest, in a last window that reaches past the end")
    if exact := [change for change in changes if change.exact]:
        word = "it fits" if fault is faults.WINDOW_TOO_LARGE else "exact"
        ways.append(f"{word} with {_listed(exact, volume)}")
    odd = next(
        (window for window in windows if window.stride % 2 == 0 and (window.size - window.extent) % 2), None
    )
    symmetric = any(change.field == "padding" and isinstance(change.value, int) for change in changes)
    if odd is not None and odd.span >= 0 and not symmetric:
        ways.append(f"no symmetric padding works ({odd.size - odd.extent} + 2P is odd)")
    return "; ".join(ways) or None


def _listed(changes: Iterable[Change], volume: Shape) -> str:
    """`kernel 2 or 4, stride 1 or 7, input 9 or 11`."""
    by_name: dict[str, list[str]] = {}
    square = len(set(volume.spatial)) == 1
    for change in changes:
        value = change.value
        if isinstance(value, Shape):
            value = value.spatial[0] if square and len(set(value.spatial)) == 1 else grid(value.spatial)
        by_name.setdefault(change.field, []).append(shown(value))
    return ", ".join(f"{name} {' or '.join(values)}" for name, values in by_name.items())
