"""Finds branches: values that leave one value, are computed side by side, and meet in a merge.

Elements are taken in order into chains: an element that alone reads the end of a chain continues it. A merge whose operands
are ends of chains that begin at one value, and that nothing else reads, becomes a join, which reads that value only.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from cnncalc.folding.elements import Element, Join, Layer
from cnncalc.folding.permits import Permits
from cnncalc.importers.draft import UNKNOWN
from cnncalc.layers import layer_type

# Branches with more elements than this, or joins in joins deeper than this, are read more easily with names.
LONGEST, DEEPEST = 12, 3


@dataclass(slots=True, eq=False)
class _Chain:
    """Elements each of which alone reads the one before; `start` is what the first one reads (None: nothing)."""

    start: str | None
    elements: list[Element] = field(default_factory=list)


def joined(elements: Sequence[Element], leaving: Sequence[str], permits: Permits) -> list[Element]:
    """The elements with joins in place of merges, chain by chain. `leaving` are values that are read elsewhere."""
    readers: Counter[str] = Counter(value for element in elements for value in element.reads)
    readers.update(leaving)
    # The chain that a value is the end of.
    ends: dict[str, _Chain] = {}
    chains: dict[int, _Chain] = {}
    for element in elements:
        done = _join(element, ends, readers, permits)
        if isinstance(done, Join):
            for branch in done.branches:
                if branch:
                    del chains[id(ends.pop(branch[-1].value))]
            readers[done.entry] -= len(done.branches) - 1
        before = done.reads[0] if len(done.reads) == 1 else None
        if before is not None and before in ends and readers[before] == 1:
            chain = ends.pop(before)
        else:
            chain = _Chain(before)
            chains[id(chain)] = chain
        chain.elements.append(done)
        ends[done.value] = chain
    return _ordered(chains.values(), leaving)


def _join(
    element: Element, ends: dict[str, _Chain], readers: Counter[str], permits: Permits
) -> Element:
    if not isinstance(element, Layer) or len(element.reads) < 2 or not _merges(element):
        return element
    if len(set(element.reads)) < len(element.reads):
        return element
    branches: list[list[Element]] = []
    # An operand that others read too is where branches may begin.
    starts = [
        ends[value].start if value in ends and readers[value] == 1 else value for value in element.reads
    ]
    begins = {start for start in starts if start is not None}
    if len(begins) != 1:
        return element
    (entry,) = begins
    for value in element.reads:
        own = value in ends and readers[value] == 1
        if not own and value != entry:
            return element
        branches.append(ends[value].elements if own else [])
    if not any(branches) or _too_large(branches) or not permits(f"branches {element.value}"):
        return element
    return Join(element, branches, entry)


def _too_large(branches: list[list[Element]]) -> bool:
    return any(len(branch) > LONGEST for branch in branches) or 1 + max(map(_depth, branches)) > DEEPEST


def _depth(elements: Sequence[Element]) -> int:
    """How many joins are inside each other in a list; those of a module call are in a list of their own."""
    return max(
        (
            1 + max(map(_depth, element.branches)) if isinstance(element, Join) else 0
            for element in elements
        ),
        default=0,
    )


def _merges(layer: Layer) -> bool:
    return layer.type != UNKNOWN and layer_type(layer.type).arity is None and not layer.controls


def _ordered(begun: Iterable[_Chain], leaving: Sequence[str]) -> list[Element]:
    """The elements of all chains: a chain stands as soon as all that it reads is there; the last value ends the list."""
    chains = sorted(begun, key=lambda chain: chain.elements[0].position)
    if leaving:
        last = next((chain for chain in chains if chain.elements[-1].value == leaving[-1]), None)
        if last is not None and last is not chains[-1]:
            read = {value for chain in chains for element in chain.elements for value in element.reads}
            if last.elements[-1].value not in read:
                chains.remove(last)
                chains.append(last)
    return [element for chain in chains for element in chain.elements]
