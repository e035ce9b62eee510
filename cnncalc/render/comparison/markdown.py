"""A comparison as GitHub-flavoured Markdown, for a pull request: the totals, and the layers to unfold."""

from collections.abc import Iterator, Sequence

from cnncalc.comparison import Comparison, Verdict
from cnncalc.render import comparison_words as words
from cnncalc.render._markdown import code, line, safe
from cnncalc.render.comparison import ComparisonPage
from cnncalc.render.comparison.rows import COLUMNS, cells_of, rows
from cnncalc.text import escaped

# The most layers in the table: a GitHub comment has at most 65,536 characters.
MOST = 200


def render(comparison: Comparison, verdicts: Sequence[Verdict], page: ComparisonPage) -> Iterator[str]:
    """A heading, the totals as a table, the conditions, and a table of layers that is folded."""
    old, new = comparison.old, comparison.new
    title = escaped(new.name or old.name, 200)
    yield f"### {safe(title)}\n\n" if title else ""
    yield f"{' -> '.join(map(safe, words.titles(comparison)))}\n\n"
    yield line(["", "old", "new", "change"]) + line([":---", "---:", "---:", "---:"])
    for figure in words.totals(comparison):
        share = f" ({figure.percent})" if figure.percent else ""
        yield line([figure.name, figure.old, figure.new, figure.change + share])
    yield "\n"
    for verdict in verdicts:
        yield f"- {'**failed**' if verdict.fails else 'passed'}: {safe(words.verdict(verdict))}\n"
    notes = (*comparison.others, *words.error_notes(comparison))
    for note in notes:
        yield f"- {safe(note)}\n"
    yield "\n" if verdicts or notes else ""
    shown, left = rows(comparison, page)
    if not shown:
        yield f"{words.summary(comparison)}\n"
        return
    yield f"<details>\n<summary>{words.summary(comparison)}</summary>\n\n"
    yield line(["", "layer", *COLUMNS])
    yield line([":---", ":---", ":---", ":---", "---:", "---:", "---:", "---:"])
    for row in shown[:MOST]:
        # A cell is empty if it differs between them.
        sort, what, *cells = cells_of(row)
        count = f" x{row.times}" if row.times > 1 else ""
        yield line([sort, f"{code(words.name(row.change))}{count}", safe(what), *cells])
    if more := left + max(0, len(shown) - MOST):
        yield f"\n{more:,} more rows.\n"
    yield "\n</details>\n"
