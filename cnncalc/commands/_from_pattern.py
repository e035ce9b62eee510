"""The spec that `cnncalc new --pattern` writes."""

from collections.abc import Mapping
from typing import Any

from cnncalc.commands._run import build_graph, show_findings, status
from cnncalc.commands._starter import EDITOR, HINTS
from cnncalc.diagnostic import Severity
from cnncalc.pattern import NAME
from cnncalc.spec import read_spec
from cnncalc.text import from_text


def from_pattern(pattern: str, values: Mapping[str, Any], name: str | None) -> tuple[str | None, int]:
    """The text of the spec, and the exit status: there is no text where the pattern has an error, which is shown."""
    from cnncalc.render.pattern_spec import pattern_spec

    source, faults = from_text(pattern, NAME)
    spec = read_spec(source, faults, pattern=True)
    # What the pattern leaves out is said by comments in the text.
    graph = build_graph(spec, values=values, mode="inference", strict=False, max_nodes=None, quiet=True)
    errors = [item for item in graph.diagnostics if item.severity is Severity.ERROR]
    if errors or source is None:
        show_findings(errors, graph.sources)
        return None, status(errors)
    first, *lines = pattern_spec(source, values, name)
    return f"{EDITOR}{first}#\n{HINTS}{''.join(lines)}", 0
