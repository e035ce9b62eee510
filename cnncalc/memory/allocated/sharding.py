"""Fully sharded parameters: each device has its part, and the whole of a unit only while the unit runs.

torch.distributed.fsdp.fully_shard: parameters are gathered before a unit's forward pass and freed after it, gathered
again for its backward pass, and its gradients are summed and scattered after that. One unit is whole at a time here;
PyTorch may gather the next unit's parameters while one runs, which takes more.
"""

from cnncalc.memory.allocated.run import Run
from cnncalc.memory.allocated.segments import Segment


def gathered(run: Run, part: Segment, phase: str) -> list[int]:
    """The whole parameters of a unit, for as long as it runs in this phase."""
    if not run.setup.sharded:
        return []
    run.recorder.mark(phase)
    return [
        run.recorder.make(
            weight.values * run.width(None), "temporaries", weight.node, f"{weight.name} gathered"
        )
        for node in part.nodes
        for weight in run.weights_of.get(node, ())
    ]


def released(run: Run, whole: list[int]) -> None:
    """The unit is done: of its parameters each device keeps its part."""
    for number in whole:
        run.recorder.drop(number)


def reduced(run: Run, part: Segment) -> None:
    """The unit's gradients are summed over the devices: each keeps the gradients of its part."""
    if not run.setup.sharded:
        return
    for weight in (weight for node in part.nodes for weight in run.weights_of.get(node, ())):
        key = (weight.node, weight.name)
        if key in run.weight_gradients:
            shard = run.recorder.make(
                run.share(weight.values) * run.width(None), "grads", weight.node, weight.name
            )
            run.recorder.drop(run.weight_gradients[key])
            run.weight_gradients[key] = shard
