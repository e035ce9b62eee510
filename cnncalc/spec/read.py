"""Located tree -> `Spec`: the top level of the document, its parameters, defaults and blocks."""

from collections.abc import Container, Iterable, Iterator
from collections.abc import Mapping as MappingOf

from cnncalc import layers
from cnncalc.diagnostic import Diagnostic, Edit, Fix, Note, Severity, Span
from cnncalc.layers import shown
from cnncalc.spec import _faults
from cnncalc.spec.calls import call, written
from cnncalc.spec.controls import CONTROLS, NAME, layer_name
from cnncalc.spec.cycles import report_cycles
from cnncalc.spec.extends import OVERRIDES, Family, family
from cnncalc.spec.items import STRUCTURES, Defaults, ItemReader
from cnncalc.spec.model import Block, Given, Parameter, Spec, Sugar
from cnncalc.spec.reading import Reading
from cnncalc.text import Mapping, Node, Scalar, Sequence, Source, escaped, load

KEYS = (
    "cnncalc", "name", "source", "extends", "input", "inputs", "outputs", "params", "defaults", "blocks",
    "layers", "strict",
)  # fmt: skip
VERSION = 1


def read_spec(source: Source | None, faults: Iterable[Diagnostic] = ()) -> Spec:
    """The spec a text holds. Faults are collected in its `diagnostics`, after the `faults` of reading the text.

    A broken part is read as far as it goes; without a source there is nothing to read.
    """
    reading = Reading(faults)
    if source is None:
        return _nothing(reading)
    root, more = load(source)
    reading.diagnostics += more
    if not isinstance(root, Mapping):
        if root is not None:
            reading.report(
                _faults.WRONG_VALUE,
                root.span,
                "a spec is a mapping, and this is not",
                help="begin with `cnncalc: 1`",
            )
        return _nothing(reading, source)
    found = family(source, root)
    reading.diagnostics += found.diagnostics
    _top_level(reading, found)
    reading.entered = False
    reading.knobs = knobs = _knobs(reading, found)
    inputs = _inputs(reading, found)
    outputs = _outputs(reading, found)
    reading.entered = True
    parameters, bodies, lost = _blocks(reading, found)
    reader = ItemReader(reading, parameters, lost_blocks=lost)
    _defaults(reader, found)
    unused: list[Diagnostic] = []
    blocks = {name: _block(reader, name, parameters[name], *bodies[name], unused) for name in bodies}
    reading.local = None
    reader.names = {}
    entry = found.get("layers")
    items = reader.items(entry.value, "`layers`") if entry else ()
    if entry and not items:
        reading.report(_faults.MISSING_KEY, entry.key.span, "`layers` is empty: there is no network")
    names = frozenset(reader.names)
    broken = report_cycles(reading, blocks)
    if not any(item.severity is Severity.ERROR for item in reading.diagnostics):
        # What seems unused may be used in what could not be read.
        reading.diagnostics += unused
        _unused(reading, reader, blocks)
    return Spec(
        file=source.name,
        name=_text(reading, found, "name"),
        origin=_text(reading, found, "source"),
        inputs=inputs,
        outputs=outputs,
        parameters=knobs,
        defaults={name: one.givens for name, one in reader.defaults.items()},
        blocks=blocks,
        items=() if broken else items,
        names=names,
        lost_names=frozenset(reader.lost_names),
        strict=_strict(reading, found),
        two_modes=reader.two_modes,
        sources={one.name: one for one in found.sources},
        diagnostics=tuple(reading.diagnostics),
    )


def _nothing(reading: Reading, source: Source | None = None) -> Spec:
    file = source.name if source else reading.diagnostics[0].span.file if reading.diagnostics else ""
    return Spec(
        file=file, name="", origin="", inputs={}, outputs=None, parameters={}, defaults={}, blocks={}, items=(),
        names=frozenset(), lost_names=frozenset(), strict=False, two_modes=False,
        sources={file: source} if source else {}, diagnostics=tuple(reading.diagnostics),
    )  # fmt: skip


