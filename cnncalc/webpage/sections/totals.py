"""The input and the totals of a network."""

from cnncalc.drawing.words import headline
from cnncalc.webpage.markup import plain, tag
from cnncalc.webpage.section import PageSection, ReportedNetwork


def section(network: ReportedNetwork) -> PageSection:
    """The totals, and how exact each is."""
    return PageSection("totals", "Totals", tag("p", plain(headline(network.analysis))))
