"""Options that PyTorch does not accept together: reported before any simulation."""

from cnncalc.graph import Graph
from cnncalc.memory.allocated import losses, optimizers
from cnncalc.memory.kernels import refused_kernel
from cnncalc.memory.setup import HOLDERS, OFFLOADS, ZERO_GRADS, Setup
from cnncalc.vocabulary.torch_versions import EXPANDABLE_SEGMENTS, OLDEST, written

# None, the optimizer's state in parts, gradients too.
ZERO_STAGES = (0, 1, 2)
# Types that autocast computes in.
LOWER = ("float16", "bfloat16")


def impossible(setup: Setup, graph: Graph | None = None) -> str | None:
    """What PyTorch does not accept, and what it accepts instead, in one sentence; None if it accepts the setup.

    A `graph` whose layers are on several devices does not share its batches with others.
    """
    if graph is not None and len(graph.devices) > 1 and setup.devices > 1:
        places = ", ".join(graph.devices[:4]) + (", ..." if len(graph.devices) > 4 else "")
        return f"the spec places its layers on {len(graph.devices)} devices ({places}): they share no batch"
    if setup.torch < OLDEST:
        return f"PyTorch {written(setup.torch)} is older than {written(OLDEST)}, the oldest that is known"
    if setup.holders not in HOLDERS:
        return f"tensors are held by {' or '.join(HOLDERS)}, not by {setup.holders}"
    if setup.autocast is not None:
        if setup.autocast not in LOWER:
            return f"autocast computes in {' or '.join(LOWER)}, not in {setup.autocast}"
        if setup.dtype != "float32":
            why = "is not cast" if setup.dtype == "float64" else "has 16 bits already"
            return f"autocast is for models in float32; a model in {setup.dtype} {why}"
    for what in setup.offload:
        if what not in OFFLOADS:
            return f"{' and '.join(OFFLOADS)} can be offloaded, not {what}"
    if "activations" in setup.offload and setup.checkpoint:
        return "what checkpointed blocks keep is not offloaded: leave out one of the two"
    if setup.offload and setup.backend.name == "cpu":
        return "what is offloaded is in the host's memory, where a run on the CPU has all"
    if setup.expandable_segments and setup.backend.name != "cuda":
        return "expandable segments are of CUDA's allocator, and a CPU has no such"
    if setup.expandable_segments and not EXPANDABLE_SEGMENTS.holds(setup.torch):
        return f"PyTorch {written(setup.torch)} has no expandable segments: {written(EXPANDABLE_SEGMENTS.version)} has"
    return refused_kernel(graph, setup) or _of_devices(setup) or _of_mode(setup)


def _of_devices(setup: Setup) -> str | None:
    """What several devices have, and one has not."""
    if setup.sharded and setup.devices < 2:
        return "sharded parameters need two devices or more"
    if setup.zero not in ZERO_STAGES:
        return f"ZeRO has the stages 1 and 2 here, and 3 is what sharded parameters are; not {setup.zero}"
    if setup.zero and setup.devices < 2:
        return f"ZeRO {setup.zero} needs two devices or more"
    if setup.zero and setup.sharded:
        return f"sharded parameters have all that ZeRO {setup.zero} has: leave one of them out"
    if setup.sync_bn and setup.devices < 2:
        return "statistics that devices take together need two devices or more"
    if setup.sync_bn and setup.backend.name != "cuda":
        return "PyTorch has batch norm over several devices for GPUs, not for the CPU"
    if setup.bucket_view and setup.devices < 2:
        return "gradients are views of buckets with two devices or more: one has no buckets"
    if setup.bucket_view and (setup.sharded or setup.zero == 2):
        what = "sharded parameters have" if setup.sharded else "ZeRO 2 has"
        return f"gradients are views of DistributedDataParallel's buckets, and {what} none"
    return None


def _of_mode(setup: Setup) -> str | None:
    return _of_training(setup) if setup.mode == "training" else _of_inference(setup)


def _of_inference(setup: Setup) -> str | None:
    plain = Setup()
    for name, given in (
        ("a frozen part", setup.frozen),
        ("checkpoints", setup.checkpoint),
        ("accumulated gradients", setup.accumulate > 1),
        ("an optimizer's options", setup.options),
        (f"{setup.implementation} optimizers", setup.implementation),
        (f"the optimizer {setup.optimizer}", setup.optimizer != plain.optimizer),
        (f"the loss {setup.loss}", setup.loss != plain.loss),
        ("`zero_grad`", setup.zero_grad),
        ("a moving average of the parameters", setup.ema),
        (f"ZeRO {setup.zero}", setup.zero),
        ("gradients as views of buckets", setup.bucket_view),
        ("what is offloaded", setup.offload),
        ("batch norm over several devices", setup.sync_bn),
    ):
        if given:
            return f"{name}: for training only; inference has no backward pass and no step"
    return None


def _of_training(setup: Setup) -> str | None:
    if setup.optimizer not in optimizers.names():
        return f"there is no optimizer {setup.optimizer}; there are {', '.join(optimizers.names())}"
    if setup.grad:
        return "in training gradients are on: a prediction with gradients is in the mode inference"
    if setup.loss not in losses.names():
        return f"there is no loss {setup.loss}; there are {', '.join(losses.names())}"
    if setup.zero_grad is not None and setup.zero_grad not in ZERO_GRADS:
        return f"gradients are freed {' or '.join(ZERO_GRADS)}, not {setup.zero_grad}"
    kind = optimizers.optimizer_type(setup.optimizer)
    for name in setup.options:
        if name not in kind.options:
            having = [
                other for other in optimizers.names() if name in optimizers.optimizer_type(other).options
            ]
            return (
                f"{setup.optimizer} has no {name.replace('_', ' ')}; optimizers with one: {', '.join(having)}"
            )
    if setup.options.get("nesterov") and not setup.options.get("momentum"):
        return "Nesterov momentum needs a momentum above 0"
    if setup.implementation == "foreach" and not kind.lists:
        return f"{setup.optimizer} works on one parameter after another: it has no lists"
    if setup.fused and not kind.fused:
        fused = [name for name in optimizers.names() if optimizers.optimizer_type(name).fused]
        return f"PyTorch has no fused {setup.optimizer}; {', '.join(fused)} have one"
    return None
