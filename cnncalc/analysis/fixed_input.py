"""Layers whose weights fit only one size of the input: an fc after `flatten`, a table of positions."""

import re
from collections.abc import Callable, Iterator
from math import lcm
from typing import TYPE_CHECKING, TypeAlias

from cnncalc.graph import BoundLayer, Graph, Node, build
from cnncalc.graph.carried import Carried
from cnncalc.graph.inputs import given_values
from cnncalc.layers import Layer
from cnncalc.shape import Shape
from cnncalc.spec import NOTHING, ValueExpr

if TYPE_CHECKING:
    from cnncalc.analysis import Analysis

# The shapes of the weights, by the name of the layer.
WeightShapes: TypeAlias = dict[str, tuple[tuple[int, ...], ...]]
# A new size for each side of the input.
Larger: TypeAlias = Callable[[int], int]
# Sides are enlarged by the total stride, if it is not longer than this.
LONGEST = 10**6
# What an expression reads of the size of its input; a line with nothing but `expect` changes nothing.
READ = r"(?m)^(?! *expect:(?:[^:]*| *\{[^{}]*\}) *(?:#.*)?$).*\$in\.(?!channels)\w"


def weight_shapes(graph: Graph) -> WeightShapes:
    """The shapes of the weights of every layer that has weights."""
    return {
        node.name: shapes
        for node in graph.nodes
        if node.fit is not None and (shapes := _weights(node.fit.layer, node.fit.inputs))
    }


def _weights(layer: Layer, inputs: tuple[Shape, ...]) -> tuple[tuple[int, ...], ...]:
    return tuple([weight.shape for weight in layer.weights(inputs)])


def fixing_input(analysis: "Analysis") -> list[Node] | None:
    """The layers whose weights change if the input gets another size, in order.

    None if an error hides a part of the network, or if no other size that was tried gives a whole network. The network
    is built again, but only if one of its layers has such weights or may precede some.
    """
    graph = analysis.graph
    if not graph.whole:
        return None
    if not (_written_by_size(graph) or _may_have_some(graph)):
        return []
    before = weight_shapes(graph)
    for larger in _sizes(analysis):
        after = _carried(graph, larger)
        if after is None:
            other = _with_other_sizes(graph, larger)
            after = weight_shapes(other) if other.whole else None
        if after is not None:
            return [
                node
                for node in graph.nodes
                if node.owner == node.index and before.get(node.name, ()) != after.get(node.name, ())
            ]
    return None


def _carried(graph: Graph, larger: Larger) -> WeightShapes | None:
    """The shapes of the weights with larger inputs, if the network has the same layers then; else None."""
    if any(written.words for written in graph.spec.inputs.values()):
        return None
    inputs = [_enlarged(node, larger) for node in graph.inputs]
    if None in inputs:
        return None
    fits, shapes = Carried(graph).shapes(tuple(filter(None, inputs)))
    if not fits:
        return None
    return {
        node.name: weights
        for node in graph.nodes
        if node.fit is not None
        and (weights := _weights(node.fit.layer, tuple([shapes[source] for source in node.inputs])))
    }


def _enlarged(node: Node, larger: Larger) -> Shape | None:
    shape = node.shape
    return shape and shape._replace(spatial=tuple(map(larger, shape.spatial)))


def _written_by_size(graph: Graph) -> bool:
    """Whether arguments of layers may depend on the size of the input: only a build tells how."""
    words = [word for written in graph.spec.inputs.values() for word in written.words]
    return any(_used_elsewhere(graph, word, words.count(word)) for word in set(words)) or any(
        "$in." in source.text and re.search(READ, source.text) for source in graph.sources.values()
    )


def _used_elsewhere(graph: Graph, word: str, in_inputs: int) -> bool:
    """Whether a parameter may be used in more places than in the inputs."""
    use = re.compile(rf"\${re.escape(word)}\b")
    return sum(len(use.findall(source.text)) for source in graph.sources.values()) > in_inputs


def _may_have_some(graph: Graph) -> bool:
    """Whether weights, or channels of a volume, depend on the size of the input. Each layer is looked at alone.

    Every volume whose size depends on the input is assumed to be twice as large along each side.
    """
    depends: list[bool] = []
    known: dict[tuple[int, tuple[bool, ...]], tuple[bool, bool]] = {}
    for node in graph.nodes:
        if node.fit is None:
            depends.append(node.shape is not None and node.shape.rank > 0)
            continue
        entering = tuple([depends[source] for source in node.inputs])
        key = id(node.fit), entering
        if key not in known:
            known[key] = _effect(node.fit, entering) if any(entering) else (False, False)
        fixes, changes = known[key]
        if fixes:
            return True
        depends.append(changes)
    return False


def _effect(fit: BoundLayer, depends: tuple[bool, ...]) -> tuple[bool, bool]:
    """Whether larger inputs may change weights or channels, and whether they change the size of the output."""
    pairs = zip(fit.inputs, depends, strict=True)
    other = BoundLayer(fit.layer, tuple(_scaled(shape) if changes else shape for shape, changes in pairs))
    if fit.output is None or other.output is None:
        # The layer does not accept this size: only a build shows what follows from that.
        return True, True
    fixes = other.output.channels != fit.output.channels or _weights(fit.layer, other.inputs) != _weights(
        fit.layer, fit.inputs
    )
    return fixes, other.output != fit.output


def _scaled(shape: Shape) -> Shape:
    return shape._replace(spatial=tuple(2 * size for size in shape.spatial))


def _sizes(analysis: "Analysis") -> Iterator[Larger]:
    """Larger sizes that probably fit: first one more step of every window, then two and three times the size."""
    strides = {
        stride
        for fields in analysis.receptive_fields
        for stride in (field.stride for field in fields or ())
        if isinstance(stride, int) and 0 < stride <= LONGEST
    }
    if (step := lcm(*strides)) <= LONGEST:
        yield lambda size: size + step
    yield lambda size: 2 * size
    yield lambda size: 3 * size


def _with_other_sizes(graph: Graph, larger: Larger) -> Graph:
    """The network with larger inputs. If parameters of the spec give the sides, the parameters are changed."""
    spec, values = graph.spec, given_values(graph)
    by_parameter = False
    for word in sorted({word for written in spec.inputs.values() for word in written.words}):
        value = graph.values.get(word)
        if isinstance(value, int) and not isinstance(value, bool):
            changed = {**values, word: larger(value)}
            if _same_channels(graph, build(spec._replace(items=()), values=changed, advise=False)):
                values, by_parameter = changed, True
    if by_parameter:
        return build(spec, mode=graph.mode, values=values, strict=graph.strict, advise=False)
    inputs = {
        node.name: ValueExpr(
            spec.inputs[node.name].span,
            node.shape._replace(spatial=tuple(map(larger, node.shape.spatial))).asdict(),
            constant=True,
        )
        for node in graph.inputs
        if node.shape is not None and node.shape.rank
    }
    return build(
        spec.with_inputs(inputs or NOTHING), mode=graph.mode, values=values, strict=graph.strict, advise=False
    )


def _same_channels(graph: Graph, other: Graph) -> bool:
    """Whether only sides of the inputs differ between two networks."""
    pairs = list(zip(graph.inputs, other.inputs, strict=False))
    return bool(pairs) and all(
        old.shape is not None
        and new.shape is not None
        and (old.shape.rank, old.shape.channels) == (new.shape.rank, new.shape.channels)
        for old, new in pairs
    )
