"""JSON of findings: version 1, which only grows."""

from collections.abc import Iterator

from cnncalc.render.findings import Findings
from cnncalc.render.json_text import diagnostic, dumped

VERSION = 1


def render(findings: Findings) -> Iterator[str]:
    """One object: what was checked, and every diagnostic."""
    content = {
        "version": VERSION,
        **findings.figures,
        "diagnostics": [diagnostic(item) for item in findings.diagnostics],
    }
    yield dumped(content) + "\n"
