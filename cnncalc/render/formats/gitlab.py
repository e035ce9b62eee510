"""Diagnostics as GitLab's Code Quality report: a merge request shows what is new and what is gone.

Source: GitLab's documentation, "Code Quality", the report format (a part of Code Climate's).
"""

from collections.abc import Iterator

from cnncalc.diagnostic import Severity
from cnncalc.render.findings import Findings
from cnncalc.render.formats import Format
from cnncalc.render.json_text import dumped
from cnncalc.render.places import fingerprints, line, path

SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


class GitLab(Format):
    """Renders findings."""

    escapes = "json"

    def findings(self, findings: Findings) -> Iterator[str]:
        """A list of issues."""
        words = fingerprints(findings.diagnostics, findings.sources)
        issues = [
            {
                "description": f"{item.code} {line(item.message)}",
                "check_name": f"{item.code}-{item.name}",
                "fingerprint": word,
                "severity": SEVERITIES[item.severity],
                "location": {
                    "path": path(item.span.file),
                    "lines": {"begin": item.span.line, "end": item.span.end_line},
                },
            }
            for item, word in zip(findings.diagnostics, words, strict=True)
        ]
        yield dumped(issues) + "\n"
