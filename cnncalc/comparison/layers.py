"""The changes from one network to another."""

from collections.abc import Iterator, Mapping
from typing import Any

from cnncalc import plugins
from cnncalc.comparison.alignment import pairs
from cnncalc.comparison.facts import FIGURES, ComparedLayer, ComparedSide
from cnncalc.record import NamedTuple

# The kinds of change of a layer.
WHAT = ("changed", "added", "removed", "renamed", "field", "same")
# The facts of a layer that can differ, in the order of a report.
FACTS = ("settings", "inputs", "shares", "place", "output", *FIGURES, "frozen", "module", "field")


class LayerChange(NamedTuple):
    """One layer in both networks, or in one of them. `differs` are the facts that are not the same."""

    old: ComparedLayer | None
    new: ComparedLayer | None
    differs: tuple[str, ...] = ()
    # Of a block that stands for its layers: `3 of 12 layers changed`; empty where all are as they were.
    inside: str = ""

    @property
    def what(self) -> str:
        """added, removed, changed, renamed, field (it sees more or less of the input), or same: the first that fits."""
        if self.old is None:
            return "added"
        if self.new is None:
            return "removed"
        if self.inside or self.differs not in ((), ("field",)):
            return "changed"
        if self.old.name != self.new.name:
            return "renamed"
        return "field" if self.differs else "same"

    @property
    def either(self) -> ComparedLayer:
        """The layer, as it is now where it still is."""
        layer = self.new if self.new is not None else self.old
        assert layer is not None
        return layer

    @property
    def settings(self) -> dict[str, tuple[Any, Any]]:
        """The fields that are not the same: name -> old and new."""
        if self.old is None or self.new is None:
            return {}
        before, now = self.old.settings, self.new.settings
        return {
            name: (before[name], now[name]) for name in now if name in before and before[name] != now[name]
        }


class Comparison(NamedTuple):
    """Two networks, and the layers of both: in the new one's order, removed ones where they stood.

    `others` are differences that no layer has by itself, in words: outputs in another order.
    """

    old: ComparedSide
    new: ComparedSide
    changes: tuple[LayerChange, ...]
    others: tuple[str, ...] = ()

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """What a notebook shows: the totals of both networks, and the layers that changed."""
        # The display is made by a higher floor, which is imported only for this.
        shown: dict[str, str] = plugins.load("cnncalc.notebook", "comparison").bundle_of(self)
        return shown

    @property
    def counts(self) -> dict[str, int]:
        """The number of layers for each kind of change."""
        counts = dict.fromkeys(WHAT, 0)
        for change in self.changes:
            counts[change.what] += 1
        return counts


def compare(old: ComparedSide, new: ComparedSide) -> Comparison:
    """Match the layers of two networks, and compare each pair."""
    matched = pairs(old.layers, new.layers)
    return Comparison(old, new, tuple(_changes(old, new, matched)), _outputs(old, new, dict(matched)))


def _outputs(old: ComparedSide, new: ComparedSide, into: Mapping[int, int]) -> tuple[str, ...]:
    """Whether the outputs are other layers of those that both have, or the same ones in another order."""
    now = [into.get(index) for index in old.outputs]
    if None in now or now == list(new.outputs):
        return ()
    order = " in another order" if set(now) == set(new.outputs) else ""
    names = {into[index]: old.layers[index].name for index in into}
    before = ", ".join(old.layers[index].name for index in old.outputs)
    after = ", ".join(names.get(index, new.layers[index].name) for index in new.outputs)
    return (f"outputs{order}: {before} -> {after}",)


def _changes(old: ComparedSide, new: ComparedSide, matched: list[tuple[int, int]]) -> Iterator[LayerChange]:
    into = dict(matched)
    known = frozenset(into.values())
    before, now = 0, 0
    for left, right in [*matched, (len(old.layers), len(new.layers))]:
        yield from (LayerChange(layer, None) for layer in old.layers[before:left])
        yield from (LayerChange(None, layer) for layer in new.layers[now:right])
        if left < len(old.layers):
            was, layer = old.layers[left], new.layers[right]
            # A layer that was put in between, or removed, is reported itself. Other operands change this layer.
            read = tuple(into.get(index) for index in was.inputs)
            elsewhere = None not in read and known.issuperset(layer.inputs) and read != layer.inputs
            # Of a layer that is gone there are no weights to share any more: then it shares others.
            lender = None if was.owner is None else into.get(was.owner, -1)
            yield held(was, layer, elsewhere, lender != layer.owner)
        before, now = left + 1, right + 1


def held(old: ComparedLayer, new: ComparedLayer, elsewhere: bool, lent: bool = False) -> LayerChange:
    """A layer and its old form. `elsewhere`: whether it reads other layers than before; `lent`: whether it uses the
    weights of another layer than before."""
    same = {fact: getattr(old, fact) == getattr(new, fact) for fact in FACTS}
    same["field"] = old.field_range == new.field_range
    same |= {"inputs": not elsewhere, "shares": not lent}
    return LayerChange(old, new, tuple(fact for fact in FACTS if not same[fact]))
