"""`unknown`: an operation that cnncalc has no layer for, with the figures that are known of it."""

from cnncalc.diagnostic import Span
from cnncalc.spec import faults
from cnncalc.spec.item_types import Controls, Operand, UnknownItem
from cnncalc.spec.operands import Items
from cnncalc.spec.reading import Reading
from cnncalc.spec.values import ValueExpr
from cnncalc.text import Mapping, Node, Scalar, Sequence, escaped

COUNTS = ("params", "buffers", "macs")
KEYS = ("op", "of", "shape", *COUNTS, "note")
# The value of a figure that is not known.
UNKNOWN = "unknown"


def unknown_item(
    reading: Reading, node: Node | None, span: Span, whole: Span, controls: Controls, items: Items
) -> UnknownItem | None:
    """The item; None if it can't be read, which is reported."""
    if isinstance(node, Scalar) and isinstance(node.value, str) and node.value:
        return UnknownItem(span, whole, controls, node.value)
    if not isinstance(node, Mapping):
        reading.report(
            faults.WRONG_VALUE,
            node.span if node is not None else span,
            "`unknown` must be the name of the operation, or a mapping with `op`",
            help="write `unknown: {op: NAME, shape: 40x40x64, params: 1234, macs: unknown}`",
        )
        return None
    texts = {"op": "", "note": ""}
    counts: dict[str, ValueExpr] = {}
    shape: ValueExpr | None = None
    operands: tuple[Operand, ...] | None = None
    clear = node.whole
    for entry in node:
        name, value = entry.name, entry.value
        if name in texts:
            texts[name] = _text(reading, name, value)
            clear = clear and bool(texts[name])
        elif name in COUNTS:
            counts[name] = reading.value(value)
        elif name == "shape":
            shape = reading.value(value)
        elif name == "of":
            operands = _operands(reading, value, items)
            clear = clear and operands is not None
        else:
            clear = False
            what = f"`unknown` has no `{escaped(name)}`"
            reading.unknown_word(faults.UNKNOWN_KEY, entry.key.span, what, name, KEYS, "field")
    if "op" not in node:
        clear = False
        help = "write `op: NAME` in it, the name of the operation"
        reading.report(faults.MISSING_KEY, span, "`unknown` needs `op`", help=help)
    if not clear:
        return None
    return UnknownItem(span, whole, controls, texts["op"], operands, shape, counts, texts["note"])


def _text(reading: Reading, name: str, value: Node) -> str:
    if isinstance(value, Scalar) and value.value is not None:
        return value.raw
    reading.report(faults.WRONG_VALUE, value.span, f"`{name}` of `unknown` must be a text")
    return ""


def _operands(reading: Reading, node: Node, items: Items) -> tuple[Operand, ...] | None:
    """One operand or more: names and branches."""
    read = []
    for part in node if isinstance(node, Sequence) else [node]:
        if isinstance(part, Sequence):
            read.append(Operand(part.span, None, items(part, "a branch")))
        elif isinstance(part, Scalar) and (part.doubtful or isinstance(part.value, str)):
            read.append(Operand(part.span, reading.value(part), None))
        else:
            read.clear()
            break
    if not read:
        help = "write `of: [prev, NAME]`; without `of` it reads the layer before it"
        reading.report(faults.WRONG_VALUE, node.span, "`of` must be a list of names and branches", help=help)
        return None
    return tuple(read)
