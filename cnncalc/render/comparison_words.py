"""Changes in words, for text and for Markdown."""

from collections.abc import Iterator
from typing import Any

from cnncalc.comparison import TOTALS, ComparedLayer, ComparedSide, Comparison, LayerChange, Verdict
from cnncalc.diagnostic import Severity
from cnncalc.exact import counted, grouped
from cnncalc.layers import shown
from cnncalc.record import NamedTuple
from cnncalc.render.figures import axes, size
from cnncalc.shape import Shape

UNKNOWN = "unknown"
# A layer, or a network, without devices.
NOWHERE = "none"
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
    return size(value) if name == "memory" else grouped(value)


def totals(comparison: Comparison) -> Iterator[Line]:
    """Every figure, and the inputs, the outputs and the receptive field if they changed."""
    old, new = comparison.old, comparison.new
    for name, of in (("input", "inputs"), ("output", "outputs")):
        before, now = (_shapes(side, of) for side in (old, new))
        if before != now:
            yield Line(name, before, now, "", "")
    if old.devices != new.devices:
        yield Line("devices", ", ".join(old.devices) or NOWHERE, ", ".join(new.devices) or NOWHERE, "", "")
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
    """`+1,024`; empty if there is no change, `unknown` if a figure is unknown."""
    if old is None or new is None:
        return UNKNOWN
    if old == new:
        return ""
    return ("+" if new > old else "-") + figure(name, abs(new - old))


def change_in_percent(old: int | None, new: int | None) -> str:
    """`+4.2%` of the old figure; empty if there is no change, or if the old figure is 0."""
    if old is None or new is None or old == new or not old:
        return ""
    share = 100 * (new - old) / old
    return f"{share:+.1f}%" if abs(share) >= 0.05 else f"{share:+.1g}%"


def differences(layer_change: LayerChange) -> list[str]:
    """The differences of a layer, or the facts of a new or removed layer; each part is a short phrase."""
    if layer_change.old is None or layer_change.new is None:
        return _whole(layer_change.either)
    parts = [layer_change.inside] if layer_change.inside else []
    for fact in layer_change.differs:
        if fact in ("weights", "buffers") and "params" in layer_change.differs:
            continue
        if fact == "settings":
            # A layer with an error has no settings to compare.
            known = layer_change.old.layer is not None and layer_change.new.layer is not None
            parts += [f"{name} {_arrow(shown(_plain(old)), shown(_plain(new)))}"
                      for name, (old, new) in layer_change.settings.items()] if known else []  # fmt: skip
        elif fact == "inputs":
            parts.append("reads other layers")
        elif fact == "shares":
            parts.append(_sharing(layer_change.old.shares, layer_change.new.shares))
        elif fact == "place":
            places = (layer_change.old.place or NOWHERE, layer_change.new.place or NOWHERE)
            parts.append(f"device {_arrow(*places)}")
        elif fact == "output":
            parts.append(_arrow(shape(layer_change.old.output), shape(layer_change.new.output)))
        elif fact == "frozen":
            parts.append("now frozen" if layer_change.new.frozen else "no longer frozen")
        elif fact == "module":
            parts.append(
                f"module call {_arrow(layer_change.old.module or 'none', layer_change.new.module or 'none')}"
            )
        elif fact == "field":
            parts.append(
                f"field {_arrow(field(layer_change.old.field_range), field(layer_change.new.field_range))}"
            )
        else:
            before, now = getattr(layer_change.old, fact), getattr(layer_change.new, fact)
            share = change_in_percent(before, now)
            name = {"params": "params", "macs": "MACs"}.get(fact, fact)
            parts.append(
                f"{name} {_arrow(figure(fact, before), figure(fact, now))}" + (f" ({share})" if share else "")
            )
    return parts


def _sharing(old: str | None, new: str | None) -> str:
    """Whose weights a layer uses now."""
    if new is None:
        return f"has its own weights, no longer those of {old}"
    return f"shares the weights of {new}" + (f", no longer those of {old}" if old is not None else "")


def titles(comparison: Comparison) -> tuple[str, str]:
    """Both networks: the file of each, its mode if they are in different ones, and the values of `--set`."""
    modes_differ = comparison.old.mode != comparison.new.mode
    return _title(comparison.old, modes_differ), _title(comparison.new, modes_differ)


def _title(side: ComparedSide, with_mode: bool) -> str:
    values = [f"{name}={shown(value)}" for name, value in side.values.items()]
    words = ", ".join([side.mode, *values] if with_mode else values)
    return f"{side.file} ({words})" if words else side.file


def name(change: LayerChange) -> str:
    """A layer's name; for a renamed layer the old and the new name."""
    if change.old is None or change.new is None or change.old.name == change.new.name:
        return change.either.name
    return _arrow(change.old.name, change.new.name)


def _arrow(old: str, new: str) -> str:
    return f"{old} -> {new}"


def _plain(value: Any) -> Any:
    """A field's value as in a spec: the sides of a padding as a mapping."""
    from cnncalc.vocabulary.values import Mapped

    return value.asdict() if isinstance(value, Mapped) else value


def _whole(layer: ComparedLayer) -> list[str]:
    counts = [("params", "params"), ("macs", "MACs"), ("activations", "activations")]
    in_words = [
        f"{figure(fact, value)} {word.removesuffix('s') if value == 1 else word}"
        for fact, word in counts
        if (value := getattr(layer, fact))
    ]
    return [layer.label, shape(layer.output), *in_words]


def summary(comparison: Comparison) -> str:
    """`3 layers changed, 1 added, 12 renamed; 20 as before`."""
    counts = comparison.counts
    words = {"changed": "changed", "added": "added", "removed": "removed", "renamed": "renamed",
             "field": "in receptive field only"}  # fmt: skip
    parts = [f"{grouped(counts[what])} {word}" for what, word in words.items() if counts[what]]
    # An input is no layer: the totals do not count it either.
    kept = [
        change.either for change in comparison.changes if change.what == "same" and not change.either.is_input
    ]
    # A layer that is unknown in both networks may have changed or not.
    unknown = sum(layer.output is None for layer in kept)
    same = len(kept) - unknown
    more = f"; {grouped(unknown)} unknown" if unknown else ""
    if not parts:
        return f"no difference in {counted(same, 'layer')}{more}"
    return f"layers: {', '.join(parts)}" + (f"; {grouped(same)} unchanged" if same else "") + more


def verdict(judged: Verdict) -> str:
    """A condition, and its result."""
    name, text = judged.condition.figure, judged.condition.text
    if judged.met is None:
        return f"{text}: can't be decided, because {name} is unknown"
    went = f"{figure(name, judged.old)} -> {figure(name, judged.new)}"
    share = change_in_percent(judged.old, judged.new)
    return f"{text}: {'met' if judged.met else 'not met'}, {went}" + (f" ({share})" if share else "")


def error_notes(comparison: Comparison) -> list[str]:
    """For each network with errors: the number of errors, and of layers that are not checked because of them."""
    lines = []
    for side in (comparison.old, comparison.new):
        errors = sum(item.severity is Severity.ERROR for item in side.diagnostics)
        if errors:
            sentence = f"{side.file}: {grouped(errors)} error{'' if errors == 1 else 's'}"
            unchecked = (
                f"; {counted(side.not_checked, 'layer')} not checked, after an error"
                if side.not_checked
                else ""
            )
            lines.append(sentence + unchecked)
    return lines
