"""Writes a graph as an expanded spec, without blocks, repeats, defaults and sugar; the figures are the same."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from cnncalc.graph import Graph, ModuleCall, Node
from cnncalc.layers import Layer, main_field, operand_words, shown, stated
from cnncalc.spec.budget import MODES
from cnncalc.text import escaped, scalar_value
from cnncalc.vocabulary.unknown import UnknownOperation
from cnncalc.vocabulary.values import Mapped

# The part of a graph on a line: a node, by its index, or a limit, by its figure.
Place: TypeAlias = int | str | None
# By place the codes that are accepted there, each with its reason and whether `allow` accepts it.
Accepted: TypeAlias = Mapping[Place, Mapping[str, tuple[str, bool]]]

PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_ .,&()/+-]*")


def expansion(graph: Graph) -> Iterator[str]:
    """The lines of the spec, with line ends. The graph must have no error.

    Findings that the spec accepts, by `allow` or by a comment, are accepted at their new places.
    """
    spec = graph.spec
    accepted: Accepted = {}
    if spec.ignores or spec.allowed:
        from cnncalc.render._accepted import accepted_in

        accepted = accepted_in(graph, lines)
    return (text for text, _ in lines(graph, accepted))


def lines(graph: Graph, accepted: Accepted) -> Iterator[tuple[str, Place]]:
    """Each line, and its part of the graph: an input or a layer (the node's index), or a limit (its figure)."""
    spec = graph.spec
    yield "cnncalc: 1\n", None
    if spec.name:
        yield f"name: {word(spec.name)}\n", None
    if spec.origin:
        yield f"source: {word(spec.origin)}\n", None
    if spec.strict:
        yield "strict: true\n", None
    inputs = graph.inputs
    if len(inputs) == 1 and inputs[0].name == "input":
        yield _commented(f"input: {_input(graph, inputs[0])}", inputs[0].index, accepted)
    else:
        yield "inputs:\n", None
        for node in inputs:
            yield _commented(f"  {word(node.name)}: {_input(graph, node)}", node.index, accepted)
    outputs = [word(graph.nodes[index].name) for index in graph.outputs]
    if graph.outputs != (len(graph.nodes) - 1,):
        yield f"outputs: [{', '.join(outputs)}]\n", None
    yield from _budget(graph, accepted)
    yield from _claims(graph)
    yield "layers:\n", None
    modules: list[ModuleCall] = []
    for node in graph.layers:
        around = _around(node.module)
        yield from _ends(graph, modules, around)
        for module in around[len(modules) :]:
            yield f"{'    ' * len(modules)}  - sequence:\n", None
            modules.append(module)
        indent = "    " * len(modules)
        yield from ((f"{indent}{text}", place) for text, place in _item(graph, node, accepted))
    yield from _ends(graph, modules, [])


def _around(module: ModuleCall | None) -> list[ModuleCall]:
    """A module call and those around it, the outermost first."""
    around: list[ModuleCall] = []
    while module is not None:
        around.insert(0, module)
        module = module.parent
    return around


def _ends(graph: Graph, modules: list[ModuleCall], around: list[ModuleCall]) -> Iterator[tuple[str, Place]]:
    """The last lines of the module calls that end here, the innermost first: those not `around` what follows."""
    while modules and modules != around[: len(modules)]:
        module = modules.pop()
        indent = "    " * len(modules)
        yield f"{indent}    module: true\n", None
        if module.name not in graph.by_name:
            yield f"{indent}    name: {word(module.name)}\n", None


def _commented(text: str, place: Place, accepted: Accepted) -> tuple[str, Place]:
    """A line, and after it the comments that accept its findings."""
    said = accepted.get(place, {})
    comments = [
        f"  # cnncalc: ignore[{code}]{reason}" for code, (reason, by_key) in said.items() if not by_key
    ]
    return f"{text}{''.join(comments)}\n", place


def _budget(graph: Graph, accepted: Accepted) -> Iterator[tuple[str, Place]]:
    """The limits of the spec itself for this network; if the modes differ, for this mode."""
    limits: dict[str, list[str]] = {}
    batch = None
    for limit in graph.spec.budget.limits:
        if limit.span is not None and (limit.mode == graph.mode or not graph.spec.two_modes):
            limits.setdefault(limit.figure, []).append(json.dumps(limit.text))
            batch = batch or limit.batch
    if not limits:
        return
    written = {
        name: texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]" for name, texts in limits.items()
    }
    yield "budget:\n", None
    for name, text in written.items():
        if name not in MODES:
            yield _commented(f"  {name}: {text}", name, accepted)
    memory = [f"{name}: {text}" for name, text in written.items() if name in MODES]
    if memory:
        yield _commented(f"  memory: {{{', '.join(memory)}, batch: {batch}}}", "memory", accepted)


