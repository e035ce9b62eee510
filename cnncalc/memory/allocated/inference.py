"""A forward pass that keeps nothing (each activation lives until its last reader), or all if gradients are on."""

from cnncalc.graph import Graph
from cnncalc.memory.allocated.forward import forward
from cnncalc.memory.allocated.holders import Holders
from cnncalc.memory.allocated.persistent import persistent
from cnncalc.memory.allocated.run import Run
from cnncalc.memory.allocated.segments import segments
from cnncalc.memory.allocated.sharding import gathered, released
from cnncalc.memory.allocated.trace import Trace
from cnncalc.memory.setup import Setup


def inference_trace(graph: Graph, setup: Setup, *, alone: bool = False) -> Trace:
    """The trace of one prediction for a batch, under `torch.no_grad()` unless gradients are on; outputs stay.

    `alone`: for a batch of one image.
    """
    run = Run(graph, setup, alone=alone)
    persistent(run)
    run.begin()
    holders = Holders(run, range(len(graph.nodes)))
    for part in segments(run):
        whole = gathered(run, part, "forward")
        forward(run, part.nodes, keep=run.records, holders=holders)
        released(run, whole)
    run.leave_autocast()
    return run.recorder.trace()
