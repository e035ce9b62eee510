"""One layer's arithmetic: every formula with its numbers, and the source of each number."""

from collections.abc import Iterator, Sequence

from cnncalc.analysis import Analysis
from cnncalc.analysis.layer_facts import LayerFacts, Place
from cnncalc.exact import grouped
from cnncalc.graph import Node
from cnncalc.layers import Storage
from cnncalc.render._field import field_lines
from cnncalc.render._settings import decided_by_network, settings
from cnncalc.render.figures import UNKNOWN, many, size
from cnncalc.render.layer_lines import lines
from cnncalc.render.layer_lines.backward import backward
from cnncalc.render.layer_lines.kept import kept
from cnncalc.render.layer_lines.matrices import dense, matrices
from cnncalc.render.piece import Piece
from cnncalc.render.wrapping import listed
from cnncalc.shape import DTYPES
from cnncalc.vocabulary.unknown import UnknownOperation

Lines = Iterator[tuple[str, str]]


def explanation(
    analysis: Analysis, node: Node, width: int | None = None, places: Sequence[Place] = ()
) -> Iterator[str]:
    """The page of one node; with a width, long lines continue below, indented to their start."""
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
    for number, index in enumerate(node.inputs):
        source = graph.nodes[index]
        what = "input" if number < len(node.reads) else "indices" if index in node.indices_of else "size"
        yield what, f"{source.shape or '?'}, from {source.name} (line {graph.line(source)})"
    yield "output", lines.volume(node.shape)
    own = None if node.opaque else facts_of(analysis, node, places)
    if own is not None:
        yield from lines.windows(own)
    if node.place is not None:
        from cnncalc.render.devices import layer_lines

        yield from layer_lines(analysis, node)
    if fit is None or node.shape is None:
        if node.shape is None or not node.is_input:
            yield "", "unknown, because of an error: see `cnncalc validate`"
        return
    layer = fit.layer
    if isinstance(layer, UnknownOperation):
        yield from _of_operation(analysis, node, layer)
        return
    assert own is not None
    yield from lines.shape(own)
    yield from lines.learned(fit, None if node.owner == node.index else analysis.graph.nodes[node.owner].name)
    if node.frozen and layer.weights(fit.inputs):
        yield "frozen", "its parameters are not trained: no gradient, no state of the optimizer"
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
    yield from settings(analysis, node, layer)
    decided = {name: value for name, (value, _) in decided_by_network(analysis, node, layer).items()}
    yield from lines.torch(fit, decided)


def _of_operation(analysis: Analysis, node: Node, layer: UnknownOperation) -> Lines:
    """An operation that has no layer here: what the spec states of it."""
    yield "operation", f"{layer.op}, which has no layer here: what the spec states is not checked"
    if layer.note:
        yield "note", layer.note
    for name, count in (
        ("parameters", layer.params),
        ("buffers", layer.buffers_count),
        ("MACs", layer.macs),
    ):
        yield name, UNKNOWN if count is None else grouped(count)
    yield from field_facts(analysis, node)


def _no_gradient(analysis: Analysis, node: Node, own: LayerFacts) -> Lines:
    """What a training step of this network leaves out of the layer's backward pass."""
    needed = analysis.backward_work[node.index]
    if needed is None or needed == own.backward:
        return
    if not needed.total:
        yield "in this network", "no gradient comes here: a training step computes none of them"
    elif node.frozen:
        no_input = " and no dX" if own.backward.data and not needed.data else ""
        step = f"{grouped(needed.total)} MACs of its backward pass"
        yield (
            "in this network",
            f"its parameters are frozen: a training step computes no dW{no_input}, and {step}",
        )
    else:
        step = f"{grouped(needed.total)} MACs of its backward pass"
        yield "in this network", f"nothing before it learns: a training step computes no dX, and {step}"


def facts_of(analysis: Analysis, node: Node, places: Sequence[Place] = ()) -> LayerFacts | None:
    """The facts of a node's layer by itself; None where it has no output."""
    if node.fit is None or node.fit.output is None:
        return None
    return LayerFacts(node.fit, batch=analysis.batch, dtype=analysis.dtype, places=places)


def _stored(analysis: Analysis, node: Node) -> Lines:
    stored = analysis.storage[node.index]
    assert stored is not None
    assert node.fit is not None
    assert node.shape is not None
    if not node.shape.batched and node.fit.layer.gives_parameter:
        yield "memory", "none of its own: its output is the parameter"
    elif not node.shape.batched and stored.storage is Storage.OWN:
        count = node.shape.size * DTYPES[analysis.dtype]
        yield (
            "memory",
            f"{many(node.shape.size, 'value')} = {size(count)} ({analysis.dtype}), once for all images",
        )
    elif stored.storage is Storage.OWN:
        count = stored.values * DTYPES[analysis.dtype] * analysis.batch
        yield (
            "memory",
            f"{many(stored.values, 'value')} = {size(count)} ({analysis.dtype}, batch {analysis.batch})",
        )
    else:
        owner = analysis.graph.nodes[stored.root].name
        how = "overwrites" if stored.storage is Storage.IN_PLACE else "is a view of"
        yield "memory", f"none of its own: it {how} the values of {owner}"
    yield from kept(node.fit)


def field_facts(analysis: Analysis, node: Node, derived: bool = True) -> Lines:
    """The receptive field of a node; if `derived`, also its formula from that of the previous layer."""
    fields = analysis.receptive_fields[node.index]
    inexact = analysis.field_exactness[node.index]
    if fields is None and inexact is not None and inexact.layer is not None:
        cause = analysis.graph.nodes[analysis.graph.by_name[inexact.layer]]
        yield "receptive field", f"unknown from {cause.name} on (line {analysis.graph.line(cause)})"
    elif node.shape is not None and not node.shape.batched:
        yield "receptive field", "none: it reads no input, and is the same for every image"
    elif fields:
        before = analysis.receptive_fields[node.inputs[0]] if derived and len(node.inputs) == 1 else None
        yield from field_lines("receptive field", fields, node, before, inexact)
