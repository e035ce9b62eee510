"""How a network is run: all that its memory depends on, beside the network and the batch."""

from collections.abc import Mapping
from types import MappingProxyType

from cnncalc.record import NamedTuple


class Backend(NamedTuple):
    """Where PyTorch runs, as far as it changes what is allocated.

    `sums_in_place`: a gradient that arrives second at a tensor is added to the first one where nobody else holds that.
    (Tensor subclasses, such as fake tensors, are never added to in place: `can_accumulate_inplace` in
    torch/csrc/autograd/input_buffer.cpp.)
    """

    name: str
    sums_in_place: bool = True
    # Whether optimizers work on lists of tensors unless an option says otherwise (`_default_to_fused_or_foreach`).
    foreach: bool = False


BACKENDS: Mapping[str, Backend] = {
    "cuda": Backend("cuda", foreach=True),
    "cpu": Backend("cpu"),
}


class Setup(NamedTuple):
    """The options of a run. The defaults are PyTorch's.

    `frozen` counts the nodes, from the first on, whose weights don't learn; `checkpoint` holds the ranges of nodes
    whose activations are computed again in the backward pass; `accumulate` is batches a step, `prefetch` batches that
    wait in memory beside the current one. `devices` share the work: each has its part of the batch, and, `sharded`,
    only its part of parameters, gradients and optimizer state. `capability` is the GPU's compute capability, on which
    the workspace of cuBLAS depends.
    """

    mode: str = "training"
    backend: Backend = BACKENDS["cuda"]
    dtype: str = "float32"
    autocast: str | None = None
    optimizer: str = "sgd"
    options: Mapping[str, float] = MappingProxyType({})
    implementation: str | None = None
    frozen: int = 0
    checkpoint: tuple[tuple[int, int], ...] = ()
    accumulate: int = 1
    prefetch: int = 0
    devices: int = 1
    sharded: bool = False
    channels_last: bool = False
    capability: tuple[int, int] | None = None

    @property
    def foreach(self) -> bool:
        """Whether the optimizer works on lists of tensors: as `implementation` says, else as PyTorch does there."""
        return self.implementation == "foreach" or (self.implementation is None and self.backend.foreach)

    @property
    def fused(self) -> bool:
        """Whether the optimizer is one kernel over all tensors."""
        return self.implementation == "fused"
