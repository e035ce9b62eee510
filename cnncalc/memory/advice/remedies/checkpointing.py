"""Activation checkpointing: blocks that keep only what they read, and are computed again in the backward pass."""

from collections import Counter
from collections.abc import Iterator
from typing import ClassVar

from cnncalc.memory import stretches
from cnncalc.memory.advice.remedies._case import RemedyCase
from cnncalc.memory.advice.remedies._changes import BlocksCheckpointed
from cnncalc.memory.advice.remedies._outcome import Harm, RemedyOutcome, Way, largest_saving
from cnncalc.memory.advice.remedies._remedy import Remedy

# Blocks that are tried, those with most layers first.
TRIED = 6


class Checkpointing(Remedy):
    """The block that saves most; and all outermost blocks together, where that saves more."""

    changes_network: ClassVar[bool] = False
    harm: ClassVar[Harm] = Harm.NONE

    def outcomes(self, case: RemedyCase) -> Iterator[RemedyOutcome]:
        if not case.training:
            return
        layers, outermost = _blocks(case)
        alone = [_way(case, (name,)) for name, _ in layers.most_common(TRIED)]
        best = list(largest_saving(case.tried(filter(None, alone))))
        yield from best
        together = _way(case, outermost) if len(outermost) > 1 else None
        if together is not None:
            for outcome in case.tried([together]):
                if outcome.saved > max((single.saved for single in best), default=0):
                    yield outcome


def _blocks(case: RemedyCase) -> tuple[Counter[str], tuple[str, ...]]:
    """How many layers are in each block in use, and the blocks that are in no other."""
    layers: Counter[str] = Counter()
    outermost: dict[str, None] = {}
    for node in case.graph.nodes:
        use = node.frame
        while use is not None:
            layers[use.item.block] += 1
            if use.parent is None:
                outermost[use.item.block] = None
            use = use.parent
    return layers, tuple(outermost)


def _way(case: RemedyCase, blocks: tuple[str, ...]) -> Way | None:
    uses = [nodes for name in blocks for nodes in stretches.uses(case.graph, name)]
    ranges = stretches.outermost([*case.setup.checkpoint, *uses])
    if ranges == case.setup.checkpoint:
        return None
    return case.way(BlocksCheckpointed(blocks, len(uses)), setup=case.setup._replace(checkpoint=ranges))
