"""Whether two graphs are the same network, up to names and to the order of layers that do not depend on each other."""

from collections import defaultdict
from collections.abc import Mapping, Set

from cnncalc.graph import BoundLayer, Graph, Node
from cnncalc.importers.effect import fields_in_effect
from cnncalc.importers.sums import commutes, idle_layers, inner_sums, sum_layer
from cnncalc.vocabulary.dropping import Dropping


def matching(left: Graph, right: Graph, *, in_detail: bool = True) -> Mapping[int, int] | None:
    """Which node of `right` is each node of `left`, by index; None if they are not the same network.

    The same network has the same inputs and outputs in the same order, and the same layers with equal fields (in
    effect: `padding: half` is 1 for a 3x3), each
    reading the same, with weights shared by the same layers. Two layers that are alike in all of this are
    matched in their order. The order of the two operands of a sum is no difference, and neither is a concatenation of a
    concatenation for one of all operands.

    Without `in_detail`, what code does not say is no difference either: layers that change nothing, whether a layer
    overwrites its input, its device, whether a sum of several operands is one layer, and which of two layers with the
    same code it is. What is left out of one side
    has no match.
    """
    if left.mode != right.mode or (in_detail and len(left.nodes) != len(right.nodes)):
        return None
    if len(left.inputs) != len(right.inputs) or len(left.outputs) != len(right.outputs):
        return None
    numbers: dict[object, int] = {}
    known: dict[object, object] = {}
    first, second = (_Side(graph, numbers, known, in_detail=in_detail) for graph in (left, right))
    if first.outputs != second.outputs or sorted(first.kept) != sorted(second.kept):
        return None
    waiting: dict[int, list[int]] = defaultdict(list)
    for index in reversed(second.indices):
        waiting[second.numbered[index]].append(index)
    matched = {index: waiting[first.numbered[index]].pop() for index in first.indices}
    matched = _by_operands(first, second, matched)
    owned = ((left.nodes[index].owner, right.nodes[matched[index]].owner) for index in first.indices)
    owners = all(matched.get(owner, other) == other for owner, other in owned)
    return matched if owners else None


class _Side:
    """A graph with a number for each node, equal for nodes that compute the same of the same inputs.

    `known` has what each layer with its inputs does, by identity: equal layers of a network are one object.
    """

    def __init__(
        self, graph: Graph, numbers: dict[object, int], known: dict[object, object], *, in_detail: bool
    ) -> None:
        self.graph, self.in_detail = graph, in_detail
        self.idle: Set[int] = frozenset() if in_detail else idle_layers(graph)
        self.left_out: Set[int] = frozenset() if in_detail else self.idle | inner_sums(graph, self.idle)
        self.indices = [node.index for node in graph.nodes if node.index not in self.left_out]
        self.numbered: dict[int, int] = {}
        places = {node.index: place for place, node in enumerate(graph.inputs)}
        for index in self.indices:
            node = graph.nodes[index]
            operands = [self.numbered[index] for index in self.operands(node)]
            added: tuple[float, ...] = ()
            if not in_detail and sum_layer(node) is not None:
                operands.sort()
                added = tuple(sorted(self.numbers(node)))
            elif commutes(node):
                operands.sort()
            layer = (node.kind, id(node.fit), node.shape)
            if node.fit is None or index in places:
                what = _what(node, places, in_detail=in_detail)
            elif (what := known.get(layer)) is None:
                what = known[layer] = _what(node, places, in_detail=in_detail)
            key = (
                what,
                tuple(operands),
                added,
                node.owner != index,
                _frozen(node),
                node.place if in_detail else None,
            )
            self.numbered[index] = numbers.setdefault(key, len(numbers))
        self.kept = list(self.numbered.values())
        self.outputs = [self.numbered[self.before(index)] for index in graph.outputs]

    def before(self, index: int) -> int:
        """The node whose values a node has: itself, or where it changes nothing, what it reads."""
        while index in self.idle:
            (index,) = self.graph.nodes[index].inputs
        return index

    def operands(self, node: Node) -> list[int]:
        """The nodes that a node reads; a concatenation (or sum) that reads another one reads what that one does."""
        layer = None if node.fit is None else node.fit.layer
        joined = None if self.in_detail else sum_layer(node)
        operands: list[int] = []
        waiting = [self.before(index) for index in reversed(node.inputs)]
        while waiting:
            index = waiting.pop()
            other = self.graph.nodes[index]
            if layer is not None and layer.flattens:
                same = other.fit is not None and other.fit.layer == layer
            else:
                same = joined is not None and index in self.left_out and sum_layer(other) == joined
            if same:
                waiting.extend(self.before(read) for read in reversed(other.inputs))
            else:
                operands.append(index)
        return operands

    def numbers(self, node: Node) -> list[float]:
        """The numbers among the operands of a sum, and of the sums that are a part of it."""
        assert node.fit is not None
        numbers = [number for number in getattr(node.fit.layer, "numbers", ()) if number is not None]
        for index in map(self.before, node.inputs):
            other = self.graph.nodes[index]
            if index in self.left_out and sum_layer(other) == sum_layer(node):
                numbers += self.numbers(other)
        return numbers


