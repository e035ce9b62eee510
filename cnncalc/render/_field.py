"""A receptive field in lines of text: sizes, steps, and differences by position."""

from collections.abc import Iterator

from cnncalc.analysis import Field, Fields, Inexact
from cnncalc.exact import counted, plain
from cnncalc.graph import Node
from cnncalc.layers import Reach
from cnncalc.render.figures import one_axis
from cnncalc.shape import AXES
from cnncalc.vocabulary.reach import SAME

# The most runs of positions with the same view that are listed.
LISTED = 6


def field_lines(
    title: str,
    fields: Fields,
    node: Node,
    before: Fields | None,
    inexact: Inexact | None,
    unit: str = "pixels",
) -> Iterator[tuple[str, str]]:
    """One line for all equal axes; the positions that differ below it."""
    reaches = node.fit.layer.reach(node.fit.inputs) if node.fit is not None else None
    axes_by_lines: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for index, field in enumerate(fields):
        old = before[index] if before else None
        reach = reaches[old.axis] if old is not None and old.axis is not None and reaches else None
        lines = tuple(_axis_lines(title, field, old, reach, inexact, unit))
        axes_by_lines.setdefault(lines, []).append(AXES[len(fields)][index])
    for lines, names in axes_by_lines.items():
        where = f" ({' and '.join(names)})" if len(axes_by_lines) > 1 else ""
        for number, (name, text) in enumerate(lines):
            yield name, text if number else text + where


def _axis_lines(
    title: str, field: Field, old: Field | None, reach: Reach | None, inexact: Inexact | None, unit: str
) -> Iterator[tuple[str, str]]:
    if inexact is not None:
        yield (
            title,
            f"at most {field.largest} {_units(field.largest, unit)}: {inexact.layer} reads more in some runs or places",
        )
    elif field.whole:
        step = f", step {field.stride}" if field.stride else ""
        yield title, f"all {field.image} {_units(field.image, unit)} at every position{step}"
    elif old is not None and reach is not None and _is_plain(field, old, reach):
        yield title, _formula(field, old, reach, unit)
    else:
        yield (
            title,
            f"{one_axis(field)} {_units(one_axis(field), unit)}, step {field.stride}, from {field.start}",
        )
        yield from _phases(field)


def _units(count: object, units: str) -> str:
    """`pixels`, and `pixel` after 1."""
    return units.removesuffix("s") if str(count) == "1" else units


def _is_plain(field: Field, old: Field, reach: Reach) -> bool:
    alone = len(field.phases) == len(old.phases) == len(reach.phases) == 1
    return alone and reach != SAME and field.fixed is None and None not in (*old.phases, *reach.phases)


def _formula(field: Field, old: Field, reach: Reach, unit: str) -> str:
    taps = reach.phases[0]
    assert taps is not None
    extent = taps.last - taps.first + 1
    text = (
        f"r + (F - 1)*j = {old.size} + ({extent} - 1)*{old.stride} = {field.size} {_units(field.size, unit)}"
    )
    return f"{text}, step {old.stride}*{reach.stride} = {plain(field.stride)}, from {field.start}"


def _phases(field: Field) -> Iterator[tuple[str, str]]:
    count = min(len(field.phases), field.positions)
    if count > 1:
        runs: list[tuple[int, int, tuple[int, int] | None]] = []
        for position in range(count):
            span = field.at(position)
            if runs and runs[-1][2] == span:
                runs[-1] = (runs[-1][0], position, span)
            elif len(runs) == LISTED:
                break
            else:
                runs.append((position, position, span))
        ranges = [f"{_range(first, last)} sees {_span(span)}" for first, last, span in runs]
        more = ", ..." if runs[-1][1] < count - 1 else ""
        again = f"; {field.shift} more every {counted(count, 'position')}" if count < field.positions else ""
        yield "  by position", ", ".join(ranges) + more + again
    if field.fixed is not None:
        yield "  every position", f"sees {_span(field.fixed)}, too"


def _range(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


def _span(span: tuple[int, int] | None) -> str:
    return "none" if span is None else f"{span[0]}..{span[1]}"
