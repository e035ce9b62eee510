"""The inputs and outputs of a network: the keys `input`, `inputs` and `outputs` of a document."""

from collections.abc import Container
from collections.abc import Mapping as MappingOf

from cnncalc.record import NamedTuple
from cnncalc.shape import Shape
from cnncalc.spec import faults
from cnncalc.spec.controls import layer_name
from cnncalc.spec.extends import Family
from cnncalc.spec.model import History
from cnncalc.spec.reading import Everything, Reading
from cnncalc.spec.shapes import read_shape
from cnncalc.spec.values import NOTHING, ValueExpr, unreadable
from cnncalc.text import Entry, Mapping, Node, Scalar, Sequence, escaped

# How many inputs a help names.
SHOWN = 3


def facts(inputs: MappingOf[str, ValueExpr]) -> tuple[str, ...]:
    """The properties of `$in` in a network with these inputs: the axes of volumes, and features."""
    shapes = [read_shape(given.value) if given.constant else None for given in inputs.values()]
    axes = [axis for shape in shapes if isinstance(shape, Shape) for axis in shape.axes]
    if len(axes) == 0 or any(not isinstance(shape, Shape) for shape in shapes):
        axes = ["height", "width"]
    return ("in.channels", *(f"in.{axis}" for axis in dict.fromkeys(axes)), "in.features")


class Inputs(NamedTuple):
    """The inputs of a network: shapes and histories by name, those in the spec with the layers, unreadable names."""

    shapes: MappingOf[str, ValueExpr]
    histories: MappingOf[str, History] = NOTHING
    # What the layers were written for, if an extending spec has other shapes.
    written_for: MappingOf[str, ValueExpr] = NOTHING
    lost: "set[str] | Everything" = Everything()


def inputs(reading: Reading, texts: Family, meant: Container[str]) -> Inputs:
    """The inputs of `input` or `inputs`.

    They are unknown if a key that could not be read may mean them (`meant`).
    """
    several = texts.roots[-1].get("inputs")
    if several is not None and (texts.get("input") is None or _is_overridden(texts, several)):
        return _several(reading, texts, several)
    if (single := texts.get("input")) is None:
        return Inputs({}, lost=Everything() if "inputs" in meant else set())
    for root in texts.roots[:-1]:
        if (entry := root.get("inputs")) is not None:
            _report_other_key(reading, entry, "input", "write `input: 224x224x3`, for example")
    written = [entry for root in reversed(texts.roots) if (entry := root.get("input")) is not None]
    shapes: list[ValueExpr] = []
    known: History | None = None
    for entry in written:
        read = _read if entry is single else _quietly
        shape, history = read(reading, entry.value, shapes[-1] if shapes else None)
        shapes.append(shape)
        known = history or known
    before = {"input": shapes[0]} if texts.roots[-1].get("input") not in (None, single) else {}
    shape = unreadable(shapes[-1].span) if "input" in meant else shapes[-1]
    return Inputs({"input": shape}, {"input": known} if known else {}, before, set())


def _is_overridden(texts: Family, several: Entry) -> bool:
    """Whether an extending spec has an `input` in place of several inputs: that is reported where they are read."""
    return len(texts.roots) > 1 and isinstance(several.value, Mapping) and len(several.value) > 1


