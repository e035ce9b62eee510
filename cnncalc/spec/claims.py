"""The key `claims` of a spec: figures that are printed elsewhere, and why they differ. Loaded only where it is used."""

from collections.abc import Iterator

from cnncalc.record import NamedTuple
from cnncalc.spec import faults
from cnncalc.spec.reading import Reading
from cnncalc.spec.values import ValueExpr
from cnncalc.text import Entry, Mapping, Node, Scalar, Sequence, escaped

KEYS = ("figure", "layer", "says", "source", "why")
# Figures of the network; those of a layer are the first ones.
FIGURES = ("params", "weights", "macs", "activations", "depth")
OF_A_LAYER = FIGURES[:-1]
EXAMPLE = "write `claims: [{figure: params, says: 60M, source: the paper, why: it counts no biases}]`"


class Claim(NamedTuple):
    """What is printed elsewhere (`says`, in `source`), and why it differs from this figure.

    `figure` is one of `FIGURES`; empty for the output of the `layer`, whose figure it is otherwise if one is named.
    """

    says: tuple[str, ...]
    source: str
    why: str
    figure: str
    layer: ValueExpr | None


def claims(reading: Reading, entry: Entry) -> tuple[Claim, ...]:
    """The claims of a spec. One with an error is reported and left out: no figure depends on it."""
    with reading.without_figures():
        return tuple(_claims(reading, entry))


def _claims(reading: Reading, entry: Entry) -> Iterator[Claim]:
    if not isinstance(entry.value, Sequence):
        reading.report(
            faults.WRONG_VALUE, entry.value.span, "`claims` must be a list of claims", help=EXAMPLE
        )
        return
    for item in entry.value.items:
        if not isinstance(item, Mapping):
            what = "a claim must be a mapping with `says`, `source` and `why`"
            reading.report(faults.WRONG_VALUE, item.span, what, help=EXAMPLE)
        elif (claim := _claim(reading, item)) is not None:
            yield claim


def _claim(reading: Reading, item: Mapping) -> Claim | None:
    before = len(reading.diagnostics)
    for entry in item:
        if entry.name not in KEYS:
            what = f"a claim has no `{escaped(entry.name)}`"
            reading.unknown_word(faults.UNKNOWN_KEY, entry.key.span, what, entry.name, KEYS, "key")
    # A misspelt key is reported as a misspelling.
    if len(reading.diagnostics) == before:
        missing = [name for name in ("says", "source", "why") if name not in item]
        if missing:
            what = f"a claim needs {' and '.join(f'`{name}`' for name in missing)}"
            reading.report(faults.MISSING_KEY, item.span, what, help=EXAMPLE)
        elif "figure" not in item and "layer" not in item:
            what = "a claim needs `figure`, `layer` or both: what it is about"
            reading.report(faults.MISSING_KEY, item.span, what, help=f"figures: {', '.join(FIGURES)}")
    says = tuple(_says(reading, item))
    source, why = _text(reading, item, "source"), _text(reading, item, "why")
    figure = _figure(reading, item)
    layer = item.get("layer")
    name = _text(reading, item, "layer")
    if len(reading.diagnostics) > before:
        return None
    place = None if layer is None else ValueExpr(layer.value.span, name, constant=True)
    return Claim(says, source, why, figure, place)


def _says(reading: Reading, item: Mapping) -> Iterator[str]:
    """One text, or several that say the same."""
    entry = item.get("says")
    if entry is not None and isinstance(entry.value, Sequence):
        if not entry.value.items:
            reading.report(faults.WRONG_VALUE, entry.value.span, "`says` is empty")
        for node in entry.value.items:
            yield _read(reading, node, "says")
    else:
        yield _text(reading, item, "says")


def _text(reading: Reading, item: Mapping, name: str) -> str:
    entry = item.get(name)
    return "" if entry is None else _read(reading, entry.value, name)


def _read(reading: Reading, node: Node, name: str) -> str:
    """A text of one line."""
    text = node.raw if isinstance(node, Scalar) and node.value is not None else ""
    if not text.strip():
        reading.report(faults.WRONG_VALUE, node.span, f"`{name}` of a claim must be a text")
    return " ".join(text.split())


def _figure(reading: Reading, item: Mapping) -> str:
    entry = item.get("figure")
    if entry is None:
        return ""
    word = _read(reading, entry.value, "figure")
    known = OF_A_LAYER if "layer" in item else FIGURES
    if word and word not in known:
        whose = "a layer" if "layer" in item else "the network"
        what = f"`{escaped(word)}` is not a figure of {whose}"
        reading.unknown_word(faults.WRONG_VALUE, entry.value.span, what, word, known, "key")
    return word
