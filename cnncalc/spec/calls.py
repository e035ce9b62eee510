"""The arguments of a layer: which field each sets, constants checked at once, expressions left for later."""

from collections.abc import Mapping as MappingOf
from typing import Any

from cnncalc.diagnostic import Edit, Fix, Span
from cnncalc.layers import REQUIRED, Kind, Layer, Refused, another_words, main_field, stated
from cnncalc.record import NamedTuple
from cnncalc.spec import faults
from cnncalc.spec.controls import CONTROLS
from cnncalc.spec.item_types import LayerCall
from cnncalc.spec.reading import Reading, nearest
from cnncalc.spec.values import ValueExpr
from cnncalc.text import Entry, Mapping, Node, Scalar, escaped, scalar_value

SUGAR = ("norm", "act")
# How the description of a field begins that takes no article.
NO_ARTICLE = ("the", "its", "how", "which")


def refusal(name: str, kind: Kind, error: Refused) -> tuple[str, str | None]:
    """The message and the help for a value that a field does not take."""
    return f"`{name}` must be {kind.words}, not {escaped(str(error))}", error.help


def report_refusal(reading: Reading, name: str, kind: Kind, error: Refused, span: Span) -> None:
    message, help = refusal(name, kind, error)
    from cnncalc.spec.guessing import padding_word
    from cnncalc.spec.slips import meant, uncommented

    if (value := uncommented(str(error))) is not None and _fits(kind, value):
        message = f"`{escaped(str(error))}` is one word: a comment needs a space before its `#`"
        fix = Fix(f"write `{value}` and the comment after a space", (Edit(_end_of(span, value), " "),))
        reading.report(faults.WRONG_VALUE, span, message, help=f"write `{value} #`", fixes=[fix])
        return
    if name == "padding" and (help_here := padding_word(str(error))) is not None:
        reading.report(faults.WRONG_VALUE, span, message, help=help_here)
        return
    words = nearest(str(error), kind.choices) if kind.choices else None
    instead = error.instead or words
    slip = None if instead else meant(str(error))
    if slip is not None and _fits(kind, slip[1]):
        (message, help), instead = (f"{message}: {slip[0]}", f"write `{slip[1]}`"), slip[1]
    if instead is not None and not _fits(kind, instead):
        instead = help = None
    if help is None and instead is None and name == "padding" and str(error).lstrip("-").isdecimal():
        help = "to remove positions instead, put the layer `crop` before it"
    elif help is None and instead is None and kind.low is not None and _below(str(error), kind.low):
        help = f"write {kind.low:g} or more"
    elif help is None and instead is None and kind.high == 1 and (share := _percentage(str(error))):
        help = f"`{name}` is a fraction of 1: for {error}% write {share}"
    fixes = [Fix(f"write {instead}", (Edit(span, instead),))] if instead else []
    reading.report(
        faults.WRONG_VALUE,
        span,
        message,
        help=help or (f"did you mean `{words}`?" if words else None),
        fixes=fixes,
    )


def _below(text: str, low: float) -> bool:
    value = scalar_value(text)[0]
    return isinstance(value, int | float) and not isinstance(value, bool) and value < low


def _percentage(text: str) -> str | None:
    """A number from 1 to 100, read as a percentage, as a fraction of 1."""
    value = scalar_value(text)[0]
    if isinstance(value, int | float) and not isinstance(value, bool) and 1 < value <= 100:
        return f"{value / 100:g}"
    return None


def _end_of(span: Span, value: str) -> Span:
    """The empty place right after a value that begins at the start of `span`."""
    column = span.column + len(value)
    return Span(span.file, span.line, column, span.line, column)


def _fits(kind: Kind, text: str) -> bool:
    """Whether a field accepts the value of a text: a word, a number or a list of numbers."""
    listed = text[1:-1].split(", ") if text[0] == "[" else []
    try:
        kind.read(tuple(map(int, listed)) or scalar_value(text)[0])
    except Refused:
        return False
    return True


def arguments(reading: Reading, layer: type[Layer], node: Node | None) -> tuple[dict[str, Node], bool]:
    """The arguments inside a layer, by field name, and whether all could be read. Reports unknown keys."""
    known = stated(layer)
    if node is None or (isinstance(node, Scalar) and node.value is None):
        return {}, True
    if isinstance(node, Mapping):
        sugar = SUGAR if layer.takes_sugar else ()
        nodes: dict[str, Node] = {}
        whole = node.whole
        skipped = 0
        for number, entry in enumerate(node):
            if skipped:
                skipped -= 1
            elif entry.name in known and (count := _tuple(reading, entry, node, number)):
                whole, skipped = False, count - 1
            elif entry.name in known or entry.name in sugar:
                nodes[entry.name] = entry.value
            else:
                whole = False
                among = [*known, *sugar]
                if entry.name in CONTROLS:
                    _report_control(reading, layer.key, entry)
                    continue
                what = f"`{layer.key}` has no `{escaped(entry.name)}`"
                reading.unknown_word(faults.UNKNOWN_KEY, entry.key.span, what, entry.name, among, "field")
        return nodes, whole
    main = main_field(layer)
    if main is None:
        span = node.span
        reading.report(
            faults.WRONG_VALUE,
            span,
            f"`{layer.key}` takes no single value",
            help=f"its parameters: {', '.join(known)}" if known else "write it as a bare word",
        )
        return {}, False
    return {main: node}, True


