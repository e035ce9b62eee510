"""What a GPU holds that depends on more than the network, and which totals are only bounds because of it."""

from collections.abc import Mapping, Sequence

from cnncalc.analysis.certainty import Inexact
from cnncalc.memory.allocated import multiplies
from cnncalc.memory.device import CUDNN, GPU, HeldWorkspace, Interval, cublas, cuda_context
from cnncalc.memory.estimate import Estimate


def unknown(estimate: Estimate, batch: int, gpu: GPU | None = None) -> tuple[HeldWorkspace, ...]:
    """What a GPU holds that depends on more than the network. Its least size is what is counted.

    cuDNN's workspace has the largest of all convolutions as its most.
    """
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
    replay = estimate.ends[-1].replay(batch)
    sizes = zip(replay.trace.tensors, replay.nbytes, strict=True)
    if most := max((nbytes for tensor, nbytes in sizes if tensor.name == CUDNN.name), default=0):
        workspaces.append(CUDNN._replace(size=Interval(0, most)))
    return (*workspaces, cuda_context(gpu, setup.torch).workspace)


def inexact(
    workspaces: Sequence[HeldWorkspace],
    totals: Mapping[str, int | None],
    most: Mapping[str, int | None] | None = None,
) -> dict[str, Inexact]:
    """The totals that are not exact, by name: each is a lower bound, and `most` has the upper ones.

    Workspaces of unknown size are counted with their least, so that the allocator holds at least the total.
    """
    if not any(workspace.counted for workspace in workspaces):
        return {}
    return {
        name: Inexact("bound", at_least=value, at_most=None if most is None else most.get(name))
        for name, value in totals.items()
        if value is not None
    }
