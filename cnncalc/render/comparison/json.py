"""JSON of a comparison: version 1, which only grows. Unknown figures are null."""

from collections.abc import Iterator, Sequence
from typing import Any

from cnncalc.comparison import FIGURES, TOTALS, ComparedLayer, ComparedSide, Comparison, LayerChange, Verdict
from cnncalc.render.comparison import ComparisonPage
from cnncalc.render.json_text import diagnostic, dumped
from cnncalc.shape import Shape
from cnncalc.vocabulary.values import Mapped

VERSION = 1
# Layers encoded at once.
CHUNK = 1000


def render(comparison: Comparison, verdicts: Sequence[Verdict], page: ComparisonPage) -> Iterator[str]:
    """One object with every layer of both networks, also unchanged ones."""
    old, new = comparison.old, comparison.new
    head = {
        "version": VERSION,
        "old": _side(old),
        "new": _side(new),
        "totals": {name: _figure(old.totals[name], new.totals[name]) for name in TOTALS},
        "counts": comparison.counts,
        **({"others": comparison.others} if comparison.others else {}),
    }
    yield dumped(head)[:-2] + ',\n  "layers": ['
    yield from _layers(comparison.changes)
    yield dumped({"conditions": [_verdict(verdict) for verdict in verdicts]})[1:] + "\n"


def _layers(changes: Sequence[LayerChange]) -> Iterator[str]:
    """The rest of the list in chunks: all at once would need a gigabyte for 100,000 layers."""
    for start in range(0, len(changes), CHUNK):
        text = dumped(list(map(_change, changes[start : start + CHUNK])))
        # Without the brackets, and indented one more level; no text in JSON has a line break.
        yield ("," if start else "") + text[1:-2].replace("\n", "\n  ")
    yield "\n  ]," if changes else "],"


def _side(side: ComparedSide) -> dict[str, Any]:
    return {
        "file": side.file,
        "name": side.name,
        "mode": side.mode,
        "values": dict(side.values),
        "inputs": [_shape(shape) for shape in side.shapes(side.inputs)],
        "outputs": [_shape(shape) for shape in side.shapes(side.outputs)],
        "devices": side.devices,
        "receptive_field": side.field,
        "receptive_field_largest": side.largest,
        "not_checked": side.not_checked,
        "expect_not_checked": side.expects,
        "inexact": {name: side.inexact[name].asdict() for name in TOTALS if name in side.inexact},
        "diagnostics": [diagnostic(item) for item in side.diagnostics],
    }


def _shape(shape: Shape | None) -> dict[str, int] | None:
    return None if shape is None else shape.asdict()


def _figure(old: int | None, new: int | None) -> dict[str, Any]:
    known = old is not None and new is not None
    return {
        "old": old,
        "new": new,
        "change": new - old if old is not None and new is not None else None,
        "percent": 100 * (new - old) / old if known and old and new is not None else None,
    }


def _change(change: LayerChange) -> dict[str, Any]:
    return {
        "status": change.what,
        "name": change.either.name,
        "differs": change.differs,
        "settings": {
            name: {"old": _value(old), "new": _value(new)} for name, (old, new) in change.settings.items()
        },
        "old": _layer(change.old),
        "new": _layer(change.new),
    }


def _value(value: Any) -> Any:
    if isinstance(value, Mapped):
        return value.asdict()
    return value


def _layer(layer: ComparedLayer | None) -> dict[str, Any] | None:
    if layer is None:
        return None
    return {
        "name": layer.name,
        "type": layer.kind,
        "label": layer.label,
        "output": _shape(layer.output),
        **{name: getattr(layer, name) for name in FIGURES},
        "receptive_field": layer.field,
        "frozen": layer.frozen,
        "module": layer.module,
        "receptive_field_largest": layer.largest,
        "line": layer.line,
        **({"shares": layer.shares} if layer.shares is not None else {}),
        **({"place": layer.place} if layer.place is not None else {}),
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {"condition": verdict.condition.text, "met": verdict.met, "fails": verdict.fails}
