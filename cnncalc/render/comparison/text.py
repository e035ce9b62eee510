"""A comparison for a terminal: totals side by side, then every layer that changed."""

from collections.abc import Iterator, Sequence
from textwrap import wrap

from cnncalc.comparison import Comparison, Verdict
from cnncalc.render import comparison_words as words
from cnncalc.render.comparison import ComparisonPage
from cnncalc.render.comparison.rows import ComparisonRow, rows
from cnncalc.render.piece import Piece

STYLES = {"changed": "yellow", "added": "green", "removed": "red"}
MARGIN = "  "
# The indentation of a condition, after `failed` or `passed`.
VERDICT = len("  passed  ")
# How many layers are listed that only have another name.
LISTED = 8


def render(comparison: Comparison, verdicts: Sequence[Verdict], page: ComparisonPage) -> Iterator[str]:
    """Heading, totals, layers, conditions."""
    width = page.width
    heading = " -> ".join(words.titles(comparison))
    yield Piece("\n".join(_wrapped(heading, width, "")), "bold")
    yield "\n\n"
    yield from _totals(comparison, width)
    yield "\n" + "".join(f"{line}\n" for line in _wrapped(words.summary(comparison), width))
    for other in comparison.others:
        yield "".join(f"{line}\n" for line in _wrapped(other, width))
    shown, left = rows(comparison, page)
    if shown or left:
        yield "\n"
        yield from _layers(shown, width)
    if left:
        yield f"{MARGIN}({left:,} more row{'' if left == 1 else 's'} {'changes' if left == 1 else 'change'} less)\n"
    if renamed := [change for change in comparison.changes if change.what == "renamed"]:
        more = f" and {len(renamed) - LISTED:,} more" if len(renamed) > LISTED else ""
        sentence = f"renamed: {', '.join(map(words.name, renamed[:LISTED]))}{more}"
        yield "\n" + "".join(f"{line}\n" for line in _wrapped(sentence, width))
    if notes := words.error_notes(comparison):
        yield "\n" + "".join(f"{line}\n" for note in notes for line in _wrapped(note, width))
    if verdicts:
        yield "\n"
    for verdict in verdicts:
        yield Piece(
            f"{MARGIN}{'failed' if verdict.fails else 'passed'}", "bold red" if verdict.fails else "green"
        )
        lines = _wrapped(words.verdict(verdict), None if width is None else width - VERDICT, "")
        yield MARGIN + f"\n{' ' * VERDICT}".join(lines) + "\n"


def _totals(comparison: Comparison, width: int | None) -> Iterator[str]:
    """The figures, old and new; a narrow page leaves out the share of the change first, then the change."""
    rows = [words.Line("", "old", "new", "change", ""), *words.totals(comparison)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    shown = list(range(len(widths)))
    for index in (3, 4):
        if width is not None and len(MARGIN) + sum(widths[kept] + 2 for kept in shown) - 2 > width:
            shown.remove(index)
    for number, row in enumerate(rows):
        cells = [
            row[index].ljust(widths[index]) if index == 0 else row[index].rjust(widths[index])
            for index in shown
        ]
        yield Piece(f"{MARGIN}{'  '.join(cells)}".rstrip() + "\n", "" if number else "dim")


def _wrapped(text: str, width: int | None, indent: str = MARGIN) -> list[str]:
    if width is None:
        return [indent + text]
    return wrap(
        text,
        max(30, width),
        initial_indent=indent,
        subsequent_indent=indent + MARGIN,
        break_on_hyphens=False,
        break_long_words=False,
    )


def _layers(shown: list[ComparisonRow], width: int | None) -> Iterator[str]:
    """One row for each change; on a narrow page a long name is on its own line."""
    names = max(len(row.name) for row in shown)
    if width is not None:
        names = min(names, max(12, width // 2))
    indent = names + 2 * len(MARGIN) + 2
    room = None if width is None else max(20, width - indent)
    for row in shown:
        what = row.change.what
        yield MARGIN
        yield Piece(f"{words.SIGNS[what]} {row.name.ljust(names)}", STYLES[what])
        yield MARGIN if len(row.name) <= names else f"\n{' ' * indent}"
        lines = _lines(words.differences(row.change), room)
        yield f"\n{' ' * indent}".join(lines).rstrip() + "\n"


def _lines(parts: list[str], room: int | None) -> list[str]:
    """Phrases in lines, as many on a line as fit."""
    lines: list[str] = []
    for part in parts:
        joined = f"{lines[-1]}; {part}" if lines else part
        if lines and (room is None or len(joined) < room):
            lines[-1] = joined
        else:
            if lines:
                lines[-1] += ";"
            # A phrase that is longer than a line continues below, indented.
            lines += (
                [part]
                if room is None
                else wrap(
                    part, room - 1, subsequent_indent=MARGIN, break_long_words=False, break_on_hyphens=False
                )
            )
    return lines or [""]
