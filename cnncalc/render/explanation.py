"""One layer's arithmetic: every formula with its numbers in, and where each number came from."""

from collections.abc import Iterator, Sequence
from typing import Any

from cnncalc.analysis import Analysis
from cnncalc.analysis.layer_facts import LayerFacts, Place
from cnncalc.exact import counted
from cnncalc.graph import BlockUse, Node
from cnncalc.layers import Layer, Storage, Tensor, main_field, shown, stated
from cnncalc.render._field import field_lines
from cnncalc.render.figures import many, size
from cnncalc.render.layer_lines import lines
from cnncalc.render.layer_lines.backward import backward
from cnncalc.render.layer_lines.matrices import dense, matrices
from cnncalc.render.piece import Piece, listed
from cnncalc.shape import DTYPES
from cnncalc.text import Expression
from cnncalc.vocabulary.field import SIDES, Sides

Lines = Iterator[tuple[str, str]]


def explanation(
    analysis: Analysis, node: Node, width: int | None = None, places: Sequence[Place] = ()
) -> Iterator[str]:
    """The page of one node; on a page of some width what is longer goes on under its own beginning."""
    yield Piece(title(analysis, node), "bold")
    yield "\n\n"
    yield from listed(facts(analysis, node, places), width)


def title(analysis: Analysis, node: Node) -> str:
    """Name, label and place of a node."""
    graph, fit = analysis.graph, node.fit
    place = f"{graph.spec.file}:{graph.line(node)}"
    label = fit.layer.label(fit.inputs) if fit is not None and fit.output is not None else node.kind.upper()
    return f"{node.name} · {label} · {place}"


def facts(analysis: Analysis, node: Node, places: Sequence[Place] = ()) -> Lines:
    """Every line of the page of a node: its name, and what is said. `places` are values of its output."""
    graph, fit = analysis.graph, node.fit
    for at in node.inputs:
        source = graph.nodes[at]
        yield "input", f"{source.shape or '?'}, from {source.name} (line {graph.line(source)})"
    yield "output", lines.volume(node.shape)
    own = facts_of(analysis, node, places)
    if own is not None:
        yield from lines.windows(own)
    if fit is None or node.shape is None:
        if node.shape is None or not node.is_input:
            yield "", "unknown, because of an error: see `cnncalc validate`"
        return
    layer = fit.layer
    assert own is not None
    yield from lines.shape(own)
    yield from lines.learned(fit, None if node.owner == node.index else analysis.graph.nodes[node.owner].name)
    yield from lines.sharing(own)
    yield from lines.work(fit)
    yield from _stored(analysis, node)
    yield from field_facts(analysis, node)
    yield from matrices(own)
    yield from dense(own)
    yield from backward(own)
    yield from _no_gradient(analysis, node, own)
    yield from lines.reads(own)
    yield from layer.arithmetic(fit.inputs)
    yield from _origin(analysis, node, layer)
    decided = {name: value for name, (value, _) in _by_the_network(analysis, node, layer).items()}
    yield from lines.torch(fit, decided)


def _no_gradient(analysis: Analysis, node: Node, own: LayerFacts) -> Lines:
    """What a training step of this network leaves out of the layer's backward pass."""
    made = analysis.backward_work[node.index]
    if made is None or made == own.backward:
        return
    if not made.total:
        yield "in this network", "no gradient comes here: a training step makes none of them"
    else:
        step = f"{made.total:,} MACs of its backward pass"
        yield "in this network", f"nothing before it learns: a training step makes no dX, and {step}"


def facts_of(analysis: Analysis, node: Node, places: Sequence[Place] = ()) -> LayerFacts | None:
    """The facts of a node's layer by itself; None where it has no output."""
    if node.fit is None or node.fit.output is None:
        return None
    return LayerFacts(node.fit, batch=analysis.batch, dtype=analysis.dtype, places=places)


def _stored(analysis: Analysis, node: Node) -> Lines:
    stored = analysis.storage[node.index]
    assert stored is not None
    assert node.fit is not None
    if stored.storage is Storage.OWN:
        count = stored.values * DTYPES[analysis.dtype] * analysis.batch
        yield (
            "memory",
            f"{many(stored.values, 'value')} = {size(count)} ({analysis.dtype}, batch {analysis.batch})",
        )
    else:
        owner = analysis.graph.nodes[stored.root].name
        how = "overwrites" if stored.storage is Storage.IN_PLACE else "is a view of"
        yield "memory", f"none of its own: it {how} the values of {owner}"
    kept = node.fit.layer.keeps(node.fit.inputs)
    told = ", ".join(_kept(item) for item in kept)
    yield "for backward", f"autograd keeps {told}" if told else "autograd keeps nothing"


