"""The keys at the top of a document, without its parameters, blocks and layers."""

import re
from collections.abc import Iterator
from contextlib import nullcontext
from typing import TYPE_CHECKING

from cnncalc import layers
from cnncalc.diagnostic import Edit, Fix, Span
from cnncalc.layers import shown
from cnncalc.shape import AXIS_NAMES
from cnncalc.spec import faults
from cnncalc.spec.budget import NO_BUDGET, Budget
from cnncalc.spec.controls import CONTROLS
from cnncalc.spec.extends import OVERRIDES, Family
from cnncalc.spec.reading import Reading
from cnncalc.text import Entry, Mapping, Node, Scalar, Sequence, escaped, is_expression

if TYPE_CHECKING:
    from cnncalc.spec.claims import Claim

KEYS = (
    "cnncalc", "name", "source", "extends", "input", "inputs", "outputs", "params", "defaults", "blocks",
    "layers", "strict", "budget", "claims",
)  # fmt: skip
VERSION = 1
# Control keys that go beside every item.
BESIDE_ANY = CONTROLS - {"name", "first", "share", "shortcut"}
# A rough pattern of a shape.
SHAPED = r"(?a)\d\s*[xX×*,]\s*\d"


def top_level(reading: Reading, texts: Family) -> frozenset[str]:
    """Check the keys of every text, and the version of each. Returns the keys that an unknown key may mean."""
    meant: set[str] = set()
    for root in texts.roots:
        extending = root.get("extends") is not None
        if not root.whole:
            meant.update(KEYS)
        for entry in root:
            if entry.name not in KEYS:
                may_be = {name for name in _may_be_meant(entry) if name not in root}
                meant |= may_be
                what = f"a spec has no key `{escaped(entry.name)}`"
                with nullcontext() if may_be else reading.without_figures():
                    if entry.name in BESIDE_ANY:
                        what += ": it is a control key"
                        help = "write it beside a layer, or beside a `sequence` that holds several"
                        reading.report(faults.UNKNOWN_KEY, entry.key.span, what, help=help)
                        continue
                    reading.unknown_word(faults.UNKNOWN_KEY, entry.key.span, what, entry.name, KEYS, "key")
            elif extending and entry.name not in OVERRIDES:
                reading.report(
                    faults.CONFLICTING_KEYS,
                    entry.key.span,
                    f"`{entry.name}` can't stand beside `extends`: only {', '.join(OVERRIDES[2:])} are overridden",
                )
        start = Span(root.span.file, 1, 1, 1, 1)
        version = root.get("cnncalc")
        if version is None:
            fix = Fix("put `cnncalc: 1` first", (_first(root),))
            with reading.without_figures():
                reading.report(
                    faults.MISSING_KEY,
                    start,
                    "this is not a spec yet: the key `cnncalc`, its format version, is missing",
                    help="put `cnncalc: 1` first"
                    if "layers" in root
                    else "put `cnncalc: 1` first; `cnncalc import` makes the spec of a network in another form",
                    fixes=[fix],
                )
        elif not (
            isinstance(version.value, Scalar) and version.value.value == VERSION and _whole(version.value)
        ):
            refused = (
                escaped(shown(version.value.value))
                if isinstance(version.value, Scalar)
                else "a list or mapping"
            )
            place = version.value.span
            # The place of a missing value is right after the colon.
            written = str(VERSION) if place.start != (place.end_line, place.end_column) else f" {VERSION}"
            reading.report(
                faults.WRONG_VERSION,
                place,
                f"format version `{refused}` is not supported",
                help=f"write `cnncalc: {VERSION}`",
                fixes=[Fix(f"write {VERSION}", (Edit(place, written),))],
            )
    base = texts.roots[-1]
    place = base.entries[0].key.span if len(base) else base.span
    if not texts.whole:
        return frozenset(meant)
    if base.get("layers") is None and "layers" not in meant:
        reading.report(faults.MISSING_KEY, place, "a spec needs `layers`: a list of layers")
    if texts.get("input") is None and base.get("inputs") is None and "input" not in meant:
        reading.report(
            faults.MISSING_KEY,
            place,
            "a spec needs `input`: the shape of an image",
            help="write `input: 224x224x3`",
        )
    if (single := base.get("input")) is not None and base.get("inputs") is not None:
        reading.report(
            faults.CONFLICTING_KEYS,
            single.key.span,
            "a spec has `input` or `inputs`, but not both",
            help="remove one of them: `inputs` is for a network with several inputs",
        )
        meant.add("input")
    return frozenset(meant)


def _may_be_meant(entry: Entry) -> Iterator[str]:
    """The keys that an unknown key may mean, judged by its value; without those that no figure depends on."""
    node = entry.value
    if isinstance(node, Sequence):
        yield from ("layers", "outputs")
    elif isinstance(node, Scalar):
        if isinstance(node.value, str) and (re.search(SHAPED, node.raw) or is_expression(node.raw)):
            yield "input"
    else:
        inside = [inner.value for inner in node]
        if any(inner.name in layers.names() for inner in node):
            yield "defaults"
        if any(isinstance(value, Mapping) and "layers" in value for value in inside):
            yield "blocks"
        if any(inner.name in AXIS_NAMES for inner in node) or any(map(_is_shape, inside)):
            yield from ("input", "inputs")
        if not any(isinstance(value, Mapping) for value in inside):
            yield "params"


def _is_shape(node: Node) -> bool:
    return isinstance(node, Scalar) and re.search(SHAPED, node.raw) is not None


def _first(root: Mapping) -> Edit:
    """Put the version before all other keys, in block or in flow style like the rest."""
    line, column = root.inside
    version = f"cnncalc: {VERSION}, " if root.braces else f"cnncalc: {VERSION}\n{' ' * (column - 1)}"
    return Edit(Span(root.span.file, line, column, line, column), version)


def _whole(node: Scalar) -> bool:
    return isinstance(node.value, int) and not isinstance(node.value, bool)


def text(reading: Reading, texts: Family, name: str) -> str:
    """The text of a key; empty if it is not there."""
    entry = texts.get(name)
    if entry is None:
        return ""
    if not isinstance(entry.value, Scalar):
        with reading.without_figures():
            reading.report(faults.WRONG_VALUE, entry.value.span, f"`{name}` must be a text")
        return ""
    return "" if entry.value.value is None else entry.value.raw


def strict(reading: Reading, texts: Family) -> bool:
    """Whether every remainder is an error."""
    entry = texts.get("strict")
    if entry is None:
        return False
    value = entry.value.value if isinstance(entry.value, Scalar) else None
    if not isinstance(value, bool):
        with reading.without_figures():
            reading.report(faults.WRONG_VALUE, entry.value.span, "`strict` must be true or false")
    return value is True


def budget(reading: Reading, texts: Family) -> Budget:
    """The limits of `budget`, if there are any."""
    entry = texts.get("budget")
    if entry is None:
        return NO_BUDGET
    from cnncalc.spec import budget_key

    return budget_key.budget(reading, entry)


def claims(reading: Reading, texts: Family) -> "tuple[Claim, ...]":
    """The figures printed elsewhere that differ; those of a spec that is extended are about another network."""
    entry = texts.roots[0].get("claims")
    if entry is None:
        return ()
    from cnncalc.spec import claims as key

    return key.claims(reading, entry)
