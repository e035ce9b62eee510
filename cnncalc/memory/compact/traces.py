"""Traces in few numbers: what several have in common is written once."""

from collections.abc import Hashable
from itertools import chain
from typing import Generic, TypeVar

from cnncalc.graph import Graph
from cnncalc.memory.allocated import HeldTensor, Mark, Trace
from cnncalc.memory.estimate import CATEGORIES

Thing = TypeVar("Thing", bound=Hashable)


class Numbered(Generic[Thing]):
    """Different things in the order in which they came, each by its number."""

    def __init__(self) -> None:
        self._numbers: dict[Thing, int] = {}

    def number(self, thing: Thing) -> int:
        """The number of a thing; a new one gets the next number."""
        return self._numbers.setdefault(thing, len(self._numbers))

    @property
    def things(self) -> list[Thing]:
        """All of them, by number."""
        return list(self._numbers)


class SharedTables:
    """What traces of one network share: names, sizes, kinds of tensors, moments, and phases.

    A layer's number is counted from that of the tensor before, and from the layer at work: so the uses of a block give
    the same numbers, which are stored once.
    """

    def __init__(self) -> None:
        self.layers: Numbered[str] = Numbered()
        self.names: Numbered[str] = Numbered()
        # Bytes that are fixed, and bytes for each image.
        self.sizes: Numbered[tuple[int, int]] = Numbered()
        # Size, category, name, steps to its layer, copies.
        self.kinds: Numbered[tuple[int, int, int, int, int]] = Numbered()
        # The events of a layer at work: twice the kind of a tensor that is allocated, or one more than twice how many
        # tensors were allocated after one that is freed.
        self.moments: Numbered[tuple[int, ...]] = Numbered()
        # The name of a phase, then by turns a moment and the steps from the last layer at work to this one.
        self.phases: Numbered[tuple[str, tuple[int, ...]]] = Numbered()

    def add(self, trace: Trace, graph: Graph) -> list[int]:
        """The phases of a trace, by number."""
        numbers = [self.layers.number(node.name) for node in graph.nodes]
        ends = [mark.event for mark in trace.marks[1:]] + [len(trace.events)]
        parts: list[tuple[str, list[tuple[int, int]]]] = []
        layer = allocated = 0
        for mark, end in zip(trace.marks, ends, strict=True):
            if not parts or parts[-1][0] != mark.phase:
                parts.append((mark.phase, []))
                layer = 0
            now = _layer(mark, numbers)
            events: list[int] = []
            near = now
            for event in trace.events[mark.event : end]:
                if event < 0:
                    events.append(2 * (allocated - 1 - ~event) + 1)
                else:
                    # Tensors are numbered as they are allocated: so one is known by how long ago that was.
                    assert event == allocated, (
                        "a trace numbers its tensors in another order than it allocates them"
                    )
                    allocated += 1
                    tensor = trace.tensors[event]
                    owner = _layer(tensor, numbers)
                    events.append(2 * self._kind(tensor, owner - near))
                    near = owner
            parts[-1][1].append((self.moments.number(tuple(events)), now - layer))
            layer = now
        return [self.phases.number((name, tuple(chain.from_iterable(pairs)))) for name, pairs in parts]

    def _kind(self, tensor: HeldTensor, steps: int) -> int:
        return self.kinds.number(
            (
                self.sizes.number((tensor.fixed, tensor.each)),
                CATEGORIES.index(tensor.category),
                self.names.number(tensor.name),
                steps,
                tensor.copies,
            )
        )


def _layer(of: Mark | HeldTensor, numbers: list[int]) -> int:
    """The number of the layer, from 1 on; 0 for none."""
    return 0 if of.node is None else numbers[of.node] + 1
