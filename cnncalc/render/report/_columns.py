"""The columns of the table: what each shows of a row, to people and to programs."""

from collections.abc import Callable
from typing import NamedTuple

from cnncalc.render._figures import UNKNOWN, exact, receptive, short
from cnncalc.report import Row


class Column(NamedTuple):
    """One column. `cells` are aligned each by itself (`<` left, `>` right); `value` is the bare figure."""

    name: str
    title: str
    cells: Callable[[Row], tuple[str, ...]]
    align: str
    value: Callable[[Row], str | int | None]


def _product(formula: str, value: str) -> tuple[str, ...]:
    return (formula, "=" if formula else "", value)


def _volume(row: Row) -> str:
    if row.output is None:
        return UNKNOWN
    text = str(row.output)
    return f"[{text}]" if row.output.rank else f"[1x1x{text}]"


def _weights(row: Row) -> tuple[str, ...]:
    if row.shared is not None:
        return (f"those of {row.shared}", "", "0")
    return _product(row.weights_formula, exact(row.weights))


def _memory(row: Row) -> tuple[str, ...]:
    return _product(row.activations_formula, short(row.activations))


def _shape(row: Row) -> str | None:
    return None if row.output is None else str(row.output)


def _known(text: str) -> str | None:
    return None if text == UNKNOWN else text


COLUMNS = {
    column.name: column
    for column in (
        Column("name", "name", lambda row: (row.name,), "<", lambda row: row.name),
        Column("type", "type", lambda row: (row.kind,), "<", lambda row: row.kind),
        Column("layer", "layer", lambda row: (row.label,), "<", lambda row: row.label),
        Column("volume", "volume", lambda row: (_volume(row),), "<", _shape),
        Column("memory", "memory", _memory, "<<>", lambda row: row.activations),
        Column("weights", "weights", _weights, "<<>", lambda row: row.weights),
        Column("values", "values", lambda row: (short(row.activations),), ">", lambda row: row.activations),
        Column("count", "weights", lambda row: (exact(row.weights),), ">", lambda row: row.weights),
        Column("params", "parameters", lambda row: (exact(row.params),), ">", lambda row: row.params),
        Column("macs", "MACs", lambda row: (short(row.macs),), ">", lambda row: row.macs),
        Column(
            "field",
            "field",
            lambda row: (receptive(row.field, row.inexact.get("receptive_field")),),
            ">",
            lambda row: _known(receptive(row.field, row.inexact.get("receptive_field"))),
        ),
        Column("stride", "step", lambda row: (_stride(row),), ">", lambda row: _known(_stride(row))),
        Column("line", "line", lambda row: (str(row.line or ""),), ">", lambda row: row.line),
    )
}


def _stride(row: Row) -> str:
    from cnncalc.render._figures import axes

    if row.field is None:
        return UNKNOWN
    return axes(tuple(at.stride for at in row.field)) if row.field else ""


# What is shown unless columns are asked for, and what a narrow page leaves out first.
SHOWN = ("layer", "volume", "memory", "weights", "macs", "field")
WITH_NAMES = ("name", *SHOWN)
NARROWER = (
    ("name", None),
    ("field", None),
    ("macs", None),
    # The products go before the figures do.
    ("memory", "values"),
    ("weights", "count"),
    ("values", None),
    ("volume", None),
)
EVERY = tuple(name for name in COLUMNS if name not in ("values", "count"))