def _frozen(node: Node) -> bool:
    """Whether it has weights that are not trained."""
    return node.frozen and node.fit is not None and bool(node.fit.layer.weights(node.fit.inputs))


def _what(node: Node, places: Mapping[int, int], *, in_detail: bool) -> object:
    if node.index in places:
        return ("input", places[node.index], node.shape)
    if node.fit is None:
        return (node.kind, None, node.shape)
    fit = node.fit
    if not in_detail and fit.layer.in_code is not fit.layer:
        fit = BoundLayer(fit.layer.in_code, fit.inputs)
    calls = fit.layer.torch(fit.inputs) if not fit.layer.returns_indices else ()
    fields = fields_in_effect(fit)
    if any(call.target.startswith("own.") for call in calls) and not isinstance(fit.layer, Dropping):
        # Fields that differ in words only: `crop: 5`, and what `sides` of it are removed.
        fields = {
            str(index): (call.target, sorted(call.arguments.items())) for index, call in enumerate(calls)
        }
    if not in_detail:
        fields.pop("inplace", None)
        if sum_layer(node) is not None:
            fields.pop("numbers", None)
    return (fit.layer.key, tuple((name, repr(value)) for name, value in sorted(fields.items())), node.shape)


def _by_operands(first: _Side, second: _Side, matched: dict[int, int]) -> dict[int, int]:
    """The matching in which operands match too, where layers with equal numbers could be matched in several ways.

    Walks back from the outputs: what a matched layer reads is matched operand by operand.
    """
    left, right = first.graph, second.graph
    fixed: dict[int, int] = {}
    taken: set[int] = set()
    outputs = (map(side.before, side.graph.outputs) for side in (first, second))
    waiting = list(zip(*outputs, strict=True))
    while waiting:
        index, other = waiting.pop()
        if index in fixed or other in taken:
            continue
        fixed[index] = other
        taken.add(other)
        reads, others = first.operands(left.nodes[index]), second.operands(right.nodes[other])
        if len(reads) == 2 and commutes(left.nodes[index]):
            if first.numbered[reads[0]] != second.numbered[others[0]]:
                others.reverse()
        elif not first.in_detail and sum_layer(left.nodes[index]) is not None:
            reads.sort(key=first.numbered.__getitem__)
            others.sort(key=second.numbered.__getitem__)
        waiting += zip(reads, others, strict=True)
    rest: dict[int, list[int]] = defaultdict(list)
    for other in reversed(second.indices):
        if other not in taken:
            rest[second.numbered[other]].append(other)
    for index in first.indices:
        if index not in fixed:
            if not rest[first.numbered[index]]:
                return matched
            fixed[index] = rest[first.numbered[index]].pop()
    return fixed
