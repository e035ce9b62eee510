"""A rewrite for people: what changed, and what it comes to; and the new network as a spec."""

from collections.abc import Iterator

from cnncalc.analysis import Analysis
from cnncalc.exact import counted
from cnncalc.graph import Graph
from cnncalc.render.expansion import Accepted, lines
from cnncalc.render.figures import exact, short
from cnncalc.rewrites import Rewrite, Rewritten

# Changes that are listed; of more, their number.
LISTED = 8
EFFECTS = {
    "equal": "equal outputs at inference, with the same weights",
    "same shapes": "another network: its outputs have the same shapes, its weights are new",
}


def summary(option: str, rewrite: Rewrite, rewritten: Rewritten, graph: Graph) -> Iterator[str]:
    """Lines: the effect, the changes, and parameters and MACs before and after."""
    yield f"{option}: {EFFECTS[rewrite.effect]}\n"
    changes = rewritten.changes
    listed = changes if len(changes) <= LISTED else changes[: LISTED - 1]
    yield from (f"  {change}\n" for change in listed)
    if len(listed) < len(changes):
        yield f"  and {counted(len(changes) - len(listed), 'change')} more\n"
    before, after = Analysis(graph).totals, Analysis(rewritten.graph).totals
    params = f"parameters {exact(before.params)} -> {exact(after.params)}"
    yield f"  {params}; MACs {short(before.macs)} -> {short(after.macs)}\n"
    if graph.spec.budget.limits:
        yield "  the limits in `budget` are for the old network: they are not in the new spec\n"


def spec_text(graph: Graph, before: Graph) -> str:
    """The new network as a spec. What the old spec accepts at a layer, it accepts at the layer of that name."""
    accepted: Accepted = {}
    if before.spec.ignores or before.spec.allowed:
        from cnncalc.render._accepted import accepted_in

        names = {node.index: node.name for node in before.nodes}
        now = {node.name: node.index for node in graph.nodes}
        accepted = {
            now[names[place]]: codes
            for place, codes in accepted_in(before, lines).items()
            if isinstance(place, int) and names[place] in now
        }
    return "".join(line for line, _ in lines(graph, accepted))
