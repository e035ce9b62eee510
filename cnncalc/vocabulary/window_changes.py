"""The nearest changes after which a window fits, or leaves no input unread; and how to say them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import takewhile
from math import gcd
from typing import Any

from cnncalc.diagnostic import DiagnosticKind
from cnncalc.exact import shown
from cnncalc.figure_words import grid
from cnncalc.shape import Shape, Window, strides
from cnncalc.vocabulary import window_faults
from cnncalc.vocabulary.layer import Change
from cnncalc.vocabulary.values import Sides
from cnncalc.vocabulary.window import Windowed, half_of_even

# How many paddings and kernels beyond the present one are tried. A search over sizes tries them for each size.
FEW = 100


def nearest_changes(layer: Windowed, volume: Shape, *, fits_only: bool = False) -> Iterator[Change]:
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
        base = windows[0].stride if name == "stride" else 0 if now == "valid" else now
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
                yield Change(name, one_sided.nonzero())
    yield from _inputs(layer, windows, volume, fits_only, good)


def one_sided_padding(windows: Sequence[Window]) -> Sides | None:
    """Padding that is larger at the end, so that no remainder is left; used where the windows fit without it.

    None where that does not work.
    """
    padded = [window.one_sided or window for window in windows]
    if any(window.remainder for window in padded):
        return None
    return Sides.of([(window.before, window.after) for window in padded])


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
    """The layer with another value of one field."""
    return layer.with_fields(**{name: value})


def ways_out(
    fault: DiagnosticKind, changes: Sequence[Change], volume: Shape, *, windows: Sequence[Window] = ()
) -> str | None:
    """The changes as help: `padding 1 leaves only padding unread; nothing is left over with kernel 2 or 4`."""
    ways = []
    padded = [change for change in changes if not change.exact and change.field == "padding"]
    if padded:
        verb = "leaves" if len(padded) == 1 else "leave"
        ways.append(f"{_listed(padded, volume)} {verb} only padding unread")
    if any(change.field == "rounding" for change in changes):
        ways.append("`rounding: ceil` reads the rest, in a last window that reaches past the end")
    if exact := [change for change in changes if change.exact]:
        word = "it fits" if fault is window_faults.WINDOW_TOO_LARGE else "nothing is left over"
        ways.append(f"{word} with {_listed(exact, volume)}")
    odd = next(
        (window for window in windows if window.stride % 2 == 0 and (window.size - window.extent) % 2), None
    )
    symmetric = any(change.field == "padding" and isinstance(change.value, int) for change in changes)
    if odd is not None and odd.span >= 0 and not symmetric:
        ways.append(f"no symmetric padding works ({odd.size - odd.extent} + 2P is odd)")
    return "; ".join(ways) or None


def _listed(changes: Iterable[Change], volume: Shape) -> str:
    """`kernel 2 or 4, or stride 1 or 7, or input 9 or 11`."""
    by_name: dict[str, list[str]] = {}
    square = len(set(volume.spatial)) == 1
    for change in changes:
        value = change.value
        if isinstance(value, Shape):
            value = value.spatial[0] if square and len(set(value.spatial)) == 1 else grid(value.spatial)
        by_name.setdefault(change.field, []).append(shown(value))
    return ", or ".join(f"{name} {' or '.join(values)}" for name, values in by_name.items())
