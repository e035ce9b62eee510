"""The stretches of a network that a run takes as one: computed again in the backward pass, or gathered together."""

import itertools

from cnncalc.memory.allocated.run import Run
from cnncalc.record import NamedTuple


class Segment(NamedTuple):
    """Nodes from `start` to before `stop`."""

    start: int
    stop: int
    checkpointed: bool = False

    @property
    def nodes(self) -> range:
        return range(self.start, self.stop)


def segments(run: Run) -> list[Segment]:
    """The whole network in stretches, in order: what is checkpointed, and between those each unit of sharding.

    Units are the outermost uses of blocks, and the layers that stand in none (`fully_shard` is applied so).
    """
    cuts = {0, len(run.graph.nodes), *(at for pair in run.setup.checkpoint for at in pair)}
    if run.setup.sharded:
        unit = None
        for node in run.graph.nodes:
            frame = node.frame
            while frame is not None and frame.parent is not None:
                frame = frame.parent
            if frame is None or frame is not unit:
                cuts.add(node.index)
            unit = frame
    ordered = sorted(cuts)
    checkpointed: set[int] = set()
    for start, stop in run.setup.checkpoint:
        checkpointed.update(range(start, stop))
    return [Segment(start, stop, start in checkpointed) for start, stop in itertools.pairwise(ordered)]
