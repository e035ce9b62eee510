"""The table as LaTeX, for a paper or a thesis: a part of a document, which says the packages that it needs."""

from collections.abc import Iterator

from cnncalc.render.latex import PACKAGES, items, table
from cnncalc.render.report import ReportPage
from cnncalc.render.report._cells import columns_of, is_figure, legend, rows_of, sentences_of, title
from cnncalc.render.report.totals import named_totals
from cnncalc.report import Report


def render(report: Report, page: ReportPage) -> Iterator[str]:
    """The table, and below it a list of the totals and the sentences."""
    columns = columns_of(report, page)
    yield f"% Needs \\usepackage{{{','.join(PACKAGES)}}}\n"
    rows = list(rows_of(report, columns))
    texts = ([cell.text for cell in row] for row in rows)
    figures = [is_figure(column) for column in columns]
    yield from table(title(report), [column.title for column in columns], figures, texts)
    totals = [f"{name}: {text}" for name, text in named_totals(report)]
    yield from items([*totals, *legend(rows), *(f"{sentence}." for sentence in sentences_of(report))])
    if report.analysis.graph.devices:
        from cnncalc.render import devices

        for shown in devices.tables(report.analysis):
            yield from table(shown.caption, shown.titles, [side == ">" for side in shown.align], shown.rows)
        yield from items(f"{note}." for note in devices.notes(report.analysis))
