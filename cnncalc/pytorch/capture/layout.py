"""Dimensions seen in another way: reshapes and permutations that move no value, on axes made of factors."""

from collections import deque
from collections.abc import Sequence
from itertools import pairwise

from cnncalc.pytorch.capture.values import Factor, Group

Groups = tuple[Group, ...]


def flat(groups: Sequence[Group]) -> Group:
    """All factors, in order."""
    return tuple(factor for group in groups for factor in group)


def divided(groups: Groups, parts: dict[Factor, tuple[Factor, Factor]]) -> Groups:
    """Groups with some factors divided into two, again and again."""

    def of(factor: Factor) -> Group:
        if factor not in parts:
            return (factor,)
        outer, inner = parts[factor]
        return (*of(outer), *of(inner))

    return (
        tuple(tuple(new for factor in group for new in of(factor)) for group in groups) if parts else groups
    )


def reshaped(axes: Groups, dims: Groups, sizes: Sequence[int]) -> tuple[Groups, Groups] | None:
    """Axes and dimensions after a reshape to these sizes; None if a dimension of the result cuts across others."""
    waiting = deque(flat(dims))
    parts: dict[Factor, tuple[Factor, Factor]] = {}
    result: list[Group] = []
    for size in sizes:
        taken: list[Factor] = []
        left = size
        while left > 1:
            if not waiting:
                return None
            factor = waiting.popleft()
            if left % factor.size == 0:
                taken.append(factor)
                left //= factor.size
            elif factor.size % left == 0:
                outer, inner = Factor(left), Factor(factor.size // left)
                parts[factor] = (outer, inner)
                taken.append(outer)
                waiting.appendleft(inner)
                left = 1
            else:
                return None
        result.append(tuple(taken))
    return None if waiting else (divided(axes, parts), tuple(result))


def refined(
    first: tuple[Groups, Groups], second: tuple[Groups, Groups]
) -> tuple[tuple[Groups, Groups], tuple[Groups, Groups]] | None:
    """Two tensors whose dimensions are divided alike: each (axes, dims) with equal sizes of factors in every dim.

    A dimension of size 1 of one of them is left as it is. None if a dimension cannot be divided alike.
    """
    parts: dict[Factor, tuple[Factor, Factor]] = {}
    for base, other in zip(first[1], second[1], strict=True):
        if not base or not other:
            continue
        left, right = deque(base), deque(other)
        while left and right:
            a, b = left.popleft(), right.popleft()
            if a.size == b.size:
                continue
            large, small, waiting = (a, b, left) if a.size > b.size else (b, a, right)
            if large.size % small.size:
                return None
            outer, inner = Factor(small.size), Factor(large.size // small.size)
            parts[large] = (outer, inner)
            waiting.appendleft(inner)
        if left or right:
            return None
    return (
        (divided(first[0], parts), divided(first[1], parts)),
        (divided(second[0], parts), divided(second[1], parts)),
    )


def runs(source: Group, target: Group) -> list[Group]:
    """The longest pieces of the source that are in the target in one piece, in the order of the source."""
    after = dict(pairwise(target))
    pieces: list[list[Factor]] = []
    for factor in source:
        if pieces and after.get(pieces[-1][-1]) is factor:
            pieces[-1].append(factor)
        else:
            pieces.append([factor])
    return [tuple(piece) for piece in pieces]
