"""A comparison for a terminal: totals side by side, then every layer that is not as it was."""

from collections.abc import Iterator, Sequence

from cnncalc.comparison import Change, Comparison, Verdict
from cnncalc.render._piece import Piece
from cnncalc.render.comparison import _words as words

STYLES = {"changed": "yellow", "added": "green", "removed": "red"}
MARGIN = "  "
# Names that are listed of layers that have another name only.
LISTED = 8


def render(comparison: Comparison, verdicts: Sequence[Verdict], width: int | None) -> Iterator[str]:
    """Heading, totals, layers, conditions."""
    old, new = comparison.old, comparison.new
    yield Piece(f"{old.file} -> {new.file}", "bold")
    yield "\n\n"
    yield from _totals(comparison)
    yield "\n" + "".join(f"{line}\n" for line in _wrapped(words.summary(comparison), width))
    shown = [change for change in comparison.changes if change.what in STYLES]
    if shown:
        yield "\n"
        yield from _layers(shown, width)
    if renamed := [change for change in comparison.changes if change.what == "renamed"]:
        more = f" and {len(renamed) - LISTED:,} more" if len(renamed) > LISTED else ""
        told = f"renamed: {', '.join(map(words.name, renamed[:LISTED]))}{more}"
        yield "\n" + "".join(f"{line}\n" for line in _wrapped(told, width))
    if notes := words.faults(comparison):
        yield "\n" + "".join(f"{MARGIN}{note}\n" for note in notes)
    if verdicts:
        yield "\n"
    for one in verdicts:
        yield Piece(f"{MARGIN}{'failed' if one.fails else 'passed'}", "bold red" if one.fails else "green")
        yield f"  {words.verdict(one)}\n"


def _totals(comparison: Comparison) -> Iterator[str]:
    rows = [words.Line("", "old", "new", "change", ""), *words.totals(comparison)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for number, row in enumerate(rows):
        cells = [
            cell.ljust(size) if at == 0 else cell.rjust(size)
            for at, (cell, size) in enumerate(zip(row, widths, strict=True))
        ]
        yield Piece(f"{MARGIN}{'  '.join(cells)}".rstrip() + "\n", "" if number else "dim")


def _wrapped(text: str, width: int | None) -> list[str]:
    if width is None:
        return [MARGIN + text]
    from textwrap import wrap

    return wrap(
        text, max(30, width), initial_indent=MARGIN, subsequent_indent=2 * MARGIN, break_on_hyphens=False
    )


def _layers(shown: list[Change], width: int | None) -> Iterator[str]:
    names = max(len(words.name(change)) for change in shown)
    room = None if width is None else max(30, width - names - 2 * len(MARGIN) - 2)
    for change in shown:
        yield MARGIN
        yield Piece(f"{words.SIGNS[change.what]} {words.name(change).ljust(names)}", STYLES[change.what])
        lines = _lines(words.told(change), room)
        yield MARGIN + f"\n{' ' * (names + 2 * len(MARGIN) + 2)}".join(lines).rstrip() + "\n"


def _lines(parts: list[str], room: int | None) -> list[str]:
    """Phrases, as many to a line as fit."""
    lines: list[str] = []
    for part in parts:
        joined = f"{lines[-1]}; {part}" if lines else part
        if lines and (room is None or len(joined) < room):
            lines[-1] = joined
        else:
            if lines:
                lines[-1] += ";"
            lines.append(part)
    return lines or [""]
