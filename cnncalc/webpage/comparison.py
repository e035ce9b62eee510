"""Networks side by side: a table of their figures, and the plots of the lecture."""

from collections.abc import Sequence

from cnncalc.exact import counted
from cnncalc.render.figures import UNKNOWN
from cnncalc.webpage.figures import ALL
from cnncalc.webpage.markup import block, plain, tag
from cnncalc.webpage.plots import bars, bubbles
from cnncalc.webpage.section import ReportedNetwork
from cnncalc.webpage.sections.totals import memory_run


def comparison(networks: Sequence[ReportedNetwork]) -> str:
    """The sections that come before those of each network."""
    return "".join(
        (
            _section("figures", "Side by side", _table(networks)),
            _section(
                "operations",
                "Operations, memory, parameters",
                _drawing(
                    bubbles(networks),
                    "Plot of the networks",
                    "The larger a circle, the more parameters. Both axes are logarithmic.",
                ),
            ),
            _section("compared", "Figure by figure", _drawing(bars(networks), "Bars of the networks")),
        )
    )


def _section(word: str, title: str, html: str) -> str:
    return tag(
        "section",
        tag("h2", title, id=f":{word}-title"),
        html,
        id=f":{word}",
        aria_labelledby=f":{word}-title",
    )


def _drawing(drawing: str, label: str, note: str = "") -> str:
    if not drawing:
        return tag("p", "No network has all of these figures.")
    framed = block(drawing, class_="drawing wide", tabindex=0, role="group", aria_label=label)
    return (tag("p", note, class_="quiet") if note else "") + framed


def _table(networks: Sequence[ReportedNetwork]) -> str:
    head = [tag("th", word, scope="col") for word in ("network", "input")]
    head += [tag("th", plain(figure.name), scope="col", class_="figure") for figure in ALL]
    rows = []
    for network in networks:
        inputs = ", ".join(
            UNKNOWN if node.shape is None else str(node.shape) for node in network.graph.inputs
        )
        name = tag("a", plain(network.title), href=f"#{network.own('name')}")
        cells = [tag("th", name, scope="row"), tag("td", plain(inputs))]
        cells += [tag("td", plain(figure.text(network)), class_="figure") for figure in ALL]
        rows.append(tag("tr", *cells))
    run = next((memory_run(network) for network in networks if network.estimate is not None), "")
    caption = tag("caption", plain(counted(len(networks), "network") + (f"; memory {run}" if run else "")))
    table = tag("table", caption, tag("thead", tag("tr", *head)), tag("tbody", *rows), class_="compared")
    return block(table, class_="wide", tabindex=0, role="group", aria_label="Figures of the networks")