def _several(reading: Reading, texts: Family, entry: Entry) -> Inputs:
    """The inputs of `inputs`; an extending spec may give some of them other shapes."""
    if not isinstance(entry.value, Mapping) or not len(entry.value):
        reading.report(faults.WRONG_VALUE, entry.value.span, "`inputs` must be a mapping from name to shape")
        return Inputs({}, lost=Everything())
    shapes: dict[str, ValueExpr] = {}
    histories: dict[str, History] = {}
    lost: set[str] = set()
    extended = len(texts.roots) > 1
    for number, part in enumerate(entry.value, 1):
        if part.key.doubtful:
            shapes[part.name] = unreadable(part.value.span)
            continue
        name = layer_name(reading, part.key, "an input's name")
        if name is None:
            lost.add(part.name)
        word = name.text if name is not None else f"input_{number}"
        overridden = extended and any(_has(root, part.name) for root in texts.roots[:-1])
        shapes[word], known = (_quietly if overridden else _read)(reading, part.value)
        if known is not None:
            histories[word] = known
    before = dict(shapes)
    for root in reversed(texts.roots[:-1]):
        if (single := root.get("input")) is not None:
            names = ", ".join(f"`{name}`" for name in list(shapes)[:SHOWN])
            _report_other_key(reading, single, "inputs", f"give them by name in `inputs`: {names}")
        if (other := root.get("inputs")) is not None:
            _override(reading, other, shapes, histories)
    twice = any(part.key.doubtful for part in entry.value)
    changed = {} if shapes == before else before
    return Inputs(shapes, histories, changed, Everything() if not entry.value.whole and not twice else lost)


def _has(root: Mapping, name: str) -> bool:
    entry = root.get("inputs")
    return entry is not None and isinstance(entry.value, Mapping) and name in entry.value


def _override(
    reading: Reading, entry: Entry, shapes: dict[str, ValueExpr], histories: dict[str, History]
) -> None:
    """Put the inputs of an extending spec over those that it extends; a shape alone keeps the history."""
    if not isinstance(entry.value, Mapping):
        reading.report(faults.WRONG_VALUE, entry.value.span, "`inputs` must be a mapping from name to shape")
        return
    for part in entry.value:
        if part.name not in shapes:
            what = f"the extended spec has no input `{escaped(part.name)}`"
            reading.unknown_word(faults.UNKNOWN_KEY, part.key.span, what, part.name, shapes)
            continue
        shapes[part.name], known = _read(reading, part.value, shapes[part.name])
        if known is not None:
            histories[part.name] = known


def _report_other_key(reading: Reading, entry: Entry, key: str, help: str) -> None:
    what = f"the extended spec has `{key}`, and `{entry.name}` can't replace it"
    reading.report(faults.CONFLICTING_KEYS, entry.key.span, what, help=help)


def _read(reading: Reading, node: Node, before: ValueExpr | None = None) -> tuple[ValueExpr, History | None]:
    """The shape of an input, and its history if it is written with one."""
    if isinstance(node, Mapping):
        from cnncalc.spec.histories import has_history, history

        if has_history(node):
            return history(reading, node, before)
    return reading.value(node), None


def _quietly(
    reading: Reading, node: Node, before: ValueExpr | None = None
) -> tuple[ValueExpr, History | None]:
    """As `_read`: an error in an input that is not used is an error only in its own spec."""
    quiet = Reading()
    quiet.knobs, quiet.entered = reading.knobs, False
    return _read(quiet, node, before)


def outputs(reading: Reading, texts: Family, meant: Container[str]) -> tuple[ValueExpr, ...] | None:
    """The names of the output layers, some perhaps unreadable; None for the last layer."""
    entry = texts.get("outputs")
    if entry is None:
        root = texts.roots[0].span
        return (unreadable(root),) if "outputs" in meant else None
    nodes = entry.value.items if isinstance(entry.value, Sequence) else [entry.value]
    named = []
    for node in nodes:
        if isinstance(node, Scalar) and isinstance(node.value, str) and not node.doubtful:
            named.append(ValueExpr(node.span, node.value, True))
        else:
            named.append(unreadable(node.span))
            if not (isinstance(node, Scalar) and node.doubtful):
                reading.report(faults.WRONG_VALUE, node.span, "`outputs` must be a list of layer names")
    if not nodes:
        named.append(unreadable(entry.value.span))
        reading.report(
            faults.WRONG_VALUE,
            entry.value.span,
            "`outputs` is empty",
            help="remove it if the last layer is the output",
        )
    return tuple(named)
