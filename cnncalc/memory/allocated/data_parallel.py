"""What devices that share a batch hold for that: buckets of gradients, and their part of gradients and state.

DistributedDataParallel copies gradients into flat buckets and sums them there; with `gradient_as_bucket_view` the
gradients are views of the buckets. ZeRO 1 (`torch.distributed.optim.ZeroRedundancyOptimizer`) gives every device the
state of some parameters. In ZeRO 2 (Rajbhandari et al. 2019, arXiv 1910.02054) each device has its part of every
gradient too: a whole one is there until its bucket is full and summed.
"""

from collections.abc import Iterable

from cnncalc.memory.allocated.run import LearnedParameter, Run

# Bytes after which a bucket is full: the first one, and the others (`_DEFAULT_FIRST_BUCKET_BYTES`, `bucket_cap_mb`).
FIRST_BUCKET, BUCKET = 2**20, 25 * 2**20


def buckets(run: Run) -> None:
    """The buckets of DistributedDataParallel: in the order in which gradients come, the last layer's first.

    (`compute_bucket_assignment_by_size`, torch/csrc/distributed/c10d/reducer.cpp.)
    """
    setup = run.setup
    if setup.devices < 2 or setup.sharded or setup.zero == 2:
        return
    nbytes, node, limit, number = 0, None, FIRST_BUCKET, 0
    for weight in reversed(run.learning):
        nbytes, node = nbytes + weight.values * run.width(None), weight.node if node is None else node
        if nbytes >= limit:
            number += 1
            run.recorder.make(nbytes, "grads", node, f"bucket {number} of gradients")
            nbytes, node, limit = 0, None, BUCKET
    if nbytes:
        run.recorder.make(nbytes, "grads", node, f"bucket {number + 1} of gradients")


def stepped(run: Run, weights: Iterable[LearnedParameter]) -> list[LearnedParameter]:
    """The parameters, or parts of them, whose state a device has and that it updates: of the one with the most."""
    setup = run.setup
    if setup.sharded or setup.zero == 2:
        return [weight._replace(values=run.part(weight.values)) for weight in weights]
    return max(_by_device(weights, setup.devices), key=_values) if setup.zero == 1 else list(weights)


def _by_device(weights: Iterable[LearnedParameter], devices: int) -> list[list[LearnedParameter]]:
    """`_partition_parameters`: the largest first, each to the device that has least so far."""
    parts: list[list[LearnedParameter]] = [[] for _ in range(min(devices, 1 + len(list(weights))))]
    sizes = [0] * len(parts)
    for weight in sorted(weights, key=lambda weight: -weight.values):
        device = sizes.index(min(sizes))
        parts[device].append(weight)
        sizes[device] += weight.values
    return parts


def _values(weights: list[LearnedParameter]) -> int:
    return sum(weight.values for weight in weights)


def collected(run: Run, weight: tuple[int, str], number: int) -> None:
    """ZeRO 2: a gradient waits in its bucket, until that is full."""
    run.whole_gradients[weight] = number
    sizes = (run.recorder.tensor(waiting).fixed for waiting in run.whole_gradients.values())
    if sum(sizes) >= BUCKET:
        scattered(run)


def scattered(run: Run) -> None:
    """The bucket is summed: of each gradient the device keeps its part, or adds it to the part that it has."""
    values = (
        {(weight.node, weight.name): weight.values for weight in run.learning} if run.whole_gradients else {}
    )
    for weight, number in run.whole_gradients.items():
        if weight not in run.weight_gradients:
            nbytes = run.part(values[weight]) * run.width(None)
            run.weight_gradients[weight] = run.recorder.make(nbytes, "grads", *weight)
        run.recorder.drop(number)
    run.whole_gradients.clear()