def _kept(item: int | str | Tensor) -> str:
    if isinstance(item, Tensor):
        return f"{item.name} ({counted(item.size, 'value')}{', ' + item.dtype if item.dtype else ''})"
    return "its output" if item == "output" else "its input" if item == 0 else f"operand {int(item) + 1}"


def field_facts(analysis: Analysis, node: Node, made: bool = True) -> Lines:
    """The receptive field of a node; how it is `made` of that of the layer before, or what it is."""
    fields = analysis.receptive_fields[node.index]
    inexact = analysis.field_exactness[node.index]
    if fields is None and inexact is not None and inexact.layer is not None:
        cause = analysis.graph.nodes[analysis.graph.by_name[inexact.layer]]
        yield "receptive field", f"unknown from {cause.name} on (line {analysis.graph.line(cause)})"
    elif fields:
        before = analysis.receptive_fields[node.inputs[0]] if made and len(node.inputs) == 1 else None
        yield from field_lines("receptive field", fields, node, before, inexact)


def _origin(analysis: Analysis, node: Node, layer: Layer) -> Lines:
    """Each field's value: written here, by `defaults`, by a block's argument, or the layer's own default."""
    call = node.call
    main = main_field(type(layer))
    assert node.fit is not None
    effects = layer.in_effect(node.fit.inputs) | _by_the_network(analysis, node, layer)
    for name in sorted(stated(type(layer)), key=lambda name: name != main):
        value: Any = getattr(layer, name)
        if isinstance(value, Sides):
            value = {side: getattr(value, side) for side in SIDES}
        told = "left out" if value is None else shown(value)
        effect, why = effects.get(name, (None, ""))
        if effect is not None and value is not None:
            told = f"{told} = {shown(effect)}" if shown(effect) != told else told
        elif effect is not None:
            told, why = shown(effect), f"left out: {why}" if why else "left out"
        if call is None:
            yield name, f"{told}   (by line {analysis.graph.line(node)})"
            continue
        source = why or "the layer's default"
        if why and value is None:
            pass
        elif name in call.spans:
            source = f"line {call.spans[name].line}"
        elif name in call.inherited:
            source = f"defaults, line {call.inherited[name].line}"
        given = call.computed.get(name)
        if given is not None and isinstance(given.value, Expression):
            source += f": {given.value.text}" + _arguments(node.frame, given.value)
        yield name, f"{told}   ({source})".strip()


def _by_the_network(analysis: Analysis, node: Node, layer: Layer) -> dict[str, tuple[Any, str]]:
    """Fields that are left out and that the layers around this one decide."""
    found: dict[str, tuple[Any, str]] = {}
    given = {} if node.call is None else {**node.call.fields, **node.call.computed}
    if "bias" in stated(type(layer)) and "bias" not in given and node.call is not None:
        readers = (analysis.graph.nodes[at] for at in analysis.readers[node.index])
        norm = next((one for one in readers if one.fit is not None and one.fit.layer.cancels_bias), None)
        value = vars(layer)["bias"]
        if value is None:
            found["bias"] = True, "no norm follows"
        elif value is False and norm is not None and node.call is not None:
            found["bias"] = False, f"left out: {norm.name} follows"
    if getattr(layer, "inplace", True) is None:
        stored = analysis.storage[node.index]
        overwrites = stored is not None and stored.storage is Storage.IN_PLACE
        needed = analysis.needed_besides(node)
        why = "nothing else needs its input" if overwrites else "its backward pass needs the input"
        if needed is not None:
            why = f"it reads {analysis.graph.nodes[node.inputs[0]].name}, which {needed}"
        found["inplace"] = overwrites, why
    return found


def _arguments(frame: BlockUse | None, expression: Expression) -> str:
    """The values of the block's parameters that an expression uses, and the line that gave them."""
    if frame is None:
        return ""
    used = [name for name in sorted(expression.names) if name in frame.parameters]
    if not used:
        return ""
    values = ", ".join(f"{name} = {shown(frame.parameters[name])}" for name in used)
    return f" with {values}, from {frame.item.block} at line {frame.item.span.line}"
