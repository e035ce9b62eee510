"""Which module calls of a source hold what nothing else would hold: those that a spec must state for memory's sake."""

from collections.abc import Sequence

from cnncalc.importers.draft import Draft, DraftNode, Scope


def members(nodes: Sequence[DraftNode]) -> dict[Scope, list[int]]:
    """The nodes in each module call, by their numbers, in order; not of the whole network, which is a call too."""
    inside: dict[Scope, list[int]] = {}
    for number, node in enumerate(nodes):
        for scope in node.scopes:
            if scope.path:
                inside.setdefault(scope, []).append(number)
    return inside


def holding(draft: Draft) -> set[Scope]:
    """The module calls whose input is not held anyway, as the network's inputs and those of calls around them are.

    A call with one layer is none: its input exists as long as the layer runs.
    """
    inside = members(draft.nodes)
    names = [node.name for node in draft.nodes]
    entering: dict[Scope, set[str]] = {}
    for scope, numbers in inside.items():
        own = {names[number] for number in numbers}
        entering[scope] = {source for number in numbers for source in draft.nodes[number].sources} - own
    needed = set()
    for scope, numbers in inside.items():
        around = draft.nodes[numbers[0]].scopes
        outer = around[: around.index(scope)]
        held = {*draft.inputs}.union(*(entering[other] for other in outer if other.path))
        if len(numbers) > 1 and not entering[scope] <= held:
            needed.add(scope)
    return needed
