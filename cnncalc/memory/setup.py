"""The setup of a run: everything that its memory depends on, except the network and the batch."""

from collections.abc import Mapping
from types import MappingProxyType

from cnncalc.record import NamedTuple
from cnncalc.vocabulary.torch_versions import GRADIENTS_FREED, LISTS_BY_DEFAULT, NEWEST, TorchVersion

# The ends of what workspaces of libraries may take: `Setup.workspaces`.
LEAST, MOST = "least", "most"


class Backend(NamedTuple):
    """The device type of PyTorch, as far as it changes allocations.

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


# What can be in the host's memory: what autograd keeps, and the optimizer's state, with the step.
OFFLOADS = ("activations", "optimizer")
# When a loop gets rid of gradients: before the forward pass (or after the step, which is the same), only before the
# backward pass, or never: `set_to_none=False` fills them with zeros.
ZERO_GRADS = ("forward", "backward", "zeros")
# Who holds tensors beside their readers: nobody, as cnncalc builds a network, or the module calls of other code.
HOLDERS = ("graph", "modules")


class Setup(NamedTuple):
    """The options of a run. The defaults are PyTorch's.

    `frozen` counts the nodes, from the first on, whose weights don't learn; `checkpoint` holds the ranges of nodes
    whose activations are computed again in the backward pass; `accumulate` is batches a step, `prefetch` batches that
    wait in memory beside the current one. `devices` share the work: each has its part of the batch, and, `sharded`,
    only its part of parameters, gradients and optimizer state. `capability` is the GPU's compute capability, on which
    the workspace of cuBLAS and the kernel of attention depend. `torch` is PyTorch's version, `zero_grad` where the loop
    frees the gradients of the step before: one of `ZERO_GRADS`, None for what `zero_grad()` does in that version before
    the forward pass.
    `loss` is a key of `cnncalc.memory.allocated.losses`. With `ema` a moving average of the parameters is there, with
    `zero` 1 or 2 devices have their part of the optimizer's state, or of gradients too; with `bucket_view` gradients
    are views of DistributedDataParallel's buckets. With `expandable_segments` those of the caching allocator grow.
    What is in `offload`, of `OFFLOADS`, is in the host's memory. With `grad` a prediction
    is made without `torch.no_grad()`. With `sync_bn` devices take the statistics of batch norm together.

    `holders` is one of `HOLDERS`: whether nobody holds a tensor beside its readers (`graph`, as cnncalc builds a
    network), or each module call what it reads (`modules`). `workspaces` of libraries take the `least` or the `most`
    that they may. `attention` is the kernel of attention, or `auto` for PyTorch's choice.
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
    torch: TorchVersion = NEWEST
    zero_grad: str | None = None
    loss: str = "cross_entropy"
    holders: str = "graph"
    workspaces: str = LEAST
    ema: bool = False
    zero: int = 0
    bucket_view: bool = False
    attention: str = "auto"
    expandable_segments: bool = False
    offload: tuple[str, ...] = ()
    grad: bool = False
    sync_bn: bool = False

    @property
    def foreach(self) -> bool:
        """Whether the optimizer works on lists of tensors: as `implementation` says, else as PyTorch does there."""
        by_default = self.backend.foreach and LISTS_BY_DEFAULT.holds(self.torch)
        return self.implementation == "foreach" or (self.implementation is None and by_default)

    @property
    def fused(self) -> bool:
        """Whether the optimizer is one kernel over all tensors."""
        return self.implementation == "fused"

    @property
    def gradients_freed(self) -> str:
        """Where the gradients of the step before are freed: one of `ZERO_GRADS`."""
        return self.zero_grad or ("forward" if GRADIENTS_FREED.holds(self.torch) else "zeros")
