"""Diagnostics on one line each, as compilers print them: for editors, grep and problem matchers."""

from collections.abc import Iterator

from cnncalc.render.findings import Findings
from cnncalc.render.formats import Format
from cnncalc.render.places import line


class Concise(Format):
    """Renders findings."""

    summary_on_stderr = True

    def findings(self, findings: Findings) -> Iterator[str]:
        """`FILE:LINE:COLUMN: SEVERITY CODE MESSAGE [NAME]`, columns counted in characters."""
        for item in findings.diagnostics:
            span = item.span
            place = f"{line(span.file)}:{span.line}:{span.column}"
            yield f"{place}: {item.severity.word} {item.code} {line(item.message)} [{item.name}]\n"
