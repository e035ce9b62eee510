"""A pattern -> the located tree of an ordinary spec: as if the spec had been written, with places in the pattern."""

from collections.abc import Mapping as MappingOf

from cnncalc.diagnostic import Diagnostic, Span
from cnncalc.layers import layer_type, main_field
from cnncalc.pattern import faults
from cnncalc.pattern.flattening import flattened
from cnncalc.pattern.parser import parse
from cnncalc.pattern.parts import GroupPart, LayerPart, Part, each_layer
from cnncalc.pattern.sizes import with_sizes
from cnncalc.pattern.state import PatternReading, Unset, scalar
from cnncalc.pattern.words import INPUT, SHAPE
from cnncalc.record import NamedTuple
from cnncalc.text import Entry, Mapping, Node, Scalar, Sequence, Source

# Characters of a pattern that a name repeats.
NAMED = 200
# Words of a part in brackets that name its switch.
SWITCH = 3


class Loaded(NamedTuple):
    """The tree of a pattern (None where there is nothing to go by), the faults in it, and what it leaves unsaid.

    `unset` is by the parameter's name, or `input`: what is reported where no value is given for it. A tree that is not
    `whole` is for finding more faults: it is not the network that is meant.
    """

    root: Mapping | None
    diagnostics: tuple[Diagnostic, ...]
    unset: MappingOf[str, Diagnostic]
    whole: bool = True


def load(source: Source) -> Loaded:
    """Read a pattern. A refused source gives nothing: its faults are reported already."""
    if source.refused:
        return Loaded(None, (), {})
    reading = PatternReading(source)
    parsed = parse(reading)
    if not parsed.parts:
        return Loaded(None, reading.in_order(), {})
    given = parsed.input.fields.get("shape") if parsed.input is not None else None
    parts = with_sizes(reading, parsed.parts)
    layers = _items(reading, flattened(parts, _rank(given)))
    whole = reading.places.span(reading.tokens[0].start, reading.tokens[-1].end)
    start = Span(whole.file, whole.line, whole.column, whole.line, whole.column)
    if not layers:
        return Loaded(None, reading.in_order(), {})
    unset = {name: entry.report for name, entry in reading.unset.items()}
    if given is None:
        place = parsed.input.key.span if parsed.input is not None else _first(parts)
        given = scalar(SHAPE, place)
        what = f"the pattern has no size of its input: {SHAPE} is assumed, as in the notes' example"
        help = f"write `INPUT {SHAPE}`, or give `--input {SHAPE}`"
        unset[INPUT] = faults.ASSUMED.at(place, what, help=help)
    entries = [
        _entry("cnncalc", scalar(1, start), start),
        _entry("name", scalar(" ".join(source.text.split())[:NAMED], start), start),
        _entry(INPUT, given, start),
    ]
    if reading.unset:
        entries.append(_entry("params", _parameters(start, reading.unset), start))
    entries.append(_entry("layers", Sequence(whole, layers), start))
    if reading.failed:
        return Loaded(Mapping(whole, entries), reading.in_order(), {}, whole=False)
    return Loaded(Mapping(whole, entries), reading.in_order(), unset)


def _entry(name: str, value: Node, span: Span) -> Entry:
    return Entry(scalar(name, span), value)


def _parameters(start: Span, unset: MappingOf[str, Unset]) -> Mapping:
    """What can be set. A letter has no value, which makes what uses it unknown until it is given one."""
    entries = []
    for name, parameter in unset.items():
        value = Scalar(
            parameter.place,
            parameter.value,
            str(parameter.value),
            plain=True,
            doubtful=parameter.value is None,
        )
        entries.append(_entry(name, value, parameter.place))
    return Mapping(start, entries)


def _rank(given: Node | None) -> int:
    """How many spatial axes the input has; two where that can't be read."""
    if isinstance(given, Mapping):
        return len(given) - 1
    if isinstance(given, Scalar):
        return 0 if isinstance(given.value, int) else min(str(given.value).count("x"), 3) or 2
    return 2


def _first(parts: list[Part]) -> Span:
    return next(each_layer(parts)).key.span


def _items(reading: PatternReading, parts: list[Part]) -> list[Node]:
    items = (_item(reading, part) for part in parts)
    return [item for item in items if item is not None]


def _item(reading: PatternReading, part: Part) -> Node | None:
    """A part as an item of a spec; None where there is nothing to go by, which has been reported."""
    if isinstance(part, LayerPart) and part.reported:
        return None
    controls: list[Entry] = []
    if (count := part.controls.repeat) is not None:
        controls.append(_entry("repeat", count, count.span))
    if (sign := part.controls.optional) is not None:
        name = _switch(part)
        what = f"`?` does not say whether `{name}` is in the network: it is kept"
        flag = reading.assumed(name, True, sign, what, f"give `--set {name}=false` to leave it out")
        controls.append(_entry("when", flag, sign))
    if isinstance(part, GroupPart):
        inside = _items(reading, part.parts)
        if not inside:
            return None
        if len(part.parts) == 1 and not isinstance(part.parts[0], GroupPart) and part.parts[0].controls.free:
            only = part.parts[0]
            part = LayerPart(only.key, part.span, only.word, only.fields, only.names, only.known)
        else:
            key = Scalar(part.span, "sequence", "sequence", plain=True)
            return Mapping(part.span, [Entry(key, Sequence(part.span, inside)), *controls])
    value = _value(part)
    if value is None and not controls:
        return part.key
    nothing = Scalar(part.key.span, None, "", plain=True)
    return Mapping(part.span, [Entry(part.key, nothing if value is None else value), *controls])


def _value(part: LayerPart) -> Node | None:
    """What stands inside a layer: nothing, its main value, or a mapping of its fields."""
    if not part.fields:
        return None
    if part.known and list(part.fields) == [main_field(layer_type(part.key.raw))]:
        (value,) = part.fields.values()
        if not isinstance(value, Mapping):
            return value
    entries = [
        Entry(scalar(name, part.names.get(name, node.span)), node) for name, node in part.fields.items()
    ]
    return Mapping(part.span, entries)


def _switch(part: Part) -> str:
    """What a part that may be left out is called among the parameters: by the words in it."""
    words: list[str] = []
    waiting: list[Part] = [part]
    while waiting and len(words) < SWITCH:
        inner = waiting.pop()
        if isinstance(inner, GroupPart):
            waiting += reversed(inner.parts)
        else:
            words.append(inner.word)
    return "_".join(words)
