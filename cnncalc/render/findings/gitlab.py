"""Diagnostics as GitLab's Code Quality report: a merge request shows what is new and what is gone.

Source: GitLab's documentation, "Code Quality", the report format (a part of Code Climate's).
"""

from collections.abc import Iterator, Mapping, Sequence

from cnncalc.diagnostic import Diagnostic, Severity
from cnncalc.render.json_text import dumped
from cnncalc.render.places import fingerprints, line, path
from cnncalc.text import Source

SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def render(diagnostics: Sequence[Diagnostic], sources: Mapping[str, Source]) -> Iterator[str]:
    """A list of issues."""
    words = fingerprints(diagnostics, sources)
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
        for item, word in zip(diagnostics, words, strict=True)
    ]
    yield dumped(issues) + "\n"
