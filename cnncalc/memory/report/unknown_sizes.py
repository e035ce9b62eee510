"""What a GPU holds that depends on more than the network, and which totals are only bounds because of it."""

from collections.abc import Mapping, Sequence

from cnncalc.analysis.certainty import Inexact
from cnncalc.memory.device import CONTEXT, CUDNN, HeldWorkspace, cublas
from cnncalc.memory.estimate import Estimate


def unknown(estimate: Estimate, batch: int) -> tuple[HeldWorkspace, ...]:
    """What a GPU holds that depends on more than the network: its size here is its least, which is what is counted."""
    setup, graph = estimate.setup, estimate.graph
    if setup.backend.name != "cuda":
        return ()
    found = []
    workspace = cublas(setup.capability)
    if workspace.size.exact is None and any(
        one.category == "workspace" for one in estimate.trace_of(batch).tensors
    ):
        found.append(workspace)
    if any(node.fit is not None and node.fit.layer.family == "convolution" for node in graph.layers):
        found.append(CUDNN)
    return (*found, CONTEXT)


def inexact(held: Sequence[HeldWorkspace], totals: Mapping[str, int | None]) -> dict[str, Inexact]:
    """Of the totals that are not exact, by name, what they are.

    Of workspaces whose size is unknown the least is counted, so that what the allocator holds is that much at least.
    """
    if not any(one.counted for one in held):
        return {}
    return {name: Inexact("bound", at_least=value) for name, value in totals.items() if value is not None}
