"""Rows of a report with the layers of a block folded into one row. Loaded only if a depth is given."""

from collections.abc import Callable, Iterator, Mapping

from cnncalc.analysis import Analysis, Inexact
from cnncalc.graph import BlockUse
from cnncalc.report import COUNTS, FIELD, Row, Words, folds, frames, row_of


def folded_blocks(analysis: Analysis, fold: bool, depth: int) -> Iterator[Row]:
    """One row for each use of a block at `depth` levels (0: only the layers of the top level have their own rows)."""
    words: Words = {}
    group: list[Row] = []
    current: BlockUse | None = None
    # For the name of each layer in a block, its row.
    within: dict[str, str] = {}
    for node in analysis.graph.nodes:
        frame = _ancestor(node.frame, depth)
        if frame is not current and current is not None:
            yield _outside(_joined(group, current), within)
            group = []
        current = frame
        if frame is not None:
            within[node.name] = frame.name
            group.append(row_of(analysis, node, words))
        elif not (fold and folds(analysis, node)):
            yield _outside(row_of(analysis, node, words), within)
    if current is not None:
        yield _outside(_joined(group, current), within)


def _outside(row: Row, within: Mapping[str, str]) -> Row:
    """A row with rows as inputs: a block for the layers inside it."""
    inputs = tuple(dict.fromkeys(within.get(name, name) for name in row.inputs))
    if inputs == row.inputs:
        return row
    return row._replace(inputs=inputs, reads=inputs if row.reads else ())


def _ancestor(frame: BlockUse | None, depth: int) -> BlockUse | None:
    """The use of a block at level `depth` around `frame`."""
    inwards = list(frames(frame))
    return inwards[-1 - depth] if len(inwards) > depth else None


def _joined(rows: list[Row], frame: BlockUse) -> Row:
    last = rows[-1]
    inside = {row.name for row in rows}
    return Row(
        name=frame.name,
        kind=frame.item.block,
        label=frame.name,
        inputs=tuple(dict.fromkeys(name for row in rows for name in row.inputs if name not in inside)),
        output=last.output,
        activations=_added(rows, lambda row: row.activations),
        activations_formula="",
        params=_added(rows, lambda row: row.params),
        weights=_added(rows, lambda row: row.weights),
        weights_formula="",
        macs=_added(rows, lambda row: row.macs),
        field=last.field,
        line=frame.item.span.line,
        inexact={**dict(_added_inexact(rows)), **_field_of(last)},
        place=_place(rows),
        folded=True,
    )


def _place(rows: list[Row]) -> str | None:
    """The device of all layers of a block; None if they are on several."""
    places = {row.place for row in rows}
    return places.pop() if len(places) == 1 else None


def _added(rows: list[Row], figure: Callable[[Row], int | None]) -> int | None:
    values = [figure(row) for row in rows]
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def _field_of(row: Row) -> dict[str, Inexact]:
    """The receptive field of a row, if it is not exact."""
    return {FIELD: row.inexact[FIELD]} if FIELD in row.inexact else {}


def _added_inexact(rows: list[Row]) -> Iterator[tuple[str, Inexact]]:
    """The sums that are unknown: the first unknown layer is the reason, the sum of the others is the lower bound."""
    for name in COUNTS:
        first = next((row.inexact[name] for row in rows if name in row.inexact), None)
        if first is not None:
            known = sum(getattr(row, name) or 0 for row in rows)
            yield name, first._replace(at_least=known)
