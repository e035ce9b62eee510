"""The table as comma-separated values: plain figures and one header line."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cnncalc.render.formats import Format

if TYPE_CHECKING:
    from cnncalc.render.report import ReportPage
    from cnncalc.render.specs import ListedSpec, SpecsPage
    from cnncalc.report import Report


class CSV(Format):
    """Renders the table of `inspect`, and the list of `specs`."""

    ends = (".csv",)

    def report(self, report: "Report", page: "ReportPage") -> Iterator[str]:
        """RFC 4180, with a line feed after each line. An unknown figure is an empty cell."""
        import csv
        from io import StringIO

        from cnncalc.render.columns import chosen

        columns = chosen(report, page.columns)
        buffer = StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        writer.writerow([column.name for column in columns])
        for row in report.rows():
            writer.writerow(["" if (value := column.value(row)) is None else value for column in columns])
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
        yield buffer.getvalue()

    def specs(self, specs: "Sequence[ListedSpec]", page: "SpecsPage") -> Iterator[str]:
        from cnncalc.render.specs import csv

        return csv(specs, page)
