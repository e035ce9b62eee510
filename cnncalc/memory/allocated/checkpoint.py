"""Activation checkpointing: a stretch of the forward keeps nothing, and is computed again in the backward pass.

torch.utils.checkpoint.checkpoint(..., use_reentrant=False) around each stretch: what the stretch reads from outside is
kept until it is computed again.
"""

from cnncalc.memory.allocated.forward import forward
from cnncalc.memory.allocated.holders import Holders
from cnncalc.memory.allocated.run import Run
from cnncalc.memory.allocated.segments import Segment


def checkpointed_forward(run: Run, part: Segment, holders: Holders) -> None:
    """The forward pass of a stretch, for which only what it reads is kept. `holders` are those of the whole pass."""
    run.entered[part.start] = {
        source: run.recorder.hold(run.variables[source])
        for source in sorted({place for index in part.nodes for place in run.reads(run.graph.nodes[index])})
        if source % len(run.graph.nodes) not in part.nodes
    }
    forward(run, part.nodes, keep=False, holders=holders)


def recompute(run: Run, part: Segment) -> None:
    """The forward pass of a stretch once more, this time keeping what its backward pass needs."""
    left, variables = run.left, run.variables
    run.variables = dict(run.entered.pop(part.start))
    run.left = [0] * len(left)
    for index in part.nodes:
        for source in set(run.reads(run.graph.nodes[index])):
            run.left[source] += 1
    # Variables that are read after the stretch exist until it returns.
    places = [place for index in part.nodes for place in (index, run.indices(index))]
    leaving = [place for place in places if run.readers[place] and not run.left[place]]
    for index in leaving:
        run.left[index] = 1
    run.phase = "backward"
    forward(run, part.nodes)
    run.phase = "forward"
    run.leave_autocast()
    for index in leaving:
        run.recorder.drop(run.variables.pop(index))
    run.left, run.variables = left, variables
