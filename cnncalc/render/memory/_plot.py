"""An area chart over time, of block characters or, if they can't be shown, of ASCII."""

from collections.abc import Sequence
from itertools import groupby

from cnncalc.figure_words import HUGE
from cnncalc.memory.report import ReportedMoment
from cnncalc.render.bars import Ink

MIB = 2**20


def chart(moments: Sequence[ReportedMoment], base: int, width: int, rows: int, ink: Ink) -> list[str]:
    """Bytes over time above `base`, an axis in MiB, and below it the phases. Empty if no memory is added."""
    peak = max((moment.most for moment in moments), default=base)
    if peak <= base:
        return []
    levels = [(peak - (peak - base) * part // 2) for part in range(3)]
    labels = _labels(levels)
    edge = max(map(len, labels))
    # Space for the last phase's word, which may be wider than the phase.
    columns = max(10, width - edge - 2 - 1 - len(moments[-1].phase))
    cells = [_most(moments, column, columns) for column in range(columns)]
    steps = len(ink.rising) - 1
    heights = [-(-(value - base) * rows * steps // (peak - base)) for value in cells]
    lines = []
    for row in range(rows):
        under = (rows - 1 - row) * steps
        body = "".join(ink.rising[max(0, min(steps, height - under))] for height in heights)
        label = {0: labels[0], rows // 2: labels[1]}.get(row, "")
        lines.append(f"{label.rjust(edge)} {ink.tick if label else ink.side}{body}".rstrip())
    lines.append(f"{labels[2].rjust(edge)} {ink.corner}{ink.floor * columns}")
    return lines + [" " * (edge + 2) + line for line in _phases(moments, columns, ink)]


def _span(column: int, columns: int, count: int) -> tuple[int, int]:
    """The moments that a column shows: at least one."""
    first = column * count // columns
    return first, max(first + 1, (column + 1) * count // columns)


def _most(moments: Sequence[ReportedMoment], column: int, columns: int) -> int:
    first, end = _span(column, columns, len(moments))
    return max(moment.most for moment in moments[first:end])


def _labels(levels: Sequence[int]) -> list[str]:
    """MiB, with enough digits to show the difference between the levels."""
    if levels[0] >= HUGE * MIB:
        return [f"{level / MIB:.4e}" for level in levels]
    apart = (levels[0] - levels[-1]) / MIB
    digits = next((digits for digits, least in enumerate((1000, 10, 1, 0.1)) if apart >= least), 4)
    return [f"{level / MIB:,.{digits}f}" for level in levels]


def _phases(moments: Sequence[ReportedMoment], columns: int, ink: Ink) -> list[str]:
    """Each phase's word at its start; if a word has no room, its first letter over the whole phase."""
    shown = [moments[_span(column, columns, len(moments))[1] - 1].phase for column in range(columns)]
    runs = [(phase, len(list(group))) for phase, group in groupby(shown)]
    if all(len(phase) + 2 <= length for phase, length in runs[:-1]):
        line = "".join(f"{ink.side}{phase}".ljust(length) for phase, length in runs)
        return [line.rstrip()]
    phases = dict.fromkeys(shown)
    return ["".join(phase[0] for phase in shown), ", ".join(f"{phase[0]} {phase}" for phase in phases)]
