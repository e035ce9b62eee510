"""Workspaces of CUDA's libraries: the least of each, or the most that it may take (`Setup.workspaces`).

A convolution of cuDNN holds its workspace for the moment in which it runs.
"""

from cnncalc.graph import Graph, Node
from cnncalc.layers import Tensor
from cnncalc.memory.allocated.run import Run
from cnncalc.memory.device import CUBLAS_LT_OWN, CUDNN, HeldWorkspace, cublas
from cnncalc.memory.setup import MOST, Setup
from cnncalc.vocabulary.cudnn import CudnnPass, workspace
from cnncalc.vocabulary.families import ATTENTION, LINEAR, RECURRENT
from cnncalc.vocabulary.torch_versions import CUBLAS_LT, CUBLAS_LT_HELD

# Layers that cuBLAS computes; convolutions are cuDNN's.
PRODUCTS = (LINEAR, ATTENTION, RECURRENT)
# The name of the workspace that cuBLASLt has for itself in some versions.
LT = "cuBLASLt workspace"


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


def multiplies(node: Node) -> bool:
    """Whether cuBLAS computes a layer."""
    fit = node.fit
    return fit is not None and fit.layer.family in PRODUCTS and bool(fit.layer.work(fit.inputs).macs)


def workspaces_vary(graph: Graph, setup: Setup) -> bool:
    """Whether workspaces of libraries may take more than the least."""
    if setup.backend.name != "cuda":
        return False
    handle = cublas(setup.capability, setup.torch)
    unknown = handle.counted and handle.size.exact is None
    return any(
        (unknown and multiplies(node)) or node.fit.layer.in_cudnn(node.fit.inputs) is not None
        for node in graph.layers
        if node.fit is not None
    )


def joins_bias(node: Node) -> bool:
    """Whether cuBLASLt computes a layer: products with a bias."""
    fit = node.fit
    return (
        fit is not None and multiplies(node) and any(item.is_bias for item in fit.layer.weights(fit.inputs))
    )


def multiplied(run: Run, node: Node) -> None:
    """The workspace that cuBLASLt has for a moment in the forward pass of a layer, in the versions that are so."""
    setup = run.setup
    momentary = CUBLAS_LT.holds(setup.torch) and not CUBLAS_LT_HELD.holds(setup.torch)
    if momentary and setup.backend.name == "cuda" and joins_bias(node):
        run.recorder.moment(CUBLAS_LT_OWN, 0, "workspace", node.index, LT)


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
