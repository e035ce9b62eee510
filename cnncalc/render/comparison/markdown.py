"""A comparison as GitHub-flavoured Markdown, for a pull request: the totals, and the layers to unfold."""

from collections.abc import Iterator, Sequence

from cnncalc.comparison import Comparison, LayerChange, Verdict
from cnncalc.render import comparison_words as words
from cnncalc.render._markdown import code, line, safe
from cnncalc.render.comparison import ComparisonPage
from cnncalc.render.comparison._rows import rows
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
    yield line(["", "layer", "what", "shape", "params", "MACs", "activations", "field"])
    yield line([":---", ":---", ":---", ":---", "---:", "---:", "---:", "---:"])
    for row in shown[:MOST]:
        # A cell is empty if it differs between them.
        what, *cells = (
            cells[0] if len(set(cells)) == 1 else "" for cells in zip(*map(_cells, row.changes), strict=True)
        )
        count = f" x{row.times}" if row.times > 1 else ""
        yield line([what, f"{code(words.name(row.change))}{count}", *cells])
    if more := left + max(0, len(shown) - MOST):
        yield f"\n{more:,} more rows.\n"
    yield "\n</details>\n"


def _cells(change: LayerChange) -> list[str]:
    """The text of a row after the layer's name."""
    cells = [change.what, safe(_what(change)), _both(change, "output", words.shape)]
    cells += [
        _both(change, fact, lambda value: words.figure("", value))
        for fact in ("params", "macs", "activations")
    ]
    return [*cells, _both(change, "field_range", words.field)]


def _what(change: LayerChange) -> str:
    """The layer's label, old and new, and the settings that are not in a label."""
    if change.old is None or change.new is None:
        return change.either.label
    old, new = change.old.label, change.new.label
    if old != new:
        return f"{old} -> {new}"
    if change.inside:
        return f"{new}: {change.inside}"
    only = tuple(
        fact
        for fact in change.differs
        if fact in ("settings", "inputs", "shares", "place", "frozen", "module")
    )
    parts = words.differences(change._replace(differs=only))
    return f"{new}: {', '.join(parts)}" if parts else new


def _both(change: LayerChange, fact: str, shown: object) -> str:
    """A fact of a layer, with its old value if that differs."""
    assert callable(shown)
    old, new = (
        shown(getattr(layer, fact)) if layer is not None else None for layer in (change.old, change.new)
    )
    if old is None or new is None or old == new:
        return str(new if new is not None else old)
    return f"{old} -> {new}"
