"""The sums of `memory --as-taught` for a terminal: tables with the numbers, and notes about them."""

from collections.abc import Iterator
from textwrap import wrap

from cnncalc.exact import grouped
from cnncalc.memory.report import AsTaught
from cnncalc.record import NamedTuple
from cnncalc.render.piece import Piece
from cnncalc.render.taught.heading import heading
from cnncalc.render.taught.sums import sums
from cnncalc.render.taught.tables import TaughtRow, TaughtTable, sizes, tables, written
from cnncalc.render.wrapping import wrapped

MARGIN = "  "


class TextColumn(NamedTuple):
    """A column of a table: what stands before it, and whether its cells end at the same place."""

    before: str
    right: bool = True


COLUMNS = {
    "name": TextColumn("", right=False),
    "formula": TextColumn("  ", right=False),
    "values": TextColumn(" "),
    "times": TextColumn(" "),
    "bytes": TextColumn(" "),
    "unit": TextColumn(" ", right=False),
    "MB": TextColumn("  "),
    "MiB": TextColumn("  "),
}
ALL = tuple(COLUMNS)
WITHOUT_SIZES = ("name", "formula", "values", "times", "bytes", "unit")
# The columns by less and less room, and whether long formulas are brief.
LAYOUTS = (
    (ALL, False),
    (WITHOUT_SIZES, False),
    (WITHOUT_SIZES, True),
    (("name", "formula", "values", "bytes"), True),
    (("name", "values", "times", "bytes"), True),
)


def render(report: AsTaught, width: int | None) -> Iterator[str]:
    """A heading and the tables; nothing where shapes are unknown."""
    if not report.networks:
        return
    yield Piece("\n".join(_broken(" · ".join(heading(report)), width, "")) + "\n", "bold")
    for table in (*tables(report), *sums(report)):
        yield "\n"
        yield Piece("".join(f"{line}\n" for line in _broken(table.title, width, MARGIN)), "dim")
        yield "".join(f"{MARGIN}{line}\n" for line in _lines(table, width))
        for note in table.notes:
            first, *more = wrapped(note, None if width is None else width - 2 * len(MARGIN))
            yield f"{MARGIN}{first}\n" + "".join(f"{2 * MARGIN}{line}\n" for line in more)


def _broken(text: str, width: int | None, margin: str) -> list[str]:
    if width is None:
        return [f"{margin}{text}"]
    return wrap(
        text,
        max(20, width),
        initial_indent=margin,
        subsequent_indent=margin,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _lines(table: TaughtTable, width: int | None) -> list[str]:
    """The rows in columns, in as many as fit; sizes that do not fit stand below, for the last row."""
    for names, brief in LAYOUTS:
        lines = _aligned(table, names, brief=brief)
        if width is None or len(MARGIN) + max(map(len, lines)) <= width:
            break
    decimal, _ = sizes(table.rows[-1].nbytes)
    if names is not ALL and "byte" not in decimal:
        lines.append(written(table.rows[-1].nbytes))
    return lines


def _aligned(table: TaughtTable, names: tuple[str, ...], *, brief: bool) -> list[str]:
    rows = [_cells(row, table.value_bytes, brief=brief) for row in table.rows]
    shown = [name for name in names if any(row[name] for row in rows)]
    if "formula" not in shown:
        rows = [row | {"values": row["values"].removeprefix("= ")} for row in rows]
    widths = {name: max(len(row[name]) for row in rows) for name in shown}
    return ["".join(_cell(row[name], name, widths[name]) for name in shown).rstrip() for row in rows]


def _cell(text: str, name: str, width: int) -> str:
    """A cell with what stands before it. An equals sign stands at the left of its number's column."""
    column = COLUMNS[name]
    if not column.right:
        return column.before + text.ljust(width)
    sign = "= " if text.startswith("= ") else ""
    return column.before + sign + text.removeprefix("= ").rjust(width - len(sign))


def _cells(row: TaughtRow, value_bytes: int, *, brief: bool) -> dict[str, str]:
    decimal, binary = sizes(row.nbytes)
    sign = "= " if row.formula or row.values is not None else ""
    return {
        "name": row.name,
        "formula": row.brief if brief else row.formula,
        "values": "" if row.values is None else f"{'= ' * bool(row.formula)}{grouped(row.values)}",
        "times": "" if row.values is None else f"*{value_bytes}",
        "bytes": f"{sign}{grouped(row.nbytes)}",
        # A table of values says in its title what one takes.
        "unit": "bytes" if row.values is None else "",
        "MB": decimal if "byte" not in decimal else "",
        "MiB": binary if "byte" not in binary else "",
    }
