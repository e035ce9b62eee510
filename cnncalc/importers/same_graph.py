"""Whether two graphs are the same network, up to names and to the order of layers that do not depend on each other."""

from collections import defaultdict
from collections.abc import Mapping

from cnncalc.graph import Graph, Node
from cnncalc.importers.effect import fields_in_effect


def matching(left: Graph, right: Graph) -> Mapping[int, int] | None:
    """Which node of `right` is each node of `left`, by index; None if they are not the same network.

    The same network has the same inputs and outputs in the same order, and the same layers with equal fields (in
    effect: `padding: half` is 1 for a 3x3), each
    reading the same, with weights shared by the same layers. Two layers that are alike in all of this are
    matched in their order. The order of the two operands of a sum is no difference, and neither is a concatenation of a
    concatenation for one of all operands.
    """
    if left.mode != right.mode or len(left.nodes) != len(right.nodes):
        return None
    if len(left.inputs) != len(right.inputs) or len(left.outputs) != len(right.outputs):
        return None
    numbers: dict[object, int] = {}
    ours, theirs = _numbered(left, numbers), _numbered(right, numbers)
    if [ours[index] for index in left.outputs] != [theirs[index] for index in right.outputs]:
        return None
    if sorted(ours) != sorted(theirs):
        return None
    waiting: dict[int, list[int]] = defaultdict(list)
    for index in range(len(theirs) - 1, -1, -1):
        waiting[theirs[index]].append(index)
    matched = {index: waiting[number].pop() for index, number in enumerate(ours)}
    matched = _by_operands(left, right, matched, ours, theirs)
    owners = all(matched[node.owner] == right.nodes[matched[node.index]].owner for node in left.nodes)
    return matched if owners else None


def _numbered(graph: Graph, numbers: dict[object, int]) -> list[int]:
    """A number for each node, equal for nodes that compute the same of the same inputs."""
    numbered: list[int] = []
    places = {node.index: place for place, node in enumerate(graph.inputs)}
    for node in graph.nodes:
        operands = [numbered[index] for index in operands_of(graph, node)]
        if _commutes(node):
            operands.sort()
        key = (_what(node, places), tuple(operands), node.owner != node.index, node.frozen, node.place)
        numbered.append(numbers.setdefault(key, len(numbers)))
    return numbered


def operands_of(graph: Graph, node: Node) -> list[int]:
    """The nodes that a node reads, where a concatenation that reads another one reads what that one does."""
    if node.fit is None or not node.fit.layer.flattens:
        return list(node.inputs)
    operands: list[int] = []
    waiting = list(reversed(node.inputs))
    while waiting:
        index = waiting.pop()
        other = graph.nodes[index]
        if other.fit is not None and other.fit.layer == node.fit.layer:
            waiting.extend(reversed(other.inputs))
        else:
            operands.append(index)
    return operands


def _commutes(node: Node) -> bool:
    """Whether the order of its operands is no matter: those of a sum of two."""
    return (
        node.fit is not None
        and node.fit.layer.commutes
        and len(node.inputs) == 2
        and not getattr(node.fit.layer, "numbers", ())
    )


def _what(node: Node, places: Mapping[int, int]) -> object:
    if node.index in places:
        return ("input", places[node.index], node.shape)
    if node.fit is None:
        return (node.kind, None, node.shape)
    fields = fields_in_effect(node.fit)
    return (node.kind, tuple((name, repr(value)) for name, value in sorted(fields.items())), node.shape)


def _by_operands(
    left: Graph, right: Graph, matched: dict[int, int], ours: list[int], theirs: list[int]
) -> dict[int, int]:
    """The matching in which operands match too, where layers with equal numbers could be matched in several ways.

    Walks back from the outputs: what a matched layer reads is matched operand by operand.
    """
    fixed: dict[int, int] = {}
    taken: set[int] = set()
    waiting = list(zip(left.outputs, right.outputs, strict=True))
    while waiting:
        index, other = waiting.pop()
        if index in fixed or other in taken:
            continue
        fixed[index] = other
        taken.add(other)
        reads, others = operands_of(left, left.nodes[index]), operands_of(right, right.nodes[other])
        if _commutes(left.nodes[index]) and ours[reads[0]] != theirs[others[0]]:
            others.reverse()
        waiting += zip(reads, others, strict=True)
    rest: dict[int, list[int]] = defaultdict(list)
    for other in range(len(theirs) - 1, -1, -1):
        if other not in taken:
            rest[theirs[other]].append(other)
    for index, number in enumerate(ours):
        if index not in fixed:
            if not rest[number]:
                return matched
            fixed[index] = rest[number].pop()
    return fixed
