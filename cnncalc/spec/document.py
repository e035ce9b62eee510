"""The keys at the top of a document, save those of its parameters, blocks and layers."""

from collections.abc import Mapping as MappingOf

from cnncalc.diagnostic import Edit, Fix, Span
from cnncalc.layers import shown
from cnncalc.shape import Shape
from cnncalc.spec import _faults
from cnncalc.spec.budget import NO_BUDGET, Budget, Flaw, Path, parts
from cnncalc.spec.controls import layer_name
from cnncalc.spec.extends import OVERRIDES, Family
from cnncalc.spec.model import Given
from cnncalc.spec.reading import Reading
from cnncalc.spec.shapes import read_shape
from cnncalc.text import Entry, Mapping, Node, Scalar, Sequence, Source, escaped

KEYS = (
    "cnncalc", "name", "source", "extends", "input", "inputs", "outputs", "params", "defaults", "blocks",
    "layers", "strict", "budget",
)  # fmt: skip
VERSION = 1


def top_level(reading: Reading, found: Family) -> None:
    """Unknown, missing and excluded keys of every text, and the version of each."""
    for root, source in zip(found.roots, found.sources, strict=False):
        extending = root.get("extends") is not None
        for entry in root:
            if entry.name not in KEYS:
                what = f"a spec has no key `{escaped(entry.name)}`"
                reading.unknown_word(_faults.UNKNOWN_KEY, entry.key.span, what, entry.name, KEYS, "key")
            elif extending and entry.name not in OVERRIDES:
                reading.report(
                    _faults.CONFLICTING_KEYS,
                    entry.key.span,
                    f"`{entry.name}` can't stand beside `extends`: only {', '.join(OVERRIDES[2:])} are overridden",
                )
        start = Span(root.span.file, 1, 1, 1, 1)
        version = root.get("cnncalc")
        if version is None:
            fix = Fix("put `cnncalc: 1` first", (_first(root.span, source),))
            reading.report(
                _faults.MISSING_KEY,
                start,
                "this is no spec yet: the key `cnncalc`, its format version, is missing",
                help="put `cnncalc: 1` first",
                fixes=[fix],
            )
        elif not (
            isinstance(version.value, Scalar) and version.value.value == VERSION and _whole(version.value)
        ):
            told = (
                escaped(shown(version.value.value))
                if isinstance(version.value, Scalar)
                else "a list or mapping"
            )
            place = version.value.span
            # A value that is not there is right behind its colon.
            written = str(VERSION) if place.start != (place.end_line, place.end_column) else f" {VERSION}"
            reading.report(
                _faults.WRONG_VERSION,
                place,
                f"format version {told} is not one this program reads",
                help=f"write `cnncalc: {VERSION}`",
                fixes=[Fix(f"write {VERSION}", (Edit(place, written),))],
            )
    base = found.roots[-1]
    place = base.entries[0].key.span if len(base) else base.span
    if not found.whole:
        return
    if base.get("layers") is None:
        reading.report(_faults.MISSING_KEY, place, "a spec needs `layers`: the list of its layers")
    if found.get("input") is None and base.get("inputs") is None:
        reading.report(
            _faults.MISSING_KEY,
            place,
            "a spec needs `input`: the shape of an image",
            help="write `input: 224x224x3`",
        )
    if (one := base.get("input")) is not None and base.get("inputs") is not None:
        reading.report(_faults.CONFLICTING_KEYS, one.key.span, "`input` and `inputs` exclude each other")


def _first(root: Span, source: Source) -> Edit:
    """Put the version before all other keys, in block or in flow style as they stand there."""
    file, line, column, _, _ = root
    if source.line(line)[column - 1 : column] == "{":
        return Edit(Span(file, line, column + 1, line, column + 1), f"cnncalc: {VERSION}, ")
    return Edit(Span(file, line, column, line, column), f"cnncalc: {VERSION}\n{' ' * (column - 1)}")


def _whole(node: Scalar) -> bool:
    return isinstance(node.value, int) and not isinstance(node.value, bool)


def text(reading: Reading, found: Family, name: str) -> str:
    """What a key says in words; empty where it says nothing."""
    entry = found.get(name)
    if entry is None:
        return ""
    if not isinstance(entry.value, Scalar):
        reading.report(_faults.WRONG_VALUE, entry.value.span, f"`{name}` must be a text")
        return ""
    return "" if entry.value.value is None else entry.value.raw


