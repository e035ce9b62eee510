"""The table as comma-separated values: bare figures, one header line, nothing else."""

import csv
from collections.abc import Iterator
from io import StringIO

from cnncalc.render.columns import COLUMNS, EVERY
from cnncalc.render.report import ReportPage
from cnncalc.report import Report


def render(report: Report, page: ReportPage) -> Iterator[str]:
    """RFC 4180, lines ended by a line feed. What is unknown is an empty cell."""
    columns = [COLUMNS[name] for name in page.columns or EVERY]
    buffer = StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([column.name for column in columns])
    for row in report.rows():
        writer.writerow(["" if (value := column.value(row)) is None else value for column in columns])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()
