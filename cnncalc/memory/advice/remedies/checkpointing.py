"""Activation checkpointing: blocks that keep only what they read, and are computed again in the backward pass."""

from collections import Counter
from collections.abc import Iterator
from typing import ClassVar

from cnncalc.memory import stretches
from cnncalc.memory.advice.remedies._remedy import (
    Harm,
    Remedy,
    RemedyCase,
    RemedyOutcome,
    Way,
    largest_saving,
)

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
        singly = [_way(case, (name,)) for name, _ in layers.most_common(TRIED)]
        one = list(largest_saving(case.tried(filter(None, singly))))
        yield from one
        together = _way(case, outermost) if len(outermost) > 1 else None
        if together is not None:
            for outcome in case.tried([together]):
                if outcome.saved > max((single.saved for single in one), default=0):
                    yield outcome


def _blocks(case: RemedyCase) -> tuple[Counter[str], tuple[str, ...]]:
    """Every block in use with the layers in it, and the blocks that stand in no other."""
    layers: Counter[str] = Counter()
    outermost: dict[str, None] = {}
    for node in case.graph.nodes:
        frame = node.frame
        while frame is not None:
            layers[frame.item.block] += 1
            if frame.parent is None:
                outermost[frame.item.block] = None
            frame = frame.parent
    return layers, tuple(outermost)


def _way(case: RemedyCase, blocks: tuple[str, ...]) -> Way | None:
    found = [pair for name in blocks for pair in stretches.uses(case.graph, name)]
    ranges = stretches.outermost([*case.setup.checkpoint, *found])
    if ranges == case.setup.checkpoint:
        return None
    uses = len(found)
    told = ", ".join(blocks) if len(blocks) < 4 else f"{len(blocks)} blocks"
    return case.way(
        f"compute {told} again in the backward pass ({uses} use{'s' * (uses > 1)})",
        " ".join(f"--checkpoint {name}" for name in blocks),
        setup=case.setup._replace(checkpoint=ranges),
    )
