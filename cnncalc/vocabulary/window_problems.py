"""Problems of windows that do not fit, or leave input unread: the arithmetic, with numbers.

Imported only where there is such a window: most networks have none, and start faster without this file.
"""

from collections.abc import Iterator
from functools import cache

from cnncalc.exact import counted
from cnncalc.shape import Shape, Window
from cnncalc.vocabulary import window_faults
from cnncalc.vocabulary.layer import Problem
from cnncalc.vocabulary.window import Windowed
from cnncalc.vocabulary.window_changes import nearest_changes, ways_out


def window_problems(layer: Windowed, volume: Shape, window: Window, axis: str) -> Iterator[Problem]:
    where = f"{axis}: " if axis else ""
    sum_text = f"{where}(W - F + 2P)/S + 1 = {window.formula} = {window.quotient}"
    if not layer.fits(window, volume.rank):
        padded = window.size + window.before + window.after
        padding = f" with {window.before + window.after} of padding" if padded != window.size else ""
        changes = cache(lambda: tuple(nearest_changes(layer, volume, fits_only=True)))
        yield Problem(
            window_faults.WINDOW_TOO_LARGE,
            f"{where}a window of {window.extent} does not fit an input of {window.size}{padding}",
            "kernel",
            layer.why_not(window),
            help=lambda: ways_out(window_faults.WINDOW_TOO_LARGE, changes(), volume, windows=(window,)),
            changes=changes,
        )
        return
    rest = window.remainder
    if not rest:
        return
    if window.ceil:
        message = f"{sum_text}, rounded up"
        yield Problem(
            window_faults.STRIDE_OVERHANGS, message, "stride", (_rounded_up(window),), blocking=False
        )
    elif window.kernel < window.stride:
        unread = window.unread
        after = f" and {counted(unread, 'position')} after the last one" if unread else ""
        note = (
            f"the kernel ({window.kernel}) is smaller than the stride ({window.stride}): positions between the windows"
            f"{after} are never read"
        )
        message = f"{sum_text}; the stride skips positions"
        yield Problem(window_faults.STRIDE_SUBSAMPLES, message, "stride", (note,), blocking=False)
    elif window.unread == 0:
        note = (
            f"floor gives {window.output}; all of the input is read; {counted(rest, 'position')} of padding at the end "
            f"{_is(rest)} not"
        )
        message = f"{sum_text}; only padding is left over"
        yield Problem(window_faults.STRIDE_DROPS_PADDING, message, "stride", (note,), blocking=False)
    else:
        changes = cache(lambda: tuple(nearest_changes(layer, volume)))
        yield Problem(
            window_faults.STRIDE_DROPS_INPUT,
            sum_text,
            "stride",
            (
                f"floor gives {window.output}; {_lost(window.unread, axis, volume)} of the input "
                f"{'is' if window.unread == 1 and (axis or volume.rank == 1) else 'are'} never read",
            ),
            help=lambda: ways_out(window_faults.STRIDE_DROPS_INPUT, changes(), volume, windows=(window,)),
            changes=changes,
            blocking=False,
            doubtful=True,
        )


def _rounded_up(window: Window) -> str:
    if window.span < 0:
        return (
            f"the window ({window.extent}) is larger than the padded input "
            f"({window.size + window.before + window.after}); ceil gives one window, which reaches "
            f"{counted(window.overhang, 'position')} past it"
        )
    if window.overhang:
        over = counted(window.overhang, "position")
        return f"ceil gives {window.output}; the last window reaches {over} past the input"
    return f"ceil gives {window.output}: one more would start in the padding"


def _lost(count: int, axis: str, volume: Shape) -> str:
    last = "the last" if count == 1 else f"the last {count}"
    names = {"height": "row", "width": "column", "depth": "slice", "length": "position"}
    words = [names[name] for name in (volume.axes[-2:] if not axis else (axis,))]
    plural = "" if count == 1 else "s"
    return " and ".join(f"{last} {word}{plural}" for word in words)


def _is(count: int) -> str:
    return "is" if count == 1 else "are"
