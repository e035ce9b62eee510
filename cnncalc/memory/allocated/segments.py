"""The stretches of a network that a run treats as a unit: computed again in the backward pass, or gathered together."""

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

    Units are the outermost uses of blocks, and the layers in no block (`fully_shard` is applied so).
    """
    cuts = {0, len(run.graph.nodes), *(end for pair in run.setup.checkpoint for end in pair)}
    if run.setup.sharded:
        unit = None
        for node in run.graph.nodes:
            use = node.frame
            while use is not None and use.parent is not None:
                use = use.parent
            if use is None or use is not unit:
                cuts.add(node.index)
            unit = use
    ordered = sorted(cuts)
    checkpointed: set[int] = set()
    for start, stop in run.setup.checkpoint:
        checkpointed.update(range(start, stop))
    return [Segment(start, stop, start in checkpointed) for start, stop in itertools.pairwise(ordered)]
