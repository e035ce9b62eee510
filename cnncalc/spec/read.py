"""From the parsed text to a `Spec`: the order in which its parts are read, and the unused parts."""

from collections.abc import Container, Iterable, Iterator
from collections.abc import Mapping as MappingOf

from cnncalc import layers
from cnncalc.diagnostic import Diagnostic, Note, Severity, Span
from cnncalc.pattern.recognise import is_pattern
from cnncalc.spec import document, faults, interface
from cnncalc.spec.blocks import declared
from cnncalc.spec.cycles import report_cycles
from cnncalc.spec.extends import Family, family
from cnncalc.spec.item_types import Ignore
from cnncalc.spec.items import ItemReader
from cnncalc.spec.model import Block, Parameter, Spec
from cnncalc.spec.parameters import network_parameters
from cnncalc.spec.reading import Everything, Reading
from cnncalc.text import Mapping, Node, Source, load


def read_spec(
    source: Source | None,
    earlier: Iterable[Diagnostic] = (),
    *,
    pattern: bool | None = None,
    tree: Mapping | None = None,
) -> Spec:
    """The spec of a text. Its errors are in `diagnostics`, after the `earlier` ones from reading the text.

    A broken part is read as far as possible; without a source the spec is empty. Whether the text is a `pattern` or
    YAML is decided by its beginning, unless it is given. A `tree` is read in place of the text.
    """
    reading = Reading(earlier)
    if source is None:
        return _nothing(reading)
    pattern = is_pattern(source.text) if pattern is None else pattern
    unset: MappingOf[str, Diagnostic] = {}
    whole = True
    root: Node | None
    more: Iterable[Diagnostic] = ()
    if tree is not None:
        root = tree
    elif pattern:
        from cnncalc.pattern import load as load_pattern

        root, more, unset, whole = load_pattern(source)
    else:
        root, more = load(source)
    reading.diagnostics += more
    if not isinstance(root, Mapping):
        if root is not None:
            reading.report(
                faults.WRONG_VALUE,
                root.span,
                "a spec must be a mapping",
                help="begin with `cnncalc: 1`",
            )
        return _nothing(reading, source)._replace(is_pattern=pattern)
    texts = family(source, root)
    reading.diagnostics += texts.diagnostics
    meant = document.top_level(reading, texts)
    reading.entered = False
    reading.knobs = knobs = network_parameters(reading, texts, meant)
    inputs, histories, written_for, lost_inputs = interface.inputs(reading, texts, meant)
    reading.facts = interface.facts(inputs)
    outputs = interface.outputs(reading, texts, meant)
    reading.entered = True
    parameters, bodies, lost = declared(reading, texts)
    reader = ItemReader(reading, parameters, lost_blocks=Everything() if "blocks" in meant else lost)
    if pattern:
        from cnncalc.pattern.words import SHORT

        reader.short = SHORT
    if "defaults" in meant:
        reader.layers.lost.update(layers.names())
    if (defaults := texts.get("defaults")) is not None:
        reader.layers.read_defaults(defaults)
    unused: list[Diagnostic] = []
    blocks = {name: _block(reader, name, parameters[name], *bodies[name], unused) for name in bodies}
    reading.local, reading.body = None, ""
    reader.names = {}
    entry = texts.get("layers")
    items = reader.items(entry.value, "`layers`") if entry else ()
    if entry and not items:
        reading.report(faults.MISSING_KEY, entry.key.span, "`layers` is empty: there is no network")
    if reading.renames:
        from cnncalc.spec.reserved import complete_renames

        complete_renames(reading, {"": items, **{it.name: it.items for it in blocks.values()}}, outputs or ())
    names = frozenset(reader.names)
    broken = report_cycles(reading, blocks)
    if not any(item.severity is Severity.ERROR for item in reading.diagnostics):
        # A name that seems unused may be used in a part that could not be read.
        reading.diagnostics += unused
        _unused(reading, reader, blocks)
    lost_names: Container[str] = reader.lost_names
    if isinstance(lost_inputs, Everything):
        lost_names = lost_inputs
    else:
        reader.lost_names.update(lost_inputs)
    spec = Spec(
        file=source.name,
        name=document.text(reading, texts, "name"),
        origin=document.text(reading, texts, "source"),
        inputs=inputs,
        outputs=outputs,
        parameters=knobs,
        defaults={name: default.givens for name, default in reader.layers.defaults.items()},
        blocks=blocks,
        items=() if broken or not whole else items,
        names=names,
        lost_names=lost_names,
        strict=document.strict(reading, texts),
        budget=document.budget(reading, texts),
        claims=document.claims(reading, texts),
        two_modes=reader.two_modes,
        sources={source.name: source for source in (*texts.sources, *texts.included)},
        diagnostics=tuple(reading.diagnostics),
        allowed=tuple(reading.allowed),
        ignores=tuple(_ignores(texts, pattern=pattern)),
        lost_defaults=frozenset(reader.layers.lost),
        doubtful=reading.doubtful,
        written_for=written_for,
        histories=histories,
        is_pattern=pattern,
        unset=unset,
    )
    return spec._replace(diagnostics=spec.fitting(spec.diagnostics)) if pattern else spec


def _ignores(texts: Family, *, pattern: bool) -> Iterator[Ignore]:
    for source, root in zip(texts.sources, texts.roots, strict=False):
        # Only the few texts that contain the word are read twice.
        if "ignore" in source.text:
            from cnncalc.spec.ignores import ignores

            yield from ignores(source, root, pattern=pattern)


def _nothing(reading: Reading, source: Source | None = None) -> Spec:
    file = source.name if source else reading.diagnostics[0].span.file if reading.diagnostics else ""
    return Spec(
        file=file, name="", origin="", inputs={}, outputs=None, parameters={}, defaults={}, blocks={}, items=(),
        names=frozenset(), lost_names=frozenset(), strict=False, two_modes=False,
        sources={file: source} if source else {}, diagnostics=tuple(reading.diagnostics), doubtful=True,
    )  # fmt: skip


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
    reading.body = name
    items = reader.items(body, f"`layers` of block `{name}`")
    in_defaults = {
        word.partition(".")[0]
        for parameter in parameters.values()
        if parameter.default is not None
        for word in parameter.default.words
    }
    used = reading.used_local | in_defaults
    for parameter in parameters.values():
        if parameter.name not in used:
            what = f"parameter `{parameter.name}` of block `{name}` is not used in it"
            unused.append(faults.UNUSED_PARAMETER.at(parameter.span, what, help="remove it"))
    return Block(name, span, parameters, items, frozenset(reader.names))


def _unused(reading: Reading, reader: ItemReader, blocks: MappingOf[str, Block]) -> None:
    for name, block in blocks.items():
        if name not in reader.used_blocks:
            reading.report(
                faults.UNUSED_BLOCK,
                block.span,
                f"block `{name}` is not used",
                help="use it or remove it",
            )
    for name, knob in reading.knobs.items():
        if name not in reading.used_knobs:
            reading.report(
                faults.UNUSED_PARAMETER,
                knob.span,
                f"parameter `{name}` is not used",
                notes=[
                    Note("values of `params` reach the layers through expressions, as in `conv: 32 * $width`")
                ],
            )
