"""What a GPU holds that depends on more than the network, and which totals are only bounds because of it."""

from collections.abc import Mapping, Sequence

from cnncalc.analysis.certainty import Inexact
from cnncalc.memory.allocated import multiplies
from cnncalc.memory.device import CONTEXT, CUDNN, HeldWorkspace, cublas
from cnncalc.memory.estimate import Estimate


def unknown(estimate: Estimate, batch: int) -> tuple[HeldWorkspace, ...]:
    """What a GPU holds that depends on more than the network. Its least size is what is counted."""
    setup, graph = estimate.setup, estimate.graph
    if setup.backend.name != "cuda":
        return ()
    workspaces = []
    workspace = cublas(setup.capability, setup.torch)
    if workspace.counted:
        tensors = estimate.trace_of(batch).tensors
        held = any(tensor.category == "workspace" for tensor in tensors)
    else:
        held = any(multiplies(node) for node in graph.layers)
    if held and workspace.size.exact is None:
        workspaces.append(workspace)
    if any(node.fit is not None and node.fit.layer.family == "convolution" for node in graph.layers):
        workspaces.append(CUDNN)
    return (*workspaces, CONTEXT)


def inexact(workspaces: Sequence[HeldWorkspace], totals: Mapping[str, int | None]) -> dict[str, Inexact]:
    """The totals that are not exact, by name: each is a lower bound.

    Workspaces of unknown size are counted with their least, so that the allocator holds at least the total.
    """
    if not any(workspace.counted for workspace in workspaces):
        return {}
    return {name: Inexact("bound", at_least=value) for name, value in totals.items() if value is not None}
