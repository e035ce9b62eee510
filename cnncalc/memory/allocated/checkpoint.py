"""Activation checkpointing: a stretch of the forward keeps nothing, and is computed again in the backward pass.

torch.utils.checkpoint.checkpoint(..., use_reentrant=False) around each stretch: what the stretch reads from outside is
kept until then.
"""

from cnncalc.memory.allocated.forward import forward
from cnncalc.memory.allocated.run import Run
from cnncalc.memory.allocated.segments import Segment


def checkpointed_forward(run: Run, part: Segment) -> None:
    """The forward of a stretch, of which only what it reads is kept."""
    run.entered[part.start] = {
        at: run.recorder.hold(run.variables[at])
        for at in sorted({at for index in part.nodes for at in run.graph.nodes[index].inputs})
        if at not in part.nodes
    }
    forward(run, part.nodes, keep=False)


def recompute(run: Run, part: Segment) -> None:
    """The forward of a stretch once more, this time keeping what its backward pass needs."""
    left, variables = run.left, run.variables
    run.variables = dict(run.entered.pop(part.start))
    run.left = [0] * len(left)
    for index in part.nodes:
        for at in set(run.graph.nodes[index].inputs):
            run.left[at] += 1
    # Variables that leave the stretch are there until it returns.
    leaving = [at for at in part.nodes if run.readers[at] and not run.left[at]]
    for at in leaving:
        run.left[at] = 1
    run.phase = "backward"
    forward(run, part.nodes)
    run.phase = "forward"
    run.leave_autocast()
    for at in leaving:
        run.recorder.drop(run.variables.pop(at))
    run.left, run.variables = left, variables
