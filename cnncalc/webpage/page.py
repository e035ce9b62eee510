"""The whole page: head, style sheet, sections of each network, and the script."""

from collections.abc import Iterator, Sequence
from importlib.resources import files

from cnncalc.drawing import shared_shapes, shared_style
from cnncalc.render import html_page
from cnncalc.webpage.comparison import comparison
from cnncalc.webpage.markup import items, json_script, plain, tag
from cnncalc.webpage.section import PageSection, ReportedNetwork
from cnncalc.webpage.sections import SECTIONS


def report_page(networks: Sequence[ReportedNetwork]) -> str:
    """The page of networks, as the text of one HTML file. Equal arguments give equal text."""
    names = ", ".join(network.graph.title for network in networks)
    if len(networks) == 1:
        body = article(networks[0], alone=True)
    else:
        links = [tag("a", plain(network.title), href=f"#{network.own('name')}") for network in networks]
        body = tag(
            "main",
            tag("h1", f"{len(networks)} networks"),
            tag("nav", items(links), aria_label="Networks"),
            comparison(networks),
            *(article(network, alone=False) for network in networks),
        )
    return html_page.page(names, style(), f"{shared_shapes()}\n{body}\n", script())


def article(network: ReportedNetwork, *, alone: bool) -> str:
    """The sections of one network; its name is the title of the page where it is `alone`."""
    level = 1 if alone else 2
    shown = list(sections(network))
    links = [tag("a", plain(each.title), href=f"#{network.own(each.id)}") for each in shown]
    parts = [
        tag(f"h{level}", plain(network.graph.title if alone else network.title), id=network.own("name")),
        tag("nav", items(links), aria_label=f"Sections of {network.title}"),
    ]
    parts += [framed(network, each, level + 1) for each in shown]
    return tag(
        "main" if alone else "article",
        *parts,
        data_network=network.number,
        data_prefix=network.prefix,
        aria_labelledby=network.own("name"),
    )


def sections(network: ReportedNetwork) -> Iterator[PageSection]:
    """The sections that have something to show of a network, in order."""
    for make in SECTIONS:
        section = make(network)
        if section is not None:
            yield section


def framed(network: ReportedNetwork, section: PageSection, level: int) -> str:
    """A section with its heading, and with its data for the script."""
    title = network.own(f"{section.id}-title")
    data = "" if section.data is None else json_script(section.data, network.own(f"{section.id}-data"))
    return tag(
        "section",
        tag(f"h{level}", plain(section.title), id=title),
        section.html,
        data,
        id=network.own(section.id),
        data_section=section.id,
        aria_labelledby=f"{title} {network.own('name')}",
    )


def style() -> str:
    """The style sheets of the page and of its sections."""
    sheets = [
        file for file in files("cnncalc.webpage").joinpath("assets").iterdir() if file.name.endswith(".css")
    ]
    return (
        shared_style()
        + "\n"
        + "".join(sheet.read_text(encoding="utf-8") for sheet in sorted(sheets, key=lambda file: file.name))
    )


def script() -> str:
    """The script that `make page-script` builds from the modules in `scripts`."""
    return files("cnncalc.webpage").joinpath("assets", "report.js").read_text(encoding="utf-8")
