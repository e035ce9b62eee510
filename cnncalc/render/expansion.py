"""A graph written out as a spec: every block, repeat, default and piece of sugar spelled; the figures are the same."""

import json
import re
from collections.abc import Iterator
from typing import Any

from cnncalc.graph import Graph, Node
from cnncalc.layers import Layer, shown, stated
from cnncalc.layers._field import Sides
from cnncalc.spec.budget import MODES
from cnncalc.text import escaped, scalar_value

PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_ .,&()/+-]*")


def expansion(graph: Graph) -> Iterator[str]:
    """Lines of the spec, each ended. The graph must have no error."""
    spec = graph.spec
    yield "cnncalc: 1\n"
    if spec.name:
        yield f"name: {word(spec.name)}\n"
    if spec.origin:
        yield f"source: {word(spec.origin)}\n"
    if spec.strict:
        yield "strict: true\n"
    inputs = graph.inputs
    if len(inputs) == 1 and inputs[0].name == "input":
        yield f"input: {_shape(inputs[0])}\n"
    else:
        yield "inputs:\n"
        for node in inputs:
            yield f"  {word(node.name)}: {_shape(node)}\n"
    outputs = [word(graph.nodes[at].name) for at in graph.outputs]
    if graph.outputs != (len(graph.nodes) - 1,):
        yield f"outputs: [{', '.join(outputs)}]\n"
    yield from _budget(graph)
    yield "layers:\n"
    for node in graph.layers:
        yield from _item(graph, node)


def _budget(graph: Graph) -> Iterator[str]:
    """The limits that the spec itself sets to this network; of two networks, to the one of this mode."""
    told: dict[str, list[str]] = {}
    batch = None
    for limit in graph.spec.budget.limits:
        if limit.span is not None and (limit.mode == graph.mode or not graph.spec.two_modes):
            told.setdefault(limit.figure, []).append(json.dumps(limit.text))
            batch = batch or limit.batch
    if not told:
        return
    written = {name: texts[0] if len(texts) == 1 else f"[{', '.join(texts)}]" for name, texts in told.items()}
    yield "budget:\n"
    yield from (f"  {name}: {text}\n" for name, text in written.items() if name not in MODES)
    memory = [f"{name}: {text}" for name, text in written.items() if name in MODES]
    if memory:
        yield f"  memory: {{{', '.join(memory)}, batch: {batch}}}\n"


def _shape(node: Node) -> str:
    """Always the mapping: it can't be mistaken for channels first."""
    assert node.shape is not None
    return shown(dict(node.shape.asdict()))


def _item(graph: Graph, node: Node) -> Iterator[str]:
    assert node.fit is not None
    layer = node.fit.layer
    names = [word(graph.nodes[at].name) for at in node.inputs]
    inside = ", ".join(f"{name}: {value}" for name, value in _arguments(layer))
    if layer.arity is None:
        of = f"[{', '.join(names)}]"
        yield f"  - {layer.key}: {{of: {of}, {inside}}}\n" if inside else f"  - {layer.key}: {of}\n"
    else:
        yield f"  - {layer.key}: {{{inside}}}\n" if inside else f"  - {layer.key}:\n"
        if node.inputs[0] != node.index - 1 or len(graph.inputs) > 1:
            yield f"    from: {names[0]}\n"
    yield f"    name: {word(node.name)}\n"
    if node.owner != node.index:
        yield f"    share: {word(graph.nodes[node.owner].name)}\n"
    if node.allow:
        allowed = ", ".join(f"{code}: {word(one.reason)}" for code, one in node.allow.items())
        yield f"    allow: {{{allowed}}}\n"


def _arguments(layer: Layer) -> Iterator[tuple[str, str]]:
    """Every field that has a value. `bias` is told where leaving it out could mean something else."""
    for name in stated(type(layer)):
        value: Any = getattr(layer, name)
        if name == "bias" and value is None:
            value = True
        if value is None:
            continue
        if isinstance(value, Sides):
            value = {side: getattr(value, side) for side in ("top", "bottom", "left", "right")}
        yield name, shown(value)


def word(text: str) -> str:
    """A string as YAML: plain where that is safe, else quoted as JSON, which YAML 1.2 contains."""
    value, problem = scalar_value(text)
    if PLAIN.fullmatch(text) and value == text and problem is None and text == text.strip():
        return text if "," not in text else json.dumps(text)
    # What JSON would spell as two surrogates YAML spells as one character.
    return escaped(json.dumps(text, ensure_ascii=False), len(text) * 6 + 2)
