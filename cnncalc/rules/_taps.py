"""How many taps of a window read the input, and not only padding; and with which fields all of them do."""

from typing import TypeAlias

from cnncalc.graph import BoundLayer
from cnncalc.shape import Window
from cnncalc.vocabulary.values import PerAxis
from cnncalc.vocabulary.window import Windowed

Fields: TypeAlias = dict[str, PerAxis]


def alive(window: Window) -> int:
    """The number of taps of a window that read the input at some position."""
    # The first position of a tap is `tap * dilation - before`; each step of the window adds a stride.
    last = (window.output - 1) * window.stride
    start, now, end = (_first_tap(window, position) for position in (-last, 1, window.size))
    # On the input at the first position of the window, or before it and on the input after a later step.
    on_it, ahead = max(0, end - now), now - start
    if window.stride > window.size and ahead:
        # A step can be wider than the input: then the position modulo the stride must be on the input.
        first = start * window.dilation - window.before
        rests = [
            _floors(ahead, window.stride, window.dilation, position)
            for position in (first, first - window.size)
        ]
        ahead = rests[0] - rests[1]
    return on_it + ahead


def _first_tap(window: Window, position: int) -> int:
    """The first tap whose first position is this one or a later one; the number of taps, if there is none."""
    return min(window.kernel, max(0, -(-(position + window.before) // window.dilation)))


def _floors(count: int, divisor: int, slope: int, start: int) -> int:
    """The sum of (slope * n + start) // divisor over n in range(count), without a loop over n.

    As in Euclid's algorithm: the whole part is taken out, and the rest is counted along the other axis.
    """
    total = 0
    while True:
        whole, slope = divmod(slope, divisor)
        more, start = divmod(start, divisor)
        total += whole * (count * (count - 1) // 2) + more * count
        count, start = divmod(slope * count + start, divisor)
        if not count:
            return total
        divisor, slope = slope, divisor


def with_live_taps(fit: BoundLayer, layer: Windowed) -> tuple[Fields, Windowed] | None:
    """Fields with which a layer gives the same shape and each of its taps reads the input, and that layer; else None.

    A smaller dilation changes no weight. Where the input has one position along an axis, only a smaller kernel helps.
    """
    windows = layer.windows(fit.inputs[0])
    if any(window.before != window.after or window.kernel % 2 == 0 for window in windows):
        return None
    # Along each axis: the taps on either side of the middle one, and how far they may be from it.
    arms = [window.kernel // 2 for window in windows]
    ends = [window.size - 1 for window in windows]
    steps = [window.dilation for window in windows]
    if max(steps) > 1 and all(end or not arm for arm, end in zip(arms, ends, strict=True)):
        steps = [
            min(step, end // arm) if arm else step for arm, step, end in zip(arms, steps, ends, strict=True)
        ]
        fields: Fields = {"dilation": _short(steps)}
    else:
        arms = [min(arm, end // step) for arm, step, end in zip(arms, steps, ends, strict=True)]
        fields = {"kernel": _short([2 * arm + 1 for arm in arms])}
    if getattr(layer, "padding", 0) not in ("half", "same"):
        # The output keeps its size if the padding gets smaller with the window.
        lost = [
            window.extent // 2 - arm * step for window, arm, step in zip(windows, arms, steps, strict=True)
        ]
        padding = [window.before - less for window, less in zip(windows, lost, strict=True)]
        if min(padding) < 0:
            return None
        fields["padding"] = _short(padding)
    if min(steps) < 1:
        return None
    changed = layer.with_fields(**fields)
    same = changed.output(fit.inputs) == fit.output
    live = all(alive(window) == window.kernel for window in changed.windows(fit.inputs[0]))
    return (fields, changed) if same and live else None


def _short(values: list[int]) -> PerAxis:
    """One number if it is the same for every axis."""
    return values[0] if len(set(values)) == 1 else tuple(values)
