"""Finds the layers that are the same in two networks.

Names by the author are used first. Automatic names (`conv3`) shift with every inserted layer, so of the layers between
those pairs, difflib finds the ones with equal settings and shapes; then those of the same name; then those
of the same type. The order is kept: no two pairs cross. Which of several equal layers was inserted is decided by the
names again.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import count

from cnncalc.comparison.facts import ComparedLayer

Pair = tuple[int, int]
# Pairs of layers between two that are found, from which on only names are looked at: difflib's time grows with them.
PATIENCE = 4_000_000


def pairs(old: Sequence[ComparedLayer], new: Sequence[ComparedLayer]) -> list[Pair]:
    """Indices of layers that are the same one in both, in order."""
    matched: list[Pair] = []
    for key in (_given_name, _content, _name, _kind):
        matched = [pair for gap in _gaps(matched, len(old), len(new)) for pair in _within(old, new, gap, key)]
    return _slid(matched, old, new)


# What two layers are found alike by; None where a layer is not looked at. A type stays a type.
Key = Callable[[ComparedLayer], Hashable | None]


def _given_name(layer: ComparedLayer) -> Hashable | None:
    return (layer.name, layer.kind) if layer.named else None


def _content(layer: ComparedLayer) -> tuple[Hashable, ...]:
    # With what it reads: one relu is as good as another.
    return (layer.kind, layer.layer, layer.entering)


def _name(layer: ComparedLayer) -> Hashable:
    return (layer.name, layer.kind)


def _kind(layer: ComparedLayer) -> Hashable:
    return layer.kind


def _gaps(matched: list[Pair], old: int, new: int) -> Iterator[tuple[Pair | None, range, range]]:
    """Each pair found, and the layers of both networks between it and the one before."""
    before = (-1, -1)
    for pair in matched:
        yield pair, range(before[0] + 1, pair[0]), range(before[1] + 1, pair[1])
        before = pair
    yield None, range(before[0] + 1, old), range(before[1] + 1, new)


def _within(
    old: Sequence[ComparedLayer],
    new: Sequence[ComparedLayer],
    gap: tuple[Pair | None, range, range],
    key: Key,
) -> Iterator[Pair]:
    """The pairs of one gap, and the pair that ends it."""
    last, left, right = gap
    named = key in (_given_name, _name)
    if left and right and (named or len(left) * len(right) <= PATIENCE):
        apart = count()
        ours = [_as_compared(key, old[index], apart) for index in left]
        theirs = [_as_compared(key, new[index], apart) for index in right]
        matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
        for block in matcher.get_matching_blocks():
            for index in range(block.size):
                yield left[block.a + index], right[block.b + index]
    if last is not None:
        yield last


def _as_compared(key: Key, layer: ComparedLayer, apart: Iterator[int]) -> tuple[Hashable, int]:
    """A layer's key; what has none is like nothing else."""
    layer_key = key(layer)
    return (layer_key, 0) if layer_key is not None else (None, next(apart))


def _slid(matched: list[Pair], old: Sequence[ComparedLayer], new: Sequence[ComparedLayer]) -> list[Pair]:
    """The pairs, each as early as possible where it then has one name and what comes between is the same."""
    moved: list[Pair] = []
    before = (-1, -1)
    for pair in matched:
        left, right = pair
        first = (before[0] + 1, before[1] + 1)
        # Only where layers were put in, or only where they were taken out.
        if (first[0] == left) != (first[1] == right) and old[left].name != new[right].name:
            was, now = old[first[0]], new[first[1]]
            alike = (_content(was), _content(now)) == (_content(old[left]), _content(new[right]))
            pair = first if alike and was.name == now.name else pair
        moved.append(pair)
        before = pair
    return moved
