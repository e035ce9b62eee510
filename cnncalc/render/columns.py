"""The columns of the table: what each shows of a row, for people and for programs."""

from collections.abc import Callable

from cnncalc.record import NamedTuple
from cnncalc.render.figures import UNKNOWN, exact, receptive, short
from cnncalc.report import Report, Row


class Column(NamedTuple):
    """One column. Each of its `cells` has an alignment (`<` left, `>` right); `value` is the figure alone."""

    name: str
    title: str
    cells: Callable[[Row], tuple[str, ...]]
    align: str
    value: Callable[[Row], str | int | None]
    # Whether its figures add up: then a row has a part of their sum.
    adds: bool = False


def _product(formula: str, value: str) -> tuple[str, ...]:
    return (formula, "=" if formula else "", value)


def _volume(row: Row) -> str:
    if row.output is None:
        return UNKNOWN
    text = str(row.output)
    return f"[{text}]" if row.output.rank else f"[1x1x{text}]"


def _weights(row: Row) -> tuple[str, ...]:
    if row.shared is not None:
        return (f"shared with {row.shared}", "", "0")
    return _product(row.weights_formula, exact(row.weights))


def _memory(row: Row) -> tuple[str, ...]:
    return _product(row.activations_formula, short(row.activations))


# The most characters for the operands of a merge, and on a narrow page; other operands are counted.
OPERANDS, FEW = 24, 15


def label(row: Row, room: int | None = OPERANDS) -> str:
    """`CONV3-64`; for a merge with its operands, `ADD  conv3, project1`; for a block the name of the block."""
    if row.folded:
        return row.kind
    return f"{row.label}  {_operands(row.reads, room)}" if row.reads else row.label


def _operands(names: tuple[str, ...], room: int | None) -> str:
    text = ", ".join(names)
    if room is None or len(text) <= room:
        return text
    shown = len(names) - 1
    while shown and len(text := f"{', '.join(names[:shown])}, +{len(names) - shown}") > room:
        shown -= 1
    return (
        text if shown else shortened(names[0], room - 5) + (f", +{len(names) - 1}" if len(names) > 1 else "")
    )


def shortened(name: str, room: int) -> str:
    """The end of a name that is too long, because the end is most useful: `…conv3`."""
    return name if len(name) <= room else "…" + name[len(name) - max(1, room - 1) :]


def _shape(row: Row) -> str | None:
    return None if row.output is None else str(row.output)


def _known(text: str) -> str | None:
    return None if text == UNKNOWN else text


COLUMNS = {
    column.name: column
    for column in (
        Column("name", "name", lambda row: (row.name,), "<", lambda row: row.name),
        Column("type", "type", lambda row: (row.kind,), "<", lambda row: row.kind),
        Column("layer", "layer", lambda row: (label(row),), "<", lambda row: row.label),
        Column("brief", "layer", lambda row: (label(row, FEW),), "<", lambda row: row.label),
        Column("volume", "volume", lambda row: (_volume(row),), "<", _shape),
        Column("memory", "memory", _memory, "<<>", lambda row: row.activations, adds=True),
        Column("weights", "weights", _weights, "<<>", lambda row: row.weights, adds=True),
        Column(
            "values",
            "values",
            lambda row: (short(row.activations),),
            ">",
            lambda row: row.activations,
            adds=True,
        ),
        Column(
            "count", "weights", lambda row: (exact(row.weights),), ">", lambda row: row.weights, adds=True
        ),
        Column(
            "params", "parameters", lambda row: (exact(row.params),), ">", lambda row: row.params, adds=True
        ),
        Column("macs", "MACs", lambda row: (short(row.macs),), ">", lambda row: row.macs, adds=True),
        Column(
            "field",
            "field",
            lambda row: (receptive(row.field, row.inexact.get("receptive_field")),),
            ">",
            lambda row: _known(receptive(row.field, row.inexact.get("receptive_field"))),
        ),
        Column("stride", "step", lambda row: (_stride(row),), ">", lambda row: _known(_stride(row))),
        Column("line", "line", lambda row: (str(row.line or ""),), ">", lambda row: row.line),
        Column(
            "inputs", "inputs", lambda row: (", ".join(row.inputs),), "<", lambda row: " ".join(row.inputs)
        ),
        Column("place", "device", lambda row: (row.place or "",), "<", lambda row: row.place),
    )
}


def _stride(row: Row) -> str:
    from cnncalc.render.figures import axes

    if row.field is None:
        return UNKNOWN
    return axes(tuple(axis.stride for axis in row.field)) if row.field else ""


# The default columns: the first of these layouts that fits the page. Names stay; products are dropped before
# figures. A table of blocks has no receptive field, because it differs between equal blocks.
LAYOUTS = (
    ("name", "layer", "volume", "memory", "weights", "macs", "field"),
    ("name", "layer", "volume", "memory", "weights", "macs"),
    ("name", "layer", "volume", "values", "weights", "macs"),
    ("name", "layer", "volume", "values", "count", "macs", "field"),
    ("name", "layer", "volume", "values", "count", "macs"),
    ("name", "layer", "volume", "values", "count"),
    ("name", "layer", "volume", "count"),
    ("name", "brief", "volume", "count"),
    ("name", "volume", "count"),
    ("name", "count"),
)
SHOWN = LAYOUTS[0]


def layouts(blocks: bool) -> tuple[tuple[str, ...], ...]:
    """The layouts, widest first; with `blocks`, for a table with blocks as rows."""
    if not blocks:
        return LAYOUTS
    return tuple(dict.fromkeys(tuple(name for name in layout if name != "field") for layout in LAYOUTS))


EVERY = tuple(name for name in COLUMNS if name not in ("brief", "values", "count"))


def chosen(report: Report, names: tuple[str, ...] | None) -> list[Column]:
    """The columns with these names. Without names all, that of the devices only where there are some."""
    placed = bool(report.analysis.graph.devices)
    return [COLUMNS[name] for name in names or (name for name in EVERY if name != "place" or placed)]
