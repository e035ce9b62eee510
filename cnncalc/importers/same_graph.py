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
    matched in their order.
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
        operands = tuple(numbered[index] for index in node.inputs)
        key = (_what(node, places), operands, node.owner != node.index, node.frozen, node.place)
        numbered.append(numbers.setdefault(key, len(numbers)))
    return numbered


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
        waiting += zip(left.nodes[index].inputs, right.nodes[other].inputs, strict=True)
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
