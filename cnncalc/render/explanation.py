"""One layer's arithmetic: every formula with its numbers, and the source of each number."""

from collections.abc import Iterator

from cnncalc.analysis import Analysis
from cnncalc.exact import counted
from cnncalc.figure_words import grid
from cnncalc.graph import BoundLayer, Node
from cnncalc.layers import Layer, Storage, Tensor
from cnncalc.render._field import field_lines
from cnncalc.render._settings import decided_by_network, settings
from cnncalc.render.figures import many, size
from cnncalc.render.piece import Piece
from cnncalc.render.wrapping import listed
from cnncalc.shape import DTYPES, Shape
from cnncalc.vocabulary.window import Windowed

Lines = Iterator[tuple[str, str]]


def explanation(analysis: Analysis, node: Node, width: int | None = None) -> Iterator[str]:
    """The page of one node; with a width, long lines continue below, indented to their start."""
    graph, fit = analysis.graph, node.fit
    place = f"{graph.spec.file}:{graph.line(node)}"
    label = fit.layer.label(fit.inputs) if fit is not None and fit.output is not None else node.kind.upper()
    yield Piece(f"{node.name} · {label} · {place}", "bold")
    yield "\n\n"
    yield from listed(facts(analysis, node), width)


def facts(analysis: Analysis, node: Node) -> Lines:
    graph, fit = analysis.graph, node.fit
    for index in node.inputs:
        source = graph.nodes[index]
        yield "input", f"{source.shape or '?'}, from {source.name} (line {graph.line(source)})"
    yield "output", _shape(node.shape)
    if fit is not None and fit.output is not None:
        yield from _windows(fit)
    if fit is None or node.shape is None:
        if node.shape is None or not node.is_input:
            yield "", "unknown, because of an error: see `cnncalc validate`"
        return
    layer = fit.layer
    yield from _learned(analysis, node, layer)
    yield from _work(layer, fit.inputs)
    yield from _stored(analysis, node)
    yield from field_facts(analysis, node)
    yield from layer.arithmetic(fit.inputs)
    yield from settings(analysis, node, layer)
    decided = {name: value for name, (value, _) in decided_by_network(analysis, node, layer).items()}
    for call in layer.torch(fit.inputs):
        arguments = {name: decided.get(name, value) for name, value in call.arguments.items()}
        written = ", ".join(f"{name}={value!r}" for name, value in arguments.items())
        yield "PyTorch", f"{call.target}({written})"


def _windows(fit: BoundLayer) -> Lines:
    if isinstance(fit.layer, Windowed):
        for axis, window in zip(fit.inputs[0].axes, fit.layer.windows(fit.inputs[0]), strict=True):
            rounded = f", rounded to {window.output}" if window.remainder else ""
            extent = (
                f" (F = {window.dilation}*({window.kernel} - 1) + 1 = {window.extent})"
                if window.dilation > 1
                else ""
            )
            yield f"  {axis}", f"(W - F + 2P)/S + 1 = {window.formula} = {window.quotient}{rounded}{extent}"


def _shape(shape: Shape | None) -> str:
    if shape is None:
        return "?"
    return f"{shape} = {counted(shape.size, 'value')}" if shape.rank else counted(shape.channels, "feature")


def _learned(analysis: Analysis, node: Node, layer: Layer) -> Lines:
    assert node.fit is not None
    weights = layer.weights(node.fit.inputs)
    for weight in weights:
        shape = grid(weight.shape)
        formula = f"{weight.formula} = " if "*" in weight.formula else ""
        yield weight.name, f"{formula}{weight.size:,}   (PyTorch's shape: {shape})"
    if node.owner != node.index:
        yield "parameters", f"0 of its own: it shares those of {analysis.graph.nodes[node.owner].name}"
    elif len(weights) > 1:
        yield (
            "parameters",
            f"{' + '.join(f'{tensor.size:,}' for tensor in weights)} = {sum(tensor.size for tensor in weights):,}",
        )
    elif not weights:
        yield "parameters", "0"
    for buffer in layer.buffers(node.fit.inputs):
        yield "buffer", f"{buffer.name}, {buffer.size:,}" + (f" ({buffer.dtype})" if buffer.dtype else "")


def _work(layer: Layer, inputs: tuple[Shape, ...]) -> Lines:
    done = layer.work(inputs)
    if done.macs:
        yield "MACs", f"{layer.macs_formula(inputs)} = {done.macs:,}"
    for kind, count in done._asdict().items():
        if kind != "macs" and count:
            yield kind, f"{count:,}"


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
    tensors = ", ".join(_kept(item) for item in kept)
    yield "for backward", f"autograd keeps {tensors}" if tensors else "autograd keeps nothing"


def _kept(item: int | str | Tensor) -> str:
    if isinstance(item, Tensor):
        return f"{item.name} ({counted(item.size, 'value')}{', ' + item.dtype if item.dtype else ''})"
    return "its output" if item == "output" else "its input" if item == 0 else f"operand {int(item) + 1}"


def field_facts(analysis: Analysis, node: Node, derived: bool = True) -> Lines:
    """The receptive field of a node; if `derived`, also its formula from that of the previous layer."""
    fields = analysis.receptive_fields[node.index]
    inexact = analysis.field_exactness[node.index]
    if fields is None and inexact is not None and inexact.layer is not None:
        cause = analysis.graph.nodes[analysis.graph.by_name[inexact.layer]]
        yield "receptive field", f"unknown from {cause.name} on (line {analysis.graph.line(cause)})"
    elif fields:
        before = analysis.receptive_fields[node.inputs[0]] if derived and len(node.inputs) == 1 else None
        yield from field_lines("receptive field", fields, node, before, inexact)
