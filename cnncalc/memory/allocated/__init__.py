"""What a step or a prediction allocates: the forward pass, the loss, the backward pass and the optimizer's update."""

from typing import TYPE_CHECKING

from cnncalc import plugins

if TYPE_CHECKING:
    from cnncalc.memory.allocated.inference import inference_trace as inference_trace
    from cnncalc.memory.allocated.kernel_limits import ImageLimit as ImageLimit
    from cnncalc.memory.allocated.kernel_limits import image_limit as image_limit
    from cnncalc.memory.allocated.trace import HeldTensor as HeldTensor
    from cnncalc.memory.allocated.trace import Mark as Mark
    from cnncalc.memory.allocated.trace import Trace as Trace
    from cnncalc.memory.allocated.trace import TraceRecorder as TraceRecorder
    from cnncalc.memory.allocated.training import training_trace as training_trace
    from cnncalc.memory.allocated.workspaces import multiplies as multiplies
    from cnncalc.memory.allocated.workspaces import workspaces_vary as workspaces_vary

# The public names of this package, with their modules.
_EXPORTS = {
    "HeldTensor": "trace",
    "ImageLimit": "kernel_limits",
    "Mark": "trace",
    "TraceRecorder": "trace",
    "Trace": "trace",
    "image_limit": "kernel_limits",
    "inference_trace": "inference",
    "multiplies": "workspaces",
    "training_trace": "training",
    "workspaces_vary": "workspaces",
}
__all__ = [
    "HeldTensor",
    "ImageLimit",
    "Mark",
    "Trace",
    "TraceRecorder",
    "image_limit",
    "inference_trace",
    "multiplies",
    "training_trace",
    "workspaces_vary",
]

if not TYPE_CHECKING:
    # Hidden from type checkers, which would accept any name.
    def __getattr__(name):
        return plugins.offered(__name__, _EXPORTS, name)
