"""What one rule finds, in preview or not, and what stands where it points."""

import re
from typing import Any

import cnncalc
from cnncalc.analysis import Analysis
from cnncalc.diagnostic import Diagnostic, edited
from cnncalc.rules import Choice, Selection, check

HEAD = "cnncalc: 1\ninput: 32x32x3\n"


def alone(code: str, text: str, **options: Any) -> list[Diagnostic]:
    """The findings of one rule in a spec, which must have no error."""
    graph = cnncalc.load(text, **options)
    assert graph.ok, [item.message for item in graph.diagnostics]
    return list(check(cnncalc.analyse(graph), Selection((Choice(select=(code,)),), preview=True)))


def pointed(text: str, item: Diagnostic) -> str:
    """The text under the caret."""
    assert item.span.line == item.span.end_line
    return text.splitlines()[item.span.line - 1][item.span.column - 1 : item.span.end_column - 1]


def notes(item: Diagnostic) -> list[str]:
    return [note.text for note in item.notes]


def corrected(code: str, text: str) -> list[Analysis]:
    """The figures after each fix of the first finding. No fix is safe: each makes another network."""
    item = alone(code, text)[0]
    assert not any(fix.safe for fix in item.fixes)
    after = [edited(text, fix) for fix in item.fixes]
    for spec in after:
        assert (code, item.span.start) not in {
            (diagnostic.code, diagnostic.span.start) for diagnostic in alone(code, spec)
        }
    return [cnncalc.analyse(cnncalc.load(text)) for text in after]


def output(analysis: Analysis) -> str:
    """The shape that the network gives."""
    graph = analysis.graph
    return str(graph.nodes[graph.outputs[0]].shape)


def shipped(name: str, size: str) -> str:
    """The text of a shipped spec with another input, and no more statements about its volumes."""
    text = next(iter(cnncalc.load(name).spec.sources.values())).text
    return re.sub(r"\n +expect: .*", "", re.sub(r"\ninput: .*", f"\ninput: {size}", text))
