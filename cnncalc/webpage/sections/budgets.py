"""The limits of the spec's budget as gauges."""

from cnncalc.exact import grouped
from cnncalc.figure_words import percent
from cnncalc.render.figures import UNKNOWN, size
from cnncalc.rules import measured_limits
from cnncalc.rules.budget import MeasuredLimit
from cnncalc.spec import Limit
from cnncalc.spec.budget import MODES
from cnncalc.webpage.lines import shown_line
from cnncalc.webpage.markup import plain, tag
from cnncalc.webpage.section import PageSection, ReportedNetwork

WORDS = {
    "params": "parameters",
    "macs": "MACs an image",
    "activations": "activations an image",
    "receptive_field": "receptive field",
    "training": "memory of a training step",
    "inference": "memory of a prediction",
}
SIGNS = {"<=": "at most", "<": "less than", ">=": "at least", ">": "more than"}


def section(network: ReportedNetwork) -> PageSection | None:
    """One gauge for each limit; None where the spec has none."""
    limits = measured_limits(network.analysis)
    if not limits:
        return None
    gauges = [_gauge(network, number, each) for number, each in enumerate(limits, 1)]
    return PageSection("budgets", "Budgets", tag("ul", *gauges, class_="gauges"))


def _gauge(network: ReportedNetwork, number: int, measured: MeasuredLimit) -> str:
    limit, value = measured.limit, measured.value
    kept = None if value is None else limit.holds(value)
    label = network.own(f"limit{number}")
    name = WORDS[limit.figure] + (f", {limit.batch} images" if (limit.batch or 1) > 1 else "")
    bound = f"{SIGNS[limit.bound.sign]} {_amount(limit, limit.bound.amount)}"
    mark, words = {True: ("✓", "within"), False: ("✗", "exceeded"), None: (UNKNOWN, "not known")}[kept]
    if kept is False and limit.bound.sign[0] == ">":
        words = "not reached"
    figure = UNKNOWN if value is None else _amount(limit, value)
    share = "" if value is None or not limit.bound.amount else f", {percent(value, limit.bound.amount)} of it"
    line = shown_line(network, limit.span)
    place = tag("a", f"line {limit.span.line}", href=f"#{line}") if limit.span is not None and line else ""
    return tag(
        "li",
        tag("span", plain(name), id=label, class_="limit"),
        tag("span", f"{mark} {words}", class_=f"state {'wrong' if kept is False else ''}".strip()),
        _meter(value, limit.bound.amount, label, f"{figure}, {bound}", wrong=kept is False),
        tag("span", plain(f"{figure}, {bound}{share} "), place, class_="figure"),
    )


def _meter(value: int | None, amount: int, label: str, words: str, *, wrong: bool) -> str:
    """The figure on a scale to 4/3 of the limit, or to itself where it is larger, with a mark at the limit."""
    most = max(amount * 4 / 3, value or 0, 1)
    part = 100 * (value or 0) / most
    return tag(
        "span",
        tag("span", class_="filled wrong" if wrong else "filled", style=f"width:{part:.1f}%"),
        tag("span", class_="mark", style=f"left:{100 * amount / most:.1f}%"),
        class_="meter",
        role="meter",
        aria_labelledby=label,
        aria_valuemin=0,
        aria_valuemax=round(most),
        aria_valuenow=value or 0,
        aria_valuetext=words,
    )


def _amount(limit: Limit, amount: int) -> str:
    if limit.figure in MODES:
        return size(amount)
    return f"{grouped(amount)}{' px' if limit.figure == 'receptive_field' else ''}"
