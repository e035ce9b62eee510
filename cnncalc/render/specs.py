"""The list of specs and their figures: its columns, and their order. (As JSON it is the records themselves.)"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from cnncalc.figure_words import percent
from cnncalc.record import NamedTuple
from cnncalc.render._markdown import line, safe
from cnncalc.render.figures import exact, short, size
from cnncalc.render.piece import Piece
from cnncalc.text import escaped

UNKNOWN = "?"


class ListedSpec(NamedTuple):
    """A spec in the list: its name as an argument, its title, its inputs, its figures, and where it is from.

    Counts are of one image; `depth` is layers with weights on the longest path, `fc_params` those of `params` in
    fully-connected layers, `peak_bytes` the peak memory of a prediction. A figure that is unknown is None.
    """

    spec: str
    name: str
    input: str
    params: int | None
    macs: int | None
    source: str
    activations: int | None = None
    depth: int | None = None
    fc_params: int | None = None
    peak_bytes: int | None = None

    @property
    def params_per_mac(self) -> float | None:
        """How many parameters there are for each multiply-add."""
        return self.params / self.macs if self.params is not None and self.macs else None

    @property
    def fc_share(self) -> float | None:
        """The part of the parameters in fully-connected layers, from 0 to 1."""
        return self.fc_params / self.params if self.fc_params is not None and self.params else None


class SpecColumn(NamedTuple):
    """A column: its title, whether it is a figure, its cell for people, and its value."""

    title: str
    figure: bool
    cell: Callable[[ListedSpec], str]
    value: Callable[[ListedSpec], Any]


def _per_mac(spec: ListedSpec) -> str:
    return UNKNOWN if (value := spec.params_per_mac) is None else f"{1000 * value:,.2f}"


def _in_fc(spec: ListedSpec) -> str:
    known = spec.fc_params is not None and spec.params
    return percent(spec.fc_params or 0, spec.params or 1, in_a_table=True) if known else UNKNOWN


def _source(spec: ListedSpec) -> str:
    name = escaped(spec.name, 200)
    return f"{name}: {escaped(spec.source, 200)}" if spec.source else name


COLUMNS: dict[str, SpecColumn] = {
    "spec": SpecColumn("spec", False, lambda spec: escaped(spec.spec, 200), lambda spec: spec.spec),
    "input": SpecColumn("input", False, lambda spec: spec.input, lambda spec: spec.input),
    "params": SpecColumn("parameters", True, lambda spec: exact(spec.params), lambda spec: spec.params),
    "macs": SpecColumn("MACs", True, lambda spec: short(spec.macs), lambda spec: spec.macs),
    "activations": SpecColumn(
        "activations", True, lambda spec: short(spec.activations), lambda spec: spec.activations
    ),
    "memory": SpecColumn("memory", True, lambda spec: size(spec.peak_bytes), lambda spec: spec.peak_bytes),
    "depth": SpecColumn("depth", True, lambda spec: exact(spec.depth), lambda spec: spec.depth),
    "params_per_mac": SpecColumn("params/1000 MACs", True, _per_mac, lambda spec: spec.params_per_mac),
    "fc_share": SpecColumn("params in fc", True, _in_fc, lambda spec: spec.fc_share),
    "source": SpecColumn("source", False, _source, lambda spec: spec.source),
}
DEFAULT = ("spec", "input", "params", "macs", "source")


class SpecsPage(NamedTuple):
    """What is shown of the list: columns by name, and the characters of a line; None means no limit."""

    columns: tuple[str, ...] = DEFAULT
    width: int | None = None


def ordered(specs: Sequence[ListedSpec], by: str | None) -> list[ListedSpec]:
    """The specs by a column, the largest first; those without this figure last. Names are in the order of letters."""
    if by is None:
        return list(specs)
    value = COLUMNS[by].value
    if not COLUMNS[by].figure:
        return sorted(specs, key=value)
    known = [spec for spec in specs if value(spec) is not None]
    unknown = [spec for spec in specs if value(spec) is None]
    return [*sorted(known, key=value, reverse=True), *unknown]


def text(specs: Sequence[ListedSpec], page: SpecsPage) -> Iterator[str]:
    """A row for each under its titles. On a narrow page only the source is cut."""
    columns = [COLUMNS[name] for name in page.columns]
    rows = [
        [column.title for column in columns],
        *([column.cell(spec) for column in columns] for spec in specs),
    ]
    widths = [max(len(row[number]) for row in rows) for number in range(len(columns))]
    last = columns[-1] is COLUMNS["source"]
    room = None
    if last and page.width is not None:
        room = page.width - sum(widths[:-1]) - 3 * (len(widths) - 1)
    for number, row in enumerate(rows):
        cells = [
            cell.rjust(width) if column.figure else cell.ljust(width)
            for cell, width, column in zip(row, widths, columns, strict=True)
        ]
        if room is not None:
            cells[-1:] = [_cut(row[-1], room)] if room >= len("source") else []
        yield Piece("   ".join(cells).rstrip() + "\n", "" if number else "bold")


def markdown(specs: Sequence[ListedSpec], page: SpecsPage) -> Iterator[str]:
    """A pipe table."""
    columns = [COLUMNS[name] for name in page.columns]
    yield line([column.title for column in columns])
    yield line(["---:" if column.figure else ":---" for column in columns])
    for spec in specs:
        yield line([safe(column.cell(spec)) for column in columns])


def csv(specs: Sequence[ListedSpec], page: SpecsPage) -> Iterator[str]:
    """RFC 4180, with a line feed after each line: plain figures. An unknown one is an empty cell."""
    import csv
    from io import StringIO

    buffer = StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(page.columns)
    for spec in specs:
        values = (COLUMNS[name].value(spec) for name in page.columns)
        writer.writerow(["" if value is None else value for value in values])
    yield buffer.getvalue()


def json_text(specs: Sequence[ListedSpec], page: SpecsPage) -> str:
    """A list of records. `peak_bytes` takes time: it is there where the column `memory` is asked for."""
    from cnncalc.render.json_text import dumped

    records = []
    for spec in specs:
        record = {**spec._asdict(), "params_per_mac": spec.params_per_mac}
        if "memory" not in page.columns:
            del record["peak_bytes"]
        records.append(record)
    return dumped(records)


def _cut(text: str, room: int) -> str:
    """The start of a text that fits in these columns of a terminal."""
    if text.isascii() and len(text) <= room:
        return text
    from rich.text import Text

    cut = Text(text)
    cut.truncate(room, overflow="ellipsis")
    return cut.plain
