"""Diagnostics as workflow commands: GitHub Actions shows each beside its line in a pull request.

Source: GitHub's documentation, "Workflow commands for GitHub Actions"; the escapes are those of actions/toolkit.
"""

from collections.abc import Iterator

from cnncalc.diagnostic import Severity
from cnncalc.render.brief import worst_first
from cnncalc.render.findings import Findings
from cnncalc.render.formats import Format
from cnncalc.render.places import Columns, path, text_lines

COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


class GitHub(Format):
    """Renders findings."""

    holds_commands = True

    def findings(self, findings: Findings) -> Iterator[str]:
        """One command a line; message, notes and help are its text.

        GitHub shows ten of each kind in a step: the worst come first.
        """
        columns = Columns(findings.sources)
        for item in worst_first(findings.diagnostics):
            span = item.span
            properties = {"file": path(span.file), "line": span.line, "endLine": span.end_line}
            if span.line == span.end_line:
                # Columns of a stretch over several lines make GitHub refuse the annotation.
                properties["col"], properties["endColumn"] = columns.of(span)
            properties["title"] = f"{item.code} {item.name}"
            given = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
            text = "%0A".join(_data(line) for line in text_lines(item))
            yield f"::{COMMANDS[item.severity]} {given}::{text}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
