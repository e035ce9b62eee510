"""Workspaces of CUDA's libraries: the least of each, or the most that it may take (`Setup.workspaces`).

A convolution of cuDNN holds its workspace for the moment in which it runs.
"""

from cnncalc.graph import Node
from cnncalc.layers import Tensor
from cnncalc.memory.allocated.run import Run
from cnncalc.memory.device import CUDNN, HeldWorkspace
from cnncalc.memory.setup import MOST
from cnncalc.vocabulary.cudnn import CudnnPass, workspace


def counted(run: Run, held: HeldWorkspace) -> int:
    """The bytes of a workspace that is held throughout; the least where nothing bounds it."""
    most = held.size.high if run.setup.workspaces == MOST else None
    return held.size.low if most is None else most


def convolved(run: Run, node: Node, which: CudnnPass) -> None:
    """One pass of a layer's convolution: the most that cuDNN may take for it, for a moment."""
    if not bounded(run) or node.fit is None:
        return
    fit, setup = node.fit, run.setup
    if (convolution := fit.layer.in_cudnn(fit.inputs)) is None:
        return
    last = setup.channels_last or fit.layer.lies(fit.inputs, run.call(node)) is not None
    dtype = run.types[node.index].computes
    bound = workspace(convolution, which, dtype, last=last, capability=setup.capability)
    run.recorder.moment(bound.fixed, bound.each, "workspace", node.index, CUDNN.name)


def convolved_back(run: Run, node: Node, tensor: Tensor) -> None:
    """A tensor of a layer's backward pass is allocated: the gradient of what its convolution read, or its filters'."""
    if not bounded(run) or node.fit is None:
        return
    convolution = node.fit.layer.in_cudnn(node.fit.inputs)
    if convolution is None:
        return
    if tensor.batched and tensor.size == convolution.source.size:
        convolved(run, node, CudnnPass.DATA)
    elif not tensor.batched and tensor.size == convolution.filters:
        convolved(run, node, CudnnPass.FILTER)


def bounded(run: Run) -> bool:
    """Whether convolutions take the most that they may."""
    return run.setup.workspaces == MOST and run.setup.backend.name == "cuda"
