"""JSON of `explain`: version 1, which only grows. An unknown figure is null."""

from collections.abc import Mapping, Sequence
from typing import Any

from cnncalc.analysis import Analysis, Fieldwork, Inexact
from cnncalc.analysis.layer_facts import Place
from cnncalc.graph import BlockUse, Graph, Node
from cnncalc.layers import shown
from cnncalc.render import field_of
from cnncalc.render.explanation import facts, facts_of
from cnncalc.render.json_text import diagnostic, dumped
from cnncalc.render.layer_facts.json import structured
from cnncalc.render.outline import totals
from cnncalc.render.report.json import json_field, json_row
from cnncalc.report import Report, Row, nodes_within

VERSION = 1


def names(analysis: Analysis, blocks: Mapping[str, BlockUse]) -> str:
    """Every layer and every use of a block."""
    content = {
        "layers": [_layer(row) for row in Report(analysis, fold=False).rows()],
        "blocks": [
            {"name": name, "block": frame.item.block, "line": frame.item.span.line}
            for name, frame in blocks.items()
        ],
    }
    return _dumped("network", analysis.graph, content)


def _layer(row: Row) -> dict[str, Any]:
    output = None if row.output is None else row.output.asdict()
    return {"name": row.name, "type": row.kind, "output": output, "params": row.params, "line": row.line}


def layer(analysis: Analysis, node: Node, places: Sequence[Place] = ()) -> str:
    """One layer's row as in `inspect`, every line of its page, and its facts as numbers (null where unknown)."""
    rows = Report(analysis, fold=False).rows()
    (row,) = [row for row in rows if row.name == node.name]
    lines = [{"name": name, "text": text} for name, text in facts(analysis, node, places)]
    own = facts_of(analysis, node, places)
    content = {**json_row(row), "facts": lines, "layer_facts": None if own is None else structured(own)}
    return _dumped("layer", analysis.graph, content)


def block(analysis: Analysis, frame: BlockUse) -> str:
    """One use of a block: parameters, totals, output, and a row for each layer inside."""
    last = nodes_within(analysis.graph, frame)[-1]
    rows = list(Report(analysis, fold=False, within=frame).rows())
    content = {
        "name": frame.name,
        "block": frame.item.block,
        "line": frame.item.span.line,
        "parameters": {name: _value(value) for name, value in frame.parameters.items()},
        **totals(analysis, frame),
        "output": None if last.shape is None else last.shape.asdict(),
        "receptive_field": json_row(rows[-1])["receptive_field"],
        "rows": list(map(json_row, rows)),
    }
    return _dumped("block", analysis.graph, content)


def field(analysis: Analysis, node: Node, source: Node, work: Fieldwork) -> str:
    """One layer's field on another's output, in positions of that output, and every line of its page."""
    result = work.results[node.index]
    random = work.random.get(node.index)
    exact = result if isinstance(result, Inexact) else Inexact("bound", random) if random else None
    fields = None if isinstance(result, Inexact) else result
    lines = field_of.facts(analysis.graph, node, source, work)
    content = {
        "name": node.name,
        "line": analysis.graph.line(node),
        "of": {"name": source.name, "line": analysis.graph.line(source)},
        "field": json_field(fields),
        **({} if exact is None else {"inexact": {"field": exact.asdict()}}),
        "facts": [{"name": name, "text": text} for name, text in lines],
    }
    return _dumped("field", analysis.graph, content)


def _value(value: Any) -> Any:
    """A parameter's value; one that JSON does not have is written as in a spec."""
    return value if value is None or isinstance(value, bool | int | float | str) else shown(value)


def _dumped(kind: str, graph: Graph, content: dict[str, Any]) -> str:
    head = {"version": VERSION, "explains": kind, "file": graph.spec.file}
    return dumped({**head, **content, "diagnostics": list(map(diagnostic, graph.diagnostics))})
