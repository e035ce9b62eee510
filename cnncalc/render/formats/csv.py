"""The table as comma-separated values: bare figures, one header line, nothing else."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cnncalc.render.formats import Format

if TYPE_CHECKING:
    from cnncalc.render.report import ReportPage
    from cnncalc.report import Report


class CSV(Format):
    """Renders the table of `inspect`."""

    def report(self, report: "Report", page: "ReportPage") -> Iterator[str]:
        """RFC 4180, lines ended by a line feed. What is unknown is an empty cell."""
        import csv
        from io import StringIO

        from cnncalc.render.columns import COLUMNS, EVERY

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
