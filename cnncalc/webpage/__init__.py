"""A report of networks as one HTML file, which loads nothing: figures, drawings and findings, linked with each other.

One section of the page is one file in `sections`, with a function `section`; what it does in a browser is in `scripts`.
"""

from typing import TYPE_CHECKING

from cnncalc import plugins

if TYPE_CHECKING:
    from cnncalc.webpage.page import report_page as report_page
    from cnncalc.webpage.section import PageSection as PageSection
    from cnncalc.webpage.section import ReportedNetwork as ReportedNetwork

# The public names of this package, with their modules.
_EXPORTS = {"ReportedNetwork": "section", "PageSection": "section", "report_page": "page"}
__all__ = ["PageSection", "ReportedNetwork", "report_page"]


if not TYPE_CHECKING:
    # Hidden from type checkers, which would accept any name.
    def __getattr__(name):
        return plugins.offered(__name__, _EXPORTS, name)