def _tuple(reading: Reading, entry: Entry, node: Mapping, number: int) -> int:
    """Report a value in parentheses that continues in the next entries. Returns the number of its entries, or 0."""
    if not (isinstance(entry.value, Scalar) and entry.value.raw.startswith("(")):
        return 0
    from cnncalc.spec.slips import report_tuple

    return report_tuple(reading, entry.name, node.entries[number:])


def _report_control(reading: Reading, word: str, entry: Entry) -> None:
    """Report a control key that is written inside a layer."""
    value = entry.value.raw if isinstance(entry.value, Scalar) else "..."
    reading.report(
        faults.UNKNOWN_KEY,
        entry.key.span,
        f"`{entry.name}` goes beside `{word}`, not inside it: it is a control key, not a parameter of a layer",
        help=f"remove it here, and write `{entry.name}: {escaped(value)}` on its own line below "
        f"`- {word}: ...`, with the same indentation as `{word}`",
    )


class WrittenCall(NamedTuple):
    """The arguments of a layer in one text: values by field, unread `norm` and `act`, and whether all are valid."""

    givens: dict[str, ValueExpr]
    sugar: dict[str, Node]
    whole: bool


NOTHING = WrittenCall({}, {}, True)


def written(reading: Reading, layer: type[Layer], node: Node | None) -> WrittenCall:
    """Read the arguments inside a layer; constants are not checked against their fields yet."""
    nodes, whole = arguments(reading, layer, node)
    if not nodes:
        return WrittenCall({}, {}, whole)
    givens: dict[str, ValueExpr] = {}
    sugar: dict[str, Node] = {}
    for name, value in nodes.items():
        if name in SUGAR and layer.takes_sugar:
            sugar[name] = value
        elif (given := reading.given(value)) is not None:
            givens[name] = given
        else:
            whole = False
    return WrittenCall(givens, sugar, whole)


def call(
    reading: Reading,
    layer: type[Layer],
    own: WrittenCall,
    under: MappingOf[str, ValueExpr],
    place: Span | None,
    *,
    unreadable: bool = False,
) -> LayerCall:
    """A layer's call: its own values, and the values `under` them as defaults. Without a `place` nothing is required.

    `unreadable` means that there may be more defaults, which could not be read.
    """
    under = _without_doubles(layer, own.givens, under) if under else under
    givens = {**under, **own.givens} if under else own.givens
    fields: dict[str, Any] = {}
    computed: dict[str, ValueExpr] = {}
    whole = not _report_doubles(reading, layer, own.givens) and own.whole
    for name, (field, default) in stated(layer).items():
        given = givens.get(name)
        if given is None or (given.constant and given.value is None):
            if default is REQUIRED and place is not None and whole and not unreadable:
                whole = False
                _report_missing(reading, layer, name, place)
        elif not given.constant:
            computed[name] = given
        else:
            try:
                fields[name] = field.kind.read(given.value)
            except Refused as error:
                whole = False
                if name in own.givens:
                    report_refusal(reading, name, field.kind, error, given.span)
    spans = {name: given.span for name, given in own.givens.items()}
    inherited = {name: given.span for name, given in under.items() if name not in spans}
    return LayerCall(fields, computed, spans, inherited, whole, unreadable)


def _without_doubles(
    layer: type[Layer], own: MappingOf[str, ValueExpr], under: MappingOf[str, ValueExpr]
) -> MappingOf[str, ValueExpr]:
    """The defaults without those for which a layer's own values have another word."""
    doubles: set[str] = set()
    for name, same in another_words(layer).items():
        doubles.update((same,) if name in own else (name,) if same in own else ())
    return {name: given for name, given in under.items() if name not in doubles} if doubles else under


def _report_doubles(reading: Reading, layer: type[Layer], own: MappingOf[str, ValueExpr]) -> bool:
    """Report two words for one field. Returns whether there are any."""
    doubles = [
        (name, same)
        for name, same in another_words(layer).items()
        if name in own and same in own and own[name].value is not None and own[same].value is not None
    ]
    for name, same in doubles:
        reading.report(
            faults.WRONG_VALUE,
            own[name].span,
            f"`{name}` and `{same}` of `{layer.key}` mean the same, and both are given",
            help=f"remove `{name}`: `{same}` says it too",
        )
    return bool(doubles)


def _report_missing(reading: Reading, layer: type[Layer], name: str, place: Span) -> None:
    field, _ = stated(layer)[name]
    letter = f" ({field.letter})" if field.letter else ""
    value = field.example or "..."
    form = f"`{layer.key}: {{{name}: {value}}}`"
    if field.main:
        form = f"`{layer.key}: {value}` or {form}"
    begins = field.doc.split()[0]
    article = "" if begins in NO_ARTICLE or begins.endswith(":") else "the "
    reading.report(
        faults.MISSING_KEY,
        place,
        f"`{layer.key}` needs `{name}`{letter}, {article}{field.doc}",
        help=f"write {form}" if field.example else f"write {form} with {field.kind.words}",
    )