def _claims(graph: Graph) -> Iterator[tuple[str, Place]]:
    """What is printed elsewhere about this network; layers by their names in the expanded spec."""
    if graph.claims:
        yield "claims:\n", None
    for claim, index in graph.claims:
        says = [word(text) for text in claim.says]
        written = {
            "figure": claim.figure,
            "layer": word(graph.nodes[index].name) if index is not None else "",
            "says": says[0] if len(says) == 1 else f"[{', '.join(says)}]",
            "source": word(claim.source),
            "why": word(claim.why),
        }
        inside = [f"{name}: {text}" for name, text in written.items() if text]
        yield f"  - {inside[0]}\n", None
        yield from ((f"    {line}\n", None) for line in inside[1:])


def _input(graph: Graph, node: Node) -> str:
    """The shape of an input, and its history if it has one."""
    history = graph.histories.get(node.index)
    if history is None:
        return _shape(node)
    field = f", field: {shown(history.field)}" if history.field is not None else ""
    return f"{{shape: {_shape(node)}, stride: {shown(history.stride)}{field}}}"


def _shape(node: Node) -> str:
    """Always a mapping: it can't be mistaken for channels first."""
    assert node.shape is not None
    return shown(dict(node.shape.asdict()))


def _item(graph: Graph, node: Node, accepted: Accepted) -> Iterator[tuple[str, Place]]:
    assert node.fit is not None
    layer = node.fit.layer
    if isinstance(layer, UnknownOperation):
        yield from _operation(graph, node, layer, accepted)
        return
    names = [word(graph.nodes[index].name) for index in node.inputs]
    written = dict(_arguments(layer))
    if layer.reads_indices and (field := main_field(type(layer))) is not None:
        # By its full name: here no block is around it.
        written[field] = names[1]
    inside = ", ".join(f"{name}: {value}" for name, value in written.items())
    if layer.arity is None:
        of = f"[{', '.join(operand_words(layer, names))}]"
        text = f"  - {layer.key}: {{of: {of}, {inside}}}" if inside else f"  - {layer.key}: {of}"
    else:
        text = f"  - {layer.key}: {{{inside}}}" if inside else f"  - {layer.key}:"
    yield _commented(text, node.index, accepted)
    if layer.arity == 1 and (node.inputs[0] != node.index - 1 or len(graph.inputs) > 1):
        yield f"    from: {names[0]}\n", node.index
    yield f"    name: {word(node.name)}\n", node.index
    if node.owner != node.index:
        yield f"    share: {word(graph.nodes[node.owner].name)}\n", node.index
    if node.place is not None:
        yield f"    place: {word(node.place)}\n", node.index
    if node.frozen and layer.weights(node.fit.inputs):
        yield "    freeze: true\n", node.index
    allowed = [(code, reason) for code, (reason, by_key) in accepted.get(node.index, {}).items() if by_key]
    if allowed:
        entries = ", ".join(f"{code}: {word(reason)}" for code, reason in allowed)
        yield f"    allow: {{{entries}}}\n", node.index


def _operation(
    graph: Graph, node: Node, layer: UnknownOperation, accepted: Accepted
) -> Iterator[tuple[str, Place]]:
    """An operation that has no layer here."""
    counts = {"params": layer.params, "buffers": layer.buffers_count, "macs": layer.macs}
    parts = [
        f"op: {word(layer.op)}",
        f"of: [{', '.join(word(graph.nodes[index].name) for index in node.inputs)}]",
    ]
    parts.append(f"shape: {_shape(node)}")
    parts += [f"{name}: {'unknown' if count is None else count}" for name, count in counts.items()]
    parts += [f"note: {word(layer.note)}"] if layer.note else []
    yield _commented(f"  - unknown: {{{', '.join(parts)}}}", node.index, accepted)
    yield f"    name: {word(node.name)}\n", node.index
    if node.frozen:
        yield "    freeze: true\n", node.index


def _arguments(layer: Layer) -> Iterator[tuple[str, str]]:
    """Every field that has a value. `bias` is written if leaving it out could mean something else."""
    for name in stated(type(layer)):
        value: Any = getattr(layer, name)
        if name == "bias" and value is None:
            value = True
        if value is None:
            continue
        if isinstance(value, Mapped):
            value = value.asdict()
        yield name, shown(value)


def word(text: str) -> str:
    """A string as YAML: plain if that is safe, else quoted as in JSON, which is a part of YAML 1.2."""
    value, problem = scalar_value(text)
    if PLAIN.fullmatch(text) and value == text and problem is None and text == text.strip():
        return text if "," not in text else json.dumps(text)
    # A character that JSON escapes as two surrogates has one escape in YAML.
    return escaped(json.dumps(text, ensure_ascii=False), len(text) * 6 + 2)
