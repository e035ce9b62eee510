"""Plots of several networks, as drawings with text."""

from collections.abc import Iterator, Sequence
from math import ceil, floor, log10, sqrt

from cnncalc.drawing.svg import HUES, document, element, number, shortened, text, text_width, title
from cnncalc.render.figures import UNKNOWN
from cnncalc.webpage.figures import ACTIVATIONS, FIELD, MACS, MEMORY, PARAMS, ComparedFigure
from cnncalc.webpage.section import ReportedNetwork

COLOURS = tuple(name for name in HUES if name != "gray")
# The plot of circles: its sides, the space for the words of its axes, and the largest circle.
WIDE, HIGH, LEFT, BELOW, LARGEST = 560.0, 360.0, 92.0, 46.0, 44.0
# The bars: names, one bar, and the rows.
NAMES, BAR, ROW, GROUP = 210.0, 300.0, 20.0, 44.0


def bubbles(networks: Sequence[ReportedNetwork]) -> str:
    """Multiply-adds across, memory upwards, parameters as the area of a circle; empty where no network has them all.

    Where the memory is unknown in some of them, activations are in its place.
    """
    upwards = MEMORY if all(MEMORY.value(network) for network in networks) else ACTIVATIONS
    figures = (MACS, upwards, PARAMS)
    shown: list[tuple[ReportedNetwork, int, int, int]] = []
    for network in networks:
        operations, height, params = (figure.value(network) for figure in figures)
        if operations and height and params:
            shown.append((network, operations, height, params))
    if not shown:
        return ""
    across, up = _Axis([each[1] for each in shown], WIDE), _Axis([each[2] for each in shown], HIGH)
    most = max(each[3] for each in shown)
    body = [*_axis_across(across, MACS), *_axis_up(up, upwards)]
    # The largest first: a small circle is not covered.
    for network, macs, memory, params in sorted(shown, key=lambda each: -each[3]):
        x, y = LEFT + across.place(macs), HIGH - up.place(memory)
        words = [f"{figure.name}: {figure.text(network)}" for figure in figures]
        colour = _colour(network)
        circle = element("circle", cx=x, cy=y, r=max(3.0, LARGEST * sqrt(params / most)), class_=f"{colour} v{colour}",
                         fill_opacity="0.35", stroke_width="2")  # fmt: skip
        body.append(element("g", title(network.graph.title, *words), circle))
    body += [text(LEFT + across.place(macs), HIGH - up.place(memory) + 4, str(network.number), "t o", "middle")
             for network, macs, memory, _ in shown]  # fmt: skip
    body += list(_legend(networks, LEFT + WIDE + 24))
    names = max(text_width(network.title, 11) for network in networks)
    tall = max(HIGH + BELOW, 22.0 * len(networks) + 20)
    about = f"{MACS.name} across, {upwards.name} upwards, {PARAMS.name} as areas, of {len(shown)} networks"
    return document("Networks", about, LEFT + WIDE + 60 + min(names, 320), tall, body, in_page=True)


def bars(networks: Sequence[ReportedNetwork]) -> str:
    """For each figure a bar for each network, as long as it can be for the largest."""
    body: list[str] = []
    y = 14.0
    for figure in (PARAMS, MACS, MEMORY, FIELD):
        body.append(text(0, y, figure.name, "t"))
        most = max((figure.value(network) or 0 for network in networks), default=0)
        for network in networks:
            y += ROW
            body.append(_bar(network, figure, most, y))
        y += GROUP
    return document("Networks", "figures as bars", NAMES + BAR + 190, y - GROUP + 10, body, in_page=True)


def _bar(network: ReportedNetwork, figure: ComparedFigure, most: int, y: float) -> str:
    value, words = figure.value(network), figure.text(network)
    name = shortened(network.title, NAMES - 12, 11)
    length = BAR * value / most if value and most else 0.0
    bar = ""
    if value is None:
        length = 24.0
        bar = element("rect", class_="cu", x=NAMES, y=y - 11, width=length, height=14.0)
    elif value:
        bar = element("rect", class_=_colour(network), x=NAMES, y=y - 11, width=max(1.0, length), height=14.0)
    return element(
        "g",
        title(network.graph.title, f"{figure.name}: {words}"),
        text(0, y, name, ""),
        bar,
        text(NAMES + length + 6, y, words or UNKNOWN, "q"),
    )


def _colour(network: ReportedNetwork) -> str:
    return COLOURS[(network.number - 1) % len(COLOURS)]


class _Axis:
    """A logarithmic scale with room on both sides, on a length in pixels."""

    def __init__(self, values: Sequence[int], length: float) -> None:
        margin = 0.25
        self._low, self._high = log10(min(values)) - margin, log10(max(values)) + margin
        self._length = length

    def place(self, value: float) -> float:
        return (log10(value) - self._low) / (self._high - self._low) * self._length

    def ticks(self, *, binary: bool) -> list[int]:
        """Round numbers, at most about ten."""
        if binary:
            exponents = range(floor(self._low / log10(2)), ceil(self._high / log10(2)) + 1)
            inside = [
                2**exponent
                for exponent in exponents
                if exponent >= 0 and self._low <= exponent * log10(2) <= self._high
            ]
            return inside[:: 1 + len(inside) // 10]
        steps = (1, 2, 5) if self._high - self._low < 3 else (1,)
        powers = range(floor(self._low), ceil(self._high) + 1)
        return [
            int(step * 10**power)
            for power in powers
            for step in steps
            if power >= 0 and self._low <= log10(step * 10**power) <= self._high
        ]


def _round(figure: ComparedFigure, value: int) -> str:
    """A round number: `10G`, `128 MiB`."""
    return figure.words(value).replace(".00", "").replace(".0M", "M")


def _axis_across(axis: _Axis, figure: ComparedFigure) -> Iterator[str]:
    for tick in axis.ticks(binary=figure.binary):
        x = LEFT + axis.place(tick)
        yield element("path", class_="g", d=f"M{number(x)} 0V{number(HIGH)}")
        yield text(x, HIGH + 16, _round(figure, tick), "q", "middle")
    yield text(LEFT + WIDE / 2, HIGH + 36, figure.name, "", "middle")


def _axis_up(axis: _Axis, figure: ComparedFigure) -> Iterator[str]:
    for tick in axis.ticks(binary=figure.binary):
        y = HIGH - axis.place(tick)
        yield element("path", class_="g", d=f"M{number(LEFT)} {number(y)}h{number(WIDE)}")
        yield text(LEFT - 8, y + 4, _round(figure, tick), "q", "end")
    yield text(0, -8, figure.name, "")


def _legend(networks: Sequence[ReportedNetwork], x: float) -> Iterator[str]:
    for row, network in enumerate(networks):
        y = 12 + 22.0 * row
        yield element("rect", class_=_colour(network), x=x, y=y - 10, width=11.0, height=11.0, rx=2.0)
        yield text(x + 18, y, shortened(network.title, 320, 11), "")
