"""The changes that are shown, as rows: folded by block, equal ones together, the largest of them."""

from collections.abc import Hashable

from cnncalc.comparison import Comparison, LayerChange, folded
from cnncalc.record import NamedTuple
from cnncalc.render import comparison_words as words
from cnncalc.render.comparison import ComparisonPage

# The figures by which a change is large.
WEIGHED = ("params", "macs", "activations")
SHOWN = ("changed", "added", "removed")


class ComparisonRow(NamedTuple):
    """One change, or several that read the same."""

    changes: tuple[LayerChange, ...]

    @property
    def change(self) -> LayerChange:
        """The first of them."""
        return self.changes[0]

    @property
    def times(self) -> int:
        """How many they are."""
        return len(self.changes)

    @property
    def name(self) -> str:
        """The layer's name; of several the first one's, and how many they are."""
        name = words.name(self.change)
        return f"{name}  x{self.times}" if self.times > 1 else name


def rows(comparison: Comparison, page: ComparisonPage) -> tuple[list[ComparisonRow], int]:
    """The rows, and how many are left out because others change more."""
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
    """How much a change is of the whole network: the largest share of any figure. What is unknown weighs most."""
    shares = [0.0]
    for figure in WEIGHED:
        before, now = (0 if layer is None else getattr(layer, figure) for layer in (change.old, change.new))
        whole = max(comparison.old.totals[figure] or 0, comparison.new.totals[figure] or 0)
        if before is None or now is None:
            shares.append(float("inf") if before != now else 0.0)
        elif before != now:
            shares.append(abs(now - before) / max(whole, 1))
    return max(shares)
