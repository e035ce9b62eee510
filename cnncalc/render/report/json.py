"""JSON of a report: version 1, which only grows."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any

from cnncalc.analysis import Analysis, Fields, Inexact
from cnncalc.exact import is_fraction
from cnncalc.render.claims import claims_json
from cnncalc.render.json_text import diagnostic, dumped
from cnncalc.render.report import ReportPage
from cnncalc.report import Report, Row

VERSION = 1
# Rows encoded at once.
CHUNK = 1000


def render(report: Report, page: ReportPage) -> Iterator[str]:
    """One object. Every layer has its row, in the order of computation: only `depth` folds rows."""
    analysis = report.analysis
    graph, sums = analysis.graph, analysis.totals
    head = {
        "version": VERSION,
        "name": graph.spec.name,
        "source": graph.spec.origin,
        "file": graph.spec.file,
        "mode": graph.mode,
        "dtype": analysis.dtype,
        "batch": analysis.batch,
        "inputs": {node.name: node.shape.asdict() if node.shape else None for node in graph.inputs},
        "outputs": [graph.nodes[index].name for index in graph.outputs],
        "totals": {
            "layers": sums.layers,
            "weight_layers": sums.weight_layers,
            "depth": analysis.depth.asdict() if analysis.depth else None,
            "params": sums.params,
            "weights": sums.weights,
            "trainable_params": sums.trainable_params,
            "buffers": sums.buffers,
            "param_bytes": sums.param_bytes,
            "buffer_bytes": sums.buffer_bytes,
            "macs": sums.macs,
            "work": sums.work._asdict() if sums.work else None,
            "activations": sums.activations,
            "activation_bytes": sums.activation_bytes,
            **_training_step(analysis),
            "inexact": {name: figure.asdict() for name, figure in _inexact(analysis).items()},
        },
        "not_checked": graph.not_checked,
        "expect_not_checked": graph.unchecked.expects,
        "sentences": list(report.sentences),
        "fixes_input_size": _fixing(analysis),
        "claims": claims_json(analysis),
        **(analysis.devices.asdict() if graph.devices else {"devices": [], "transfers": []}),
    }
    yield dumped(head)[:-2] + ',\n  "rows": ['
    comma = ""
    rows = report._replace(fold=False).rows()
    while chunk := [json_row(row) for row in islice(rows, CHUNK)]:
        # Rows are encoded together for speed, then put on one line each: the replaced text cannot be inside a row.
        text = dumped(chunk, indent=None)[1:-1]
        yield f"{comma}\n    " + text.replace('}, {"name": ', '},\n    {"name": ')
        comma = ","
    diagnostics = [diagnostic(item) for item in report.diagnostics]
    yield '\n  ],\n  "diagnostics": ' + dumped(diagnostics) + "\n}\n"


def _training_step(analysis: Analysis) -> dict[str, dict[str, int] | None]:
    """Multiply-adds of a training step on one image, of a network in training."""
    if analysis.graph.mode != "training":
        return {}
    forward, back = analysis.totals.macs, analysis.backward_macs
    if forward is None or back is None:
        return {"training_step": None}
    macs = {"forward_macs": forward, "data_macs": back.data, "weights_macs": back.weights}
    return {"training_step": {**macs, "macs": forward + back.total}}


def _fixing(analysis: Analysis) -> list[dict[str, Any]] | None:
    """The layers whose weights change with the size of the input; null where that is unknown."""
    if analysis.fixing_input is None:
        return None
    owned = analysis.parameters
    return [
        {
            "name": node.name,
            "line": analysis.graph.line(node),
            "weights": None if (learned := owned[node.index]) is None else learned.weights,
        }
        for node in analysis.fixing_input
    ]


def _inexact(analysis: Analysis) -> Mapping[str, Inexact]:
    """The totals that are not exact. Where MACs are unknown, so are the depth and a training step."""
    inexact = analysis.totals.inexact
    if "macs" not in inexact:
        return inexact
    unknown = inexact["macs"]._replace(at_least=None)
    names = ("training_step",) if analysis.graph.mode == "training" else ()
    return {**inexact, **dict.fromkeys(names if analysis.depth else ("depth", *names), unknown)}


def json_row(row: Row) -> dict[str, Any]:
    inexact = {name: figure.asdict() for name, figure in row.inexact.items()}
    return {
        "name": row.name,
        "type": row.kind,
        "label": row.label,
        "inputs": row.inputs,
        "output": row.output.asdict() if row.output is not None else None,
        "activations": row.activations,
        "params": row.params,
        "weights": row.weights,
        "macs": row.macs,
        "receptive_field": json_field(row.field),
        "line": row.line,
        "shared_with": row.shared,
        **({"place": row.place} if row.place is not None else {}),
        **({"inexact": inexact} if inexact else {}),
    }


# Elementwise layers have the field of the previous layer.
@lru_cache(maxsize=64)
def json_field(fields: Fields | None) -> dict[str, Any] | None:
    """As documented in docs/python.md; keys that would only repeat `size` and `start` are left out."""
    if fields is None:
        return None
    content: dict[str, Any] = {
        "size": [field.size for field in fields],
        "stride": _numbers([field.stride for field in fields]),
        "start": [field.start for field in fields],
    }
    if all(field.is_plain for field in fields):
        return content
    if any(field.largest != field.size for field in fields):
        content["largest"] = [field.largest for field in fields]
    if any(len(field.phases) > 1 for field in fields):
        content["phases"] = [field.phases for field in fields]
        content["shift"] = [field.shift for field in fields]
    if any(field.fixed for field in fields):
        content["fixed"] = [field.fixed for field in fields]
        content["whole_input"] = [field.whole for field in fields]
    return content


def _numbers(values: list[Any]) -> list[float]:
    return [float(value) for value in values] if any(map(is_fraction, values)) else values