def strict(reading: Reading, found: Family) -> bool:
    """Whether every remainder is an error."""
    entry = found.get("strict")
    if entry is None:
        return False
    value = entry.value.value if isinstance(entry.value, Scalar) else None
    if not isinstance(value, bool):
        reading.report(_faults.WRONG_VALUE, entry.value.span, "`strict` must be true or false")
    return value is True


def budget(reading: Reading, found: Family) -> Budget:
    """The limits of `budget`, each at its place; what is wrong in it is reported, and the rest of it still counts."""
    entry = found.get("budget")
    if entry is None:
        return NO_BUDGET
    limits = []
    for part in parts(_values(entry.value)):
        if not isinstance(part, Flaw):
            limits.append(part[1]._replace(span=_place(entry, part[0])))
            continue
        place = _place(entry, part.path, at_key=part.at_key)
        if part.among:
            reading.unknown_word(part.fault, place, part.message, str(part.path[-1]), part.among, "key")
            continue
        fixes = (
            [Fix(f"write `{part.instead}`", (Edit(place, _quoted(part.instead)),))] if part.instead else []
        )
        reading.report(part.fault, place, part.message, help=part.help, fixes=fixes)
    return Budget(tuple(limits))


def _values(node: Node) -> object:
    """A part of the tree as plain values; numbers as they are written."""
    if isinstance(node, Mapping):
        return {entry.name: _values(entry.value) for entry in node}
    if isinstance(node, Sequence):
        return [_values(item) for item in node]
    return node.raw if isinstance(node.value, float) else node.value


def _place(entry: Entry, path: Path, *, at_key: bool = False) -> Span:
    """Where the value at a path below an entry stands, or its key."""
    node = entry.value
    for step in path:
        if isinstance(node, Sequence):
            node = node.items[int(step)]
        elif isinstance(node, Mapping) and (inner := node.get(str(step))) is not None:
            entry, node = inner, inner.value
    return entry.key.span if at_key else node.span


def _quoted(limit: str) -> str:
    """A limit as YAML: a text that begins with `>` takes quotes."""
    return f'"{limit}"' if limit.startswith(">") else limit


def facts(inputs: MappingOf[str, Given]) -> tuple[str, ...]:
    """What `$in` has in a network of these inputs: the axes of volumes, and features."""
    shapes = [read_shape(given.value) if given.constant else None for given in inputs.values()]
    axes = [axis for shape in shapes if isinstance(shape, Shape) for axis in shape.axes]
    if len(axes) == 0 or any(not isinstance(shape, Shape) for shape in shapes):
        axes = ["height", "width"]
    return ("in.channels", *(f"in.{axis}" for axis in dict.fromkeys(axes)), "in.features")


def inputs(reading: Reading, found: Family) -> dict[str, Given]:
    """The shapes of `input` or `inputs`, by name."""
    if (several := found.roots[-1].get("inputs")) is not None and found.get("input") is None:
        if not isinstance(several.value, Mapping) or not len(several.value):
            reading.report(
                _faults.WRONG_VALUE, several.value.span, "`inputs` must be a mapping from name to shape"
            )
            return {}
        named = {}
        for entry in several.value:
            name = layer_name(reading, entry.key, "an input's name")
            given = reading.given(entry.value)
            if name is not None and given is not None:
                named[name.text] = given
        return named
    entry_one = found.get("input")
    given = reading.given(entry_one.value) if entry_one else None
    return {"input": given} if given is not None else {}


def outputs(reading: Reading, found: Family) -> tuple[Given, ...] | None:
    """The names of the layers that give the outputs; None for the last layer."""
    entry = found.get("outputs")
    if entry is None:
        return None
    nodes = entry.value.items if isinstance(entry.value, Sequence) else [entry.value]
    named = []
    for node in nodes:
        if isinstance(node, Scalar) and isinstance(node.value, str):
            named.append(Given(node.span, node.value, True))
        else:
            reading.report(_faults.WRONG_VALUE, node.span, "`outputs` must be a list of layer names")
    if not nodes:
        reading.report(
            _faults.WRONG_VALUE,
            entry.value.span,
            "`outputs` is empty",
            help="leave it out for the last layer",
        )
    return tuple(named) or None
