"""The table as a page: read by people in a browser and on paper, and by screen readers."""

from collections.abc import Iterator

from cnncalc.render.html_page import STYLE, Cell, page, paragraphs, plain, table
from cnncalc.render.report import ReportPage
from cnncalc.render.report._cells import columns_of, is_figure, legend, rows_of, sentences_of, title
from cnncalc.render.report.totals import named_totals
from cnncalc.report import Report


def render(report: Report, chosen: ReportPage) -> Iterator[str]:
    """A heading, the table with its totals at the foot, and the sentences."""
    columns = columns_of(report, chosen)
    head = [Cell(column.title, is_figure(column)) for column in columns]
    rows = list(rows_of(report, columns))
    cells = ([Cell(*cell) for cell in row] for row in rows)
    name = title(report)
    body = [
        f"<main>\n<h1>{plain(name)}</h1>\n",
        *table("Layers, and what each of them gives and costs", head, cells, named_totals(report)),
        *paragraphs(legend(rows)),
        *paragraphs(f"{sentence}." for sentence in sentences_of(report)),
        *_devices(report),
        "</main>\n",
    ]
    yield page(name, STYLE, "".join(body))


def _devices(report: Report) -> Iterator[str]:
    if not report.analysis.graph.devices:
        return
    from cnncalc.render import devices

    yield "<h2>Devices</h2>\n"
    for shown in devices.tables(report.analysis):
        figures = [side == ">" for side in shown.align]
        rows = (list(map(Cell, row, figures)) for row in shown.rows)
        yield from table(shown.caption, list(map(Cell, shown.titles, figures)), rows)
    yield from paragraphs(f"{note}." for note in devices.notes(report.analysis))
