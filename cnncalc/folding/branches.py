"""Finds branches: values that leave one value, are computed side by side, and meet in a merge.

Elements are taken in order into chains: an element that alone reads the end of a chain continues it. A merge whose
operands are ends of chains that begin at one value, and that nothing else reads, becomes a join, which reads that
value only.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

from cnncalc.folding.elements import Element, Join, Layer, layers_of
from cnncalc.folding.permits import Permits
from cnncalc.importers.draft import UNKNOWN
from cnncalc.layers import layer_type

# Branches with more elements than this, or joins in joins deeper than this, are read more easily with names.
LONGEST, DEEPEST = 12, 3
# No name of a value: it is empty.
SEVERAL = ""


@dataclass(slots=True, eq=False)
class _Chain:
    """Elements each of which alone reads the one before.

    `start` is what the first one reads: None if that is nothing, `SEVERAL` if it is more than one value.
    """

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
        before = None if not done.reads else done.reads[0] if len(done.reads) == 1 else SEVERAL
        if before is not None and before in ends and readers[before] == 1:
            chain = ends.pop(before)
        else:
            chain = _Chain(before)
            chains[id(chain)] = chain
        chain.elements.append(done)
        ends[done.value] = chain
    return _ordered(chains.values(), leaving)


def _join(element: Element, ends: dict[str, _Chain], readers: Counter[str], permits: Permits) -> Element:
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
    if len(begins) != 1 or SEVERAL in begins:
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
        (1 + max(map(_depth, element.branches)) if isinstance(element, Join) else 0 for element in elements),
        default=0,
    )


def _merges(layer: Layer) -> bool:
    plain = (
        layer.type != UNKNOWN and not layer.controls and not layer.shares and "numbers" not in layer.fields
    )
    return plain and layer_type(layer.type).arity is None


def _ordered(begun: Iterable[_Chain], leaving: Sequence[str]) -> list[Element]:
    """The elements of all chains, each chain after those that it reads or whose weights it uses.

    The last value that leaves the list ends it, where nothing in the list reads that.
    """
    chains = sorted(begun, key=lambda chain: chain.elements[0].position)
    if leaving:
        last = next((chain for chain in chains if chain.elements[-1].value == leaving[-1]), None)
        if last is not None and last is not chains[-1]:
            read = {value for chain in chains for element in chain.elements for value in element.reads}
            if last.elements[-1].value not in read:
                chains.remove(last)
                chains.append(last)
    shared = [
        (place, layer.shares)
        for place, chain in enumerate(chains)
        for layer in layers_of(chain.elements)
        if layer.shares is not None
    ]
    waits: dict[int, set[int]] = {place: set() for place in range(len(chains))}
    if shared:
        owners = {node: place for place, chain in enumerate(chains) for node in _nodes(chain.elements)}
        for place, owner in shared:
            if owners.get(owner, 0) > place:
                waits[place].add(owners[owner])
    if not any(waits.values()):
        return [element for chain in chains for element in chain.elements]
    return [element for place in _after_owners(chains, waits) for element in chains[place].elements]


def _nodes(elements: Sequence[Element]) -> Iterable[str]:
    return (node for layer in layers_of(elements) for node in layer.nodes)


def _after_owners(chains: Sequence[_Chain], waits: dict[int, set[int]]) -> list[int]:
    """The places of chains in an order in which owners of weights come first, and so does what is read."""
    ends = {element.value: place for place, chain in enumerate(chains) for element in chain.elements}
    needs = {
        place: waits[place]
        | {
            ends[value]
            for element in chain.elements
            for value in element.reads
            if ends.get(value, place) != place
        }
        for place, chain in enumerate(chains)
    }
    ready = [place for place, before in needs.items() if not before]
    after: dict[int, list[int]] = defaultdict(list)
    for place, before in needs.items():
        for other in before:
            after[other].append(place)
    order: list[int] = []
    while ready:
        place = heappop(ready)
        order.append(place)
        for other in after[place]:
            needs[other].discard(place)
            if not needs[other]:
                heappush(ready, other)
    return order if len(order) == len(chains) else list(range(len(chains)))
