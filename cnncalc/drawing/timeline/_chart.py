"""The chart of memory over a step: categories one on top of another, phases below, the peak marked."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from math import ceil, log10

from cnncalc.drawing.svg import element, number, text, text_width, title
from cnncalc.drawing.timeline._states import State
from cnncalc.memory import CATEGORIES
from cnncalc.render.figures import size
from cnncalc.render.memory.words import CATEGORY_WORDS

HUE_OF = {
    "params": "blue",
    "buffers": "gray",
    "grads": "orange",
    "optimizer": "purple",
    "activations": "green",
    "temporaries": "yellow",
    "input": "sky",
    "workspace": "red",
}
WIDTH, HEIGHT = 700.0, 340.0
# The most lines across the chart.
TICKS = 6


def chart(moments: Sequence[State], names: Sequence[str], x: float, y: float) -> Iterator[str]:
    """The areas of a step with its axes, from a top left corner; `names` are what is at work at each moment."""
    most = max((moment.total for moment in moments), default=0) or 1
    step = WIDTH / max(1, len(moments))
    bottom = y + HEIGHT
    for level in _levels(most):
        height = bottom - HEIGHT * level / most
        yield element("path", class_="g", d=f"M{number(x)} {number(height)}h{number(WIDTH)}")
        yield text(x - 6, height + 4, size(level), "q s", "end")
    below = [0] * len(moments)
    for index, category in enumerate(CATEGORIES):
        held = [moment.held[index] for moment in moments]
        if any(held):
            above = [base + nbytes for base, nbytes in zip(below, held, strict=True)]
            area = _area(below, above, x, bottom, step, HEIGHT / most)
            yield element("path", title(CATEGORY_WORDS[category]), class_=HUE_OF[category], d=area)
            below = above
    yield from _phases(moments, x, bottom, step)
    yield element("g", *_hovered(moments, names, x, y, step), fill_opacity="0")
    yield from _peak(moments, names, x, bottom, step, HEIGHT / most)


def _levels(most: int) -> list[int]:
    """Round numbers of bytes in the unit of the largest, from 0 on."""
    unit = 1
    while most / unit >= 1024:
        unit *= 1024
    rough = most / unit / TICKS
    power = 10.0 ** ceil(log10(rough) - 1) if rough > 0 else 1.0
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor * TICKS >= most / unit)
    return [int(step * number * unit) for number in range(int(most / unit / step) + 1)]


def _area(
    below: Sequence[int], above: Sequence[int], x: float, bottom: float, step: float, scale: float
) -> str:
    """A stretch between two heights: along the upper one in steps, and back along the lower one."""
    path = [f"M{number(x)} {number(bottom - below[0] * scale)}"]
    for side in (list(enumerate(above)), list(enumerate(below))[::-1]):
        forwards = side[0][0] == 0
        for nbytes, run in groupby(side, key=lambda pair: pair[1]):
            positions = [position for position, _ in run]
            end = x + step * (positions[-1] + 1 if forwards else positions[-1])
            path.append(f"V{number(bottom - nbytes * scale)}H{number(end)}")
    return "".join(path) + "z"


def _phases(moments: Sequence[State], x: float, bottom: float, step: float) -> Iterator[str]:
    """The word of each phase below its part; where it has no room there, a viewer shows it."""
    start = 0
    for phase, run in groupby(moments, key=lambda moment: moment.phase):
        length = len(list(run))
        left, width = x + step * start, step * length
        line = element("path", class_="e w1", d=f"M{number(left)} {number(bottom)}v8")
        words = text(left + 4, bottom + 16, phase, "q s") if text_width(phase, 10) + 6 <= width else ""
        yield element("g", title(phase), line, words)
        start += length


def _hovered(
    moments: Sequence[State], names: Sequence[str], x: float, y: float, step: float
) -> Iterator[str]:
    """For viewers: over each moment, what is at work and how much is held."""
    for position, (moment, name) in enumerate(zip(moments, names, strict=True)):
        yield element(
            "rect",
            title(f"{name}: {size(moment.total)}"),
            x=x + step * position,
            y=y,
            width=step,
            height=HEIGHT,
        )


def _peak(
    moments: Sequence[State], names: Sequence[str], x: float, bottom: float, step: float, scale: float
) -> Iterator[str]:
    """A line at the peak, with its bytes."""
    position = next((place for place, moment in enumerate(moments) if moment.peak), None)
    if position is None:
        return
    moment = moments[position]
    across, top = x + step * (position + 0.5), bottom - moment.total * scale
    words = f"peak {size(moment.total)}: {names[position]}"
    anchor = "end" if across + text_width(words, 12, bold=True) > x + WIDTH else ""
    yield element("path", class_="e x", d=f"M{number(across)} {number(bottom)}V{number(top - 6)}")
    yield text(across + (-6 if anchor else 6), top - 10, words, "t o", anchor)
