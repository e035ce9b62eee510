"""The sections of the page, one in each file: a function `section` from a network to the section, or to None."""

from collections.abc import Callable

from cnncalc.webpage.section import PageSection, ReportedNetwork
from cnncalc.webpage.sections import bars, budgets, conventions, fields, graph, memory, spec, table, totals

# In the order of the page.
SECTIONS: tuple[Callable[[ReportedNetwork], PageSection | None], ...] = (
    totals.section,
    budgets.section,
    graph.section,
    table.section,
    bars.section,
    memory.section,
    fields.section,
    spec.section,
    conventions.section,
)
