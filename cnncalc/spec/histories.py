"""What comes in with a history: `inputs: {c4: {shape: 40x40x64, stride: 16, field: 91}}`."""

from cnncalc.shape import AXIS_NAMES
from cnncalc.spec import faults
from cnncalc.spec.model import History
from cnncalc.spec.reading import Reading
from cnncalc.spec.values import ValueExpr, unreadable
from cnncalc.text import Mapping, Node, escaped
from cnncalc.text.arithmetic import shown

KEYS = ("shape", "stride", "field")


def has_history(node: Node) -> bool:
    """Whether an input is written as a mapping with a shape and its history, not as a shape."""
    return isinstance(node, Mapping) and any(entry.name in KEYS for entry in node)


def history(
    reading: Reading, node: Mapping, shape: ValueExpr | None = None
) -> tuple[ValueExpr, History | None]:
    """The shape of an input, and its history, if it has one; `shape` is the one to keep if none is written."""
    givens: dict[str, ValueExpr] = {}
    whole = node.whole
    sides = [entry for entry in node if entry.name in AXIS_NAMES]
    if sides:
        values = [reading.value(entry.value) for entry in sides]
        written = ", ".join(
            f"{side.name}: {shown(given.value)}" for side, given in zip(sides, values, strict=True)
        )
        known_values = all(given.constant and type(given.value) is int for given in values)
        reading.report(
            faults.UNKNOWN_KEY,
            sides[0].key.span,
            "the sizes of an input with a stride or a field stand in its `shape`",
            help=f"write `shape: {{{written}}}`" if known_values else "move them into `shape: {...}`",
        )
        whole = False
    for entry in node:
        if entry.name in KEYS:
            givens[entry.name] = reading.value(entry.value)
        elif entry.name not in AXIS_NAMES:
            whole = False
            what = f"an input has no `{escaped(entry.name)}`"
            reading.unknown_word(faults.UNKNOWN_KEY, entry.key.span, what, entry.name, KEYS, "key")
    if "shape" not in givens and shape is None:
        if whole:
            reading.report(
                faults.MISSING_KEY, node.span, "an input needs `shape`", help="write `shape: 40x40x64` in it"
            )
        return unreadable(node.span), None
    if "field" in givens and "stride" not in givens:
        reading.report(
            faults.MISSING_KEY,
            givens["field"].span,
            "`field` needs `stride`: without it nothing is known of the fields of the layers",
            help="write `stride: 16` beside it, or remove it",
        )
        givens.pop("field")
    known = History(givens["stride"], givens.get("field")) if "stride" in givens else None
    return givens.get("shape", shape) or unreadable(node.span), known
