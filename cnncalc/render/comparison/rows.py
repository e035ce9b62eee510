"""The changes that are shown, as rows: folded by block, equal ones together, the largest first."""

from collections.abc import Hashable

from cnncalc.comparison import Comparison, LayerChange, folded
from cnncalc.record import NamedTuple
from cnncalc.render import comparison_words as words
from cnncalc.render.comparison import ComparisonPage

# The figures that decide how large a change is.
WEIGHED = ("params", "macs", "activations")
SHOWN = ("changed", "added", "removed")
# What a row says of its change, after the name.
COLUMNS = ("what", "shape", "params", "MACs", "activations", "field")


class ComparisonRow(NamedTuple):
    """One change, or several that read the same."""

    changes: tuple[LayerChange, ...]

    @property
    def change(self) -> LayerChange:
        """The first of the changes."""
        return self.changes[0]

    @property
    def times(self) -> int:
        """The number of changes."""
        return len(self.changes)

    @property
    def name(self) -> str:
        """The layer's name; for several layers the first name, and their number."""
        name = words.name(self.change)
        return f"{name}  x{self.times}" if self.times > 1 else name


def rows(comparison: Comparison, page: ComparisonPage) -> tuple[list[ComparisonRow], int]:
    """The rows, and how many are not shown because others change more."""
    changes = comparison.changes if page.depth is None else folded(comparison.changes, page.depth)
    groups: dict[Hashable, list[LayerChange]] = {}
    for number, change in enumerate(changes):
        if change.what in SHOWN:
            key = number if page.each else (change.what, change.either.kind, tuple(words.differences(change)))
            groups.setdefault(key, []).append(change)
    merged = [ComparisonRow(tuple(group)) for group in groups.values()]
    if page.top is None or len(merged) <= page.top:
        return merged, 0
    weights = [row.times * _weight(row.change, comparison) for row in merged]
    largest = sorted(range(len(merged)), key=lambda index: (-weights[index], index))[: page.top]
    return [merged[index] for index in sorted(largest)], len(merged) - page.top


def _weight(change: LayerChange, comparison: Comparison) -> float:
    """The size of a change relative to the whole network: the largest share of any figure. Unknown counts most."""
    shares = [0.0]
    for figure in WEIGHED:
        before, now = (0 if layer is None else getattr(layer, figure) for layer in (change.old, change.new))
        whole = max(comparison.old.totals[figure] or 0, comparison.new.totals[figure] or 0)
        if before is None or now is None:
            shares.append(float("inf") if before != now else 0.0)
        elif before != now:
            shares.append(abs(now - before) / max(whole, 1))
    return max(shares)


def cells_of(row: ComparisonRow) -> list[str]:
    """The kind of change, and the texts of `COLUMNS`; one is empty if it differs between the changes of a row."""
    return [texts[0] if len(set(texts)) == 1 else "" for texts in zip(*map(_cells, row.changes), strict=True)]


def _cells(change: LayerChange) -> list[str]:
    cells = [change.what, _what(change), _both(change, "output", words.shape)]
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
