"""Changes in words: what text and Markdown say alike."""

from collections.abc import Iterator
from typing import Any

from cnncalc.comparison import TOTALS, ComparedSide, Comparison, LayerChange, LayerFacts, Verdict
from cnncalc.diagnostic import Severity
from cnncalc.exact import counted
from cnncalc.layers import shown
from cnncalc.record import NamedTuple
from cnncalc.render.figures import axes, size
from cnncalc.shape import Shape

UNKNOWN = "unknown"
NAMES = {"params": "parameters", "macs": "MACs", "memory": "memory (peak)", "field": "receptive field"}
SIGNS = {"changed": "~", "added": "+", "removed": "-"}


class Line(NamedTuple):
    """One line of the totals."""

    name: str
    old: str
    new: str
    change: str
    percent: str


def figure(name: str, value: int | None) -> str:
    """A figure for people; memory in bytes."""
    if value is None:
        return UNKNOWN
    return size(value) if name == "memory" else f"{value:,}"


def totals(comparison: Comparison) -> Iterator[Line]:
    """Every figure, and what enters, what comes out and the receptive field where they are not the same."""
    old, new = comparison.old, comparison.new
    for name, of in (("input", "inputs"), ("output", "outputs")):
        before, now = (_shapes(side, of) for side in (old, new))
        if before != now:
            yield Line(name, before, now, "", "")
    for name in TOTALS:
        before_count, now_count = old.totals[name], new.totals[name]
        yield Line(
            NAMES.get(name, name),
            figure(name, before_count),
            figure(name, now_count),
            change(name, before_count, now_count),
            change_in_percent(before_count, now_count),
        )
    if old.field_range != new.field_range:
        yield Line(NAMES["field"], field(old.field_range), field(new.field_range), "", "")


def _shapes(side: ComparedSide, of: str) -> str:
    return ", ".join(map(shape, side.shapes(getattr(side, of)))) or UNKNOWN


def shape(given: Shape | None) -> str:
    return UNKNOWN if given is None else str(given)


def field(given: tuple[str, ...] | None) -> str:
    return UNKNOWN if given is None else axes(given) if given else "-"


def change(name: str, old: int | None, new: int | None) -> str:
    """`+1,024`; nothing where there is no change, and unknown where a figure is."""
    if old is None or new is None:
        return UNKNOWN
    if old == new:
        return ""
    return ("+" if new > old else "-") + figure(name, abs(new - old))


def change_in_percent(old: int | None, new: int | None) -> str:
    """`+4.2%` of the old figure; nothing where there is no change, or nothing it could be a share of."""
    if old is None or new is None or old == new or not old:
        return ""
    share = 100 * (new - old) / old
    return f"{share:+.1f}%" if abs(share) >= 0.05 else f"{share:+.1g}%"


def told(one: LayerChange) -> list[str]:
    """What is different in a layer, or what one is that has come or gone; each part a short phrase."""
    if one.old is None or one.new is None:
        return _whole(one.either)
    parts = [one.inside] if one.inside else []
    for fact in one.differs:
        if fact in ("weights", "buffers") and "params" in one.differs:
            continue
        if fact == "settings":
            # A layer that could not be made has no settings to hold against the other's.
            known = one.old.layer is not None and one.new.layer is not None
            parts += [f"{name} {_arrow(shown(_plain(old)), shown(_plain(new)))}"
                      for name, (old, new) in one.settings.items()] if known else []  # fmt: skip
        elif fact == "inputs":
            parts.append("reads other layers")
        elif fact == "output":
            parts.append(_arrow(shape(one.old.output), shape(one.new.output)))
        elif fact == "field":
            parts.append(f"field {_arrow(field(one.old.field_range), field(one.new.field_range))}")
        else:
            before, now = getattr(one.old, fact), getattr(one.new, fact)
            share = change_in_percent(before, now)
            name = {"params": "params", "macs": "MACs"}.get(fact, fact)
            parts.append(
                f"{name} {_arrow(figure(fact, before), figure(fact, now))}" + (f" ({share})" if share else "")
            )
    return parts


def title(side: ComparedSide) -> str:
    """A network's file, and the values that were asked for."""
    values = ", ".join(f"{name}={shown(value)}" for name, value in side.values.items())
    return f"{side.file} ({values})" if values else side.file


def name(one: LayerChange) -> str:
    """A layer's name, and what it was called."""
    if one.old is None or one.new is None or one.old.name == one.new.name:
        return one.either.name
    return _arrow(one.old.name, one.new.name)


def _arrow(old: str, new: str) -> str:
    return f"{old} -> {new}"


def _plain(value: Any) -> Any:
    """A field's value as a spec says it: sides of a padding as a mapping."""
    from cnncalc.vocabulary.field import SIDES, Sides

    return {side: getattr(value, side) for side in SIDES} if isinstance(value, Sides) else value


def _whole(layer: LayerFacts) -> list[str]:
    counts = [("params", "params"), ("macs", "MACs"), ("activations", "activations")]
    told = [
        f"{figure(fact, value)} {word.removesuffix('s') if value == 1 else word}"
        for fact, word in counts
        if (value := getattr(layer, fact))
    ]
    return [layer.label, shape(layer.output), *told]


def summary(comparison: Comparison) -> str:
    """`3 layers changed, 1 added, 12 renamed; 20 as before`."""
    counts = comparison.counts
    words = {"changed": "changed", "added": "added", "removed": "removed", "renamed": "renamed",
             "field": "in receptive field only"}  # fmt: skip
    parts = [f"{counts[what]:,} {word}" for what, word in words.items() if counts[what]]
    # Of a layer that is unknown in both nobody knows whether it is the same.
    unknown = sum(change.what == "same" and change.either.output is None for change in comparison.changes)
    same = counts["same"] - unknown
    more = f"; {unknown:,} unknown" if unknown else ""
    if not parts:
        return f"no difference in {counted(same, 'layer')}{more}"
    return f"layers: {', '.join(parts)}" + (f"; {same:,} as before" if same else "") + more


def verdict(one: Verdict) -> str:
    """A condition, and how it was decided."""
    name, text = one.condition.figure, one.condition.text
    if one.met is None:
        return f"{text}: can't be decided, as {name} is unknown"
    went = f"{figure(name, one.old)} -> {figure(name, one.new)}"
    share = change_in_percent(one.old, one.new)
    return f"{text}: {'met' if one.met else 'not met'}, {went}" + (f" ({share})" if share else "")


def faults(comparison: Comparison) -> list[str]:
    """Of each network with errors, how many there are, and how much of it is not known for them."""
    lines = []
    for side in (comparison.old, comparison.new):
        errors = sum(item.severity is Severity.ERROR for item in side.diagnostics)
        if errors:
            told = f"{side.file}: {errors:,} error{'' if errors == 1 else 's'}"
            behind = (
                f"; {counted(side.not_checked, 'layer')} not checked, behind a fault"
                if side.not_checked
                else ""
            )
            lines.append(told + behind)
    return lines