def _top_level(reading: Reading, found: Family) -> None:
    """Unknown, missing and excluded keys of every text, and the version of each."""
    for root in found.roots:
        extending = root.get("extends") is not None
        for entry in root:
            if entry.name not in KEYS:
                what = f"a spec has no key `{escaped(entry.name)}`"
                reading.unknown_word(_faults.UNKNOWN_KEY, entry.key.span, what, entry.name, KEYS)
            elif extending and entry.name not in OVERRIDES:
                reading.report(
                    _faults.CONFLICTING_KEYS,
                    entry.key.span,
                    f"`{entry.name}` can't stand beside `extends`: only {', '.join(OVERRIDES[2:])} are overridden",
                )
        start = Span(root.span.file, 1, 1, 1, 1)
        version = root.get("cnncalc")
        if version is None:
            fix = Fix("put `cnncalc: 1` first", (Edit(start, f"cnncalc: {VERSION}\n"),))
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
            reading.report(
                _faults.WRONG_VERSION,
                version.value.span,
                f"format version {told} is not one this program reads",
                help=f"write `cnncalc: {VERSION}`",
                fixes=[Fix(f"write {VERSION}", (Edit(version.value.span, str(VERSION)),))],
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


def _whole(node: Scalar) -> bool:
    return isinstance(node.value, int) and not isinstance(node.value, bool)


def _text(reading: Reading, found: Family, name: str) -> str:
    entry = found.get(name)
    if entry is None:
        return ""
    if not isinstance(entry.value, Scalar):
        reading.report(_faults.WRONG_VALUE, entry.value.span, f"`{name}` must be a text")
        return ""
    return "" if entry.value.value is None else entry.value.raw


def _strict(reading: Reading, found: Family) -> bool:
    entry = found.get("strict")
    if entry is None:
        return False
    value = entry.value.value if isinstance(entry.value, Scalar) else None
    if not isinstance(value, bool):
        reading.report(_faults.WRONG_VALUE, entry.value.span, "`strict` must be true or false")
    return value is True


def _knobs(reading: Reading, found: Family) -> dict[str, Parameter]:
    """The network's parameters, an extending spec's values over those it extends."""
    knobs: dict[str, Parameter] = {}
    order: dict[str, int] = {}
    for entry in reversed(list(found.entries("params"))):
        if not isinstance(entry.value, Mapping):
            reading.report(
                _faults.WRONG_VALUE, entry.value.span, "`params` must be a mapping from name to value"
            )
            reading.unsure = True
            continue
        declared = bool(knobs) or entry is not found.roots[-1].get("params")
        for one in entry.value:
            if declared and one.name not in knobs:
                what = f"the extended spec has no parameter `{escaped(one.name)}`"
                reading.unknown_word(_faults.UNKNOWN_KEY, one.key.span, what, one.name, knobs)
                continue
            if not _parameter_name(reading, one.key):
                continue
            # A value is made of those before it, and an extending spec keeps the order.
            reading.knobs = knobs if one.name not in knobs else Earlier(knobs, order, order[one.name])
            order.setdefault(one.name, len(order))
            given = reading.given(one.value)
            if given is not None:
                knobs[one.name] = Parameter(one.name, one.key.span, given)
            else:
                reading.broken.add(one.name)
    return knobs


class Earlier(MappingOf[str, Parameter]):
    """The parameters that are declared before one of them."""

    def __init__(self, knobs: MappingOf[str, Parameter], order: MappingOf[str, int], end: int) -> None:
        self._knobs, self._order, self._end = knobs, order, end

    def __contains__(self, name: object) -> bool:
        return name in self._knobs and self._order[str(name)] < self._end

    def __getitem__(self, name: str) -> Parameter:
        if name not in self:
            raise KeyError(name)
        return self._knobs[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._knobs if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _parameter_name(reading: Reading, key: Scalar) -> bool:
    if key.raw.isidentifier() and key.raw.isascii() and key.raw not in ("in", "i"):
        return True
    reading.report(
        _faults.BAD_NAME,
        key.span,
        f"a parameter is named by letters, digits and `_`, and not `in` or `i`; `{escaped(key.raw)}` is not",
    )
    return False


def _inputs(reading: Reading, found: Family) -> dict[str, Given]:
    if (several := found.roots[-1].get("inputs")) is not None and found.get("input") is None:
        if not isinstance(several.value, Mapping) or not len(several.value):
            reading.report(
                _faults.WRONG_VALUE, several.value.span, "`inputs` must be a mapping from name to shape"
            )
            return {}
        inputs = {}
        for entry in several.value:
            name = layer_name(reading, entry.key, "an input's name")
            given = reading.given(entry.value)
            if name is not None and given is not None:
                inputs[name.text] = given
        return inputs
    entry_one = found.get("input")
    given = reading.given(entry_one.value) if entry_one else None
    return {"input": given} if given is not None else {}


def _outputs(reading: Reading, found: Family) -> tuple[Given, ...] | None:
    entry = found.get("outputs")
    if entry is None:
        return None
    nodes = entry.value.items if isinstance(entry.value, Sequence) else [entry.value]
    outputs = []
    for node in nodes:
        if isinstance(node, Scalar) and isinstance(node.value, str):
            outputs.append(Given(node.span, node.value, True))
        else:
            reading.report(_faults.WRONG_VALUE, node.span, "`outputs` must be a list of layer names")
    if not nodes:
        reading.report(
            _faults.WRONG_VALUE,
            entry.value.span,
            "`outputs` is empty",
            help="leave it out for the last layer",
        )
    return tuple(outputs) or None


def _defaults(reader: ItemReader, found: Family) -> None:
    entry = found.get("defaults")
    if entry is None:
        return
    reading = reader.reading
    if not isinstance(entry.value, Mapping):
        reading.report(
            _faults.WRONG_VALUE, entry.value.span, "`defaults` must be a mapping from layer to its arguments"
        )
        return
    # What follows a conv may have defaults of its own: read them before any sugar is.
    known = layers.names()
    for one in sorted(
        entry.value, key=lambda one: one.name in known and layers.layer_type(one.name).takes_sugar
    ):
        if one.name not in known:
            what = f"there is no layer `{escaped(one.name)}`"
            reading.unknown_word(_faults.UNKNOWN_LAYER, one.key.span, what, one.name, known)
            continue
        layer = layers.layer_type(one.name)
        own = written(reading, layer, one.value)
        told = call(reading, layer, own, {}, None)
        fit = {
            name: given._replace(outside=True)
            for name, given in own.givens.items()
            if name in told.fields or name in told.computed
        }
        sugar = {kind: _outside(reader.sugar(kind, node)) for kind, node in own.sugar.items()}
        reader.defaults[one.name] = Defaults(fit, sugar)


def _outside(sugar: Sugar | None) -> Sugar | None:
    """Sugar whose word, where it is computed, does not hang on a block's parameters."""
    if sugar is None or sugar.computed is None:
        return sugar
    return sugar._replace(computed=sugar.computed._replace(outside=True))


class Everything(Container[str]):
    """Any name at all: what `blocks` may hold where it can't be read."""

    def __contains__(self, name: object) -> bool:
        return True


def _blocks(
    reading: Reading, found: Family
) -> tuple[dict[str, dict[str, Parameter]], dict[str, tuple[Span, Node]], Container[str]]:
    """The parameters of every block by its name, where its layers stand; and the names of those that are none."""
    entry = found.get("blocks")
    parameters: dict[str, dict[str, Parameter]] = {}
    bodies: dict[str, tuple[Span, Node]] = {}
    lost: set[str] = set()
    if entry is None:
        return parameters, bodies, lost
    if not isinstance(entry.value, Mapping):
        reading.report(_faults.WRONG_VALUE, entry.value.span, "`blocks` must be a mapping from name to block")
        return parameters, bodies, Everything()
    for one in entry.value:
        name, node = one.name, one.value
        lost.add(name)
        if name in layers.names() or name in STRUCTURES or name in CONTROLS:
            reading.report(
                _faults.TAKEN_NAME, one.key.span, f"`{name}` is a word of the language and can't name a block"
            )
            continue
        if layer_name(reading, one.key, "a block's name") is None:
            continue
        if not isinstance(node, Mapping):
            reading.report(
                _faults.WRONG_VALUE,
                node.span,
                f"block `{name}` must be a mapping with `layers`, and `params` if it has any",
            )
            continue
        for inner in node:
            if inner.name not in ("params", "layers"):
                what = f"a block has no key `{escaped(inner.name)}`"
                reading.unknown_word(
                    _faults.UNKNOWN_KEY, inner.key.span, what, inner.name, ("params", "layers")
                )
        body = node.get("layers")
        if body is None:
            reading.report(_faults.MISSING_KEY, one.key.span, f"block `{name}` needs `layers`")
            continue
        own = _block_parameters(reading, node)
        if own is not None:
            lost.remove(name)
            parameters[name], bodies[name] = own, (one.key.span, body.value)
    return parameters, bodies, lost


def _block_parameters(reading: Reading, node: Mapping) -> dict[str, Parameter] | None:
    """The parameters of a block; None where they can't be read, and what uses them would be unknown."""
    entry = node.get("params")
    if entry is None:
        return {}
    if not isinstance(entry.value, Mapping):
        reading.report(
            _faults.WRONG_VALUE,
            entry.value.span,
            "`params` must be a mapping from name to default, or required",
        )
        return None
    parameters: dict[str, Parameter] = {}
    whole = True
    for one in entry.value:
        if not _parameter_name(reading, one.key):
            whole = False
            continue
        required = isinstance(one.value, Scalar) and one.value.plain and one.value.raw == "required"
        reading.local = parameters
        default = None if required else reading.given(one.value)
        whole = whole and (required or default is not None)
        parameters[one.name] = Parameter(one.name, one.key.span, default)
    reading.local = None
    return parameters if whole else None


def _block(
    reader: ItemReader,
    name: str,
    parameters: MappingOf[str, Parameter],
    span: Span,
    body: Node,
    unused: list[Diagnostic],
) -> Block:
    reading = reader.reading
    reading.local, reading.used_local, reader.names = dict(parameters), set(), {}
    items = reader.items(body, f"`layers` of block `{name}`")
    in_defaults = {
        word
        for parameter in parameters.values()
        if parameter.default is not None
        for word in parameter.default.words
    }
    used = reading.used_local | in_defaults
    for parameter in parameters.values():
        if parameter.name not in used:
            what = f"parameter `{parameter.name}` of block `{name}` is used by nothing in it"
            unused.append(_faults.UNUSED_PARAMETER.at(parameter.span, what, help="remove it"))
    return Block(name, span, parameters, items, frozenset(reader.names))


def _unused(reading: Reading, reader: ItemReader, blocks: MappingOf[str, Block]) -> None:
    for name, block in blocks.items():
        if name not in reader.used_blocks:
            reading.report(
                _faults.UNUSED_BLOCK,
                block.span,
                f"block `{name}` is used by nothing",
                help="use it or remove it",
            )
    for name, knob in reading.knobs.items():
        if name not in reading.used_knobs:
            reading.report(
                _faults.UNUSED_PARAMETER,
                knob.span,
                f"parameter `{name}` is used by nothing",
                notes=[
                    Note("values of `params` reach the layers through expressions, as in `conv: 32 * $width`")
                ],
            )


__all__ = ["NAME", "read_spec"]
