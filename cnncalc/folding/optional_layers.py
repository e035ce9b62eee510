"""Module calls of one class, of which some have a layer that others do not have: it gets a condition (`when`)."""

from collections.abc import Sequence
from dataclasses import replace

from cnncalc.folding.elements import Call, Element, Join, Layer, inside, is_absent, layers_of
from cnncalc.folding.permits import Permits
from cnncalc.folding.residuals import IDENTITY, alone, residual
from cnncalc.folding.shipped import shipped
from cnncalc.folding.skeletons import Skeletons, ordered
from cnncalc.folding.worth import HEAD, lines
from cnncalc.shape import Shape

# Layers that a use of a block may lack.
MOST = 2
# Lines that this must save.
SAVED = 2


def complete_with_absent(calls: Sequence[Call], skeletons: Skeletons, permits: Permits) -> None:
    """Give calls the structure of larger calls of their class; what they lack is in them, and `absent`.

    All have their numbers in `skeletons.of_call`.
    """
    classes: dict[str, dict[int, list[Call]]] = {}
    for call in calls:
        if call.path:
            classes.setdefault(call.kind, {}).setdefault(skeletons.of_call[id(call)], []).append(call)
    for kinds in classes.values():
        by_size = sorted(kinds, key=lambda number: sum(1 for _ in inside(kinds[number][0].body)))
        for place, number in enumerate(by_size):
            for larger in reversed(by_size[place + 1 :]):
                if _completed(kinds[number], kinds[larger], skeletons, permits):
                    kinds[larger] += kinds[number]
                    break


def _completed(group: Sequence[Call], larger: Sequence[Call], skeletons: Skeletons, permits: Permits) -> bool:
    """Whether all calls of a group got the structure of larger ones."""
    pattern = larger[0]
    number = skeletons.of_call[id(pattern)]
    bodies: list[list[Element]] = []
    # A block is written once more than its uses; what is in one place only, without a block.
    saved = lines(group[0].body) + (HEAD if _several(group) else -1) - (0 if _several(larger) else HEAD)
    for call in group:
        body = _Fitting(skeletons).list_of(call.body, call.entry, call.entering, pattern.body)
        if body is None:
            return False
        absent = sum(map(is_absent, inside(body)))
        if not 0 < absent <= MOST or saved - absent < SAVED:
            return False
        if skeletons.numbered(replace(call, body=body))[0] != number:
            return False
        bodies.append(body)
    if not permits(f"optional layers {group[0].value}"):
        return False
    for call, body in zip(group, bodies, strict=True):
        call.body = body
        skeletons.of_call[id(call)] = number
    return True


def _several(calls: Sequence[Call]) -> bool:
    """Whether calls differ, so that they are written in several places."""
    return len({repr([layer.fields for layer in layers_of(call.body)]) for call in calls}) > 1


class _Fitting:
    """Elements as those of a pattern, with what they lack."""

    def __init__(self, skeletons: Skeletons) -> None:
        self._skeletons = skeletons

    def list_of(
        self, elements: Sequence[Element], before: str, shape: Shape | None, pattern: Sequence[Element]
    ) -> list[Element] | None:
        """A list of elements, which begins after `before`, as the pattern; None if they do not fit it."""
        result: list[Element] = []
        start = 0
        for place, wanted in enumerate(pattern):
            rest = len(pattern) - place - 1
            count = max(1, len(elements) - start - rest)
            fitted = self._fitted(elements[start : start + count], before, shape, wanted)
            if fitted is not None:
                element, used = fitted
                start += used
            elif isinstance(wanted, Join) or is_absent(wanted) or not _can_lack(wanted):
                return None
            else:
                element = (
                    replace(wanted, value=before, reads=(before,), absent=True)
                    if isinstance(wanted, Layer)
                    else replace(wanted, value=before, entry=before, absent=True)
                )
                self._skeletons.copy(wanted, element)
            result.append(element)
            before, shape = element.value, shape if is_absent(element) else element.leaving
        return result if start == len(elements) else None

    def _fitted(
        self, elements: Sequence[Element], before: str, shape: Shape | None, wanted: Element
    ) -> tuple[Element, int] | None:
        """The first elements as one that is wanted, and how many these are; None if they are none."""
        if not elements or is_absent(wanted):
            return None
        first = elements[0]
        if isinstance(first, Layer) and isinstance(wanted, Layer):
            return (first, 1) if self._skeletons.alike(first, wanted) else None
        if isinstance(first, Call) and isinstance(wanted, Call):
            same = self._skeletons.of_call[id(first)] == self._skeletons.of_call[id(wanted)]
            return (first, 1) if same else None
        if not isinstance(wanted, Join):
            return None
        if isinstance(first, Join):
            join = self._join(first, wanted)
            return None if join is None else (join, 1)
        return self._alone(elements, before, shape, wanted)

    def _join(self, join: Join, wanted: Join) -> Join | None:
        parts, others = residual(join), residual(wanted)
        if parts is None and others is None:
            if not self._skeletons.alike(join.layer, wanted.layer):
                return None
            pairs = list(zip(ordered(join), ordered(wanted), strict=False))
        elif parts is None or others is None:
            return None
        else:
            pairs = [(parts.body, others.body)]
            if isinstance(parts.shortcut, list) and isinstance(others.shortcut, list):
                pairs.append((parts.shortcut, others.shortcut))
            elif isinstance(parts.shortcut, list) or isinstance(others.shortcut, list):
                return None
        fitted: dict[int, list[Element]] = {}
        for branch, pattern in pairs:
            body = self.list_of(branch, join.entry, join.entering, pattern)
            if body is None:
                return None
            fitted[id(branch)] = body
        return replace(join, branches=[fitted.get(id(branch), branch) for branch in join.branches])

    def _alone(
        self, elements: Sequence[Element], before: str, shape: Shape | None, wanted: Join
    ) -> tuple[Element, int] | None:
        """Elements that are added to nothing, as the body of a residual (`shortcut: optional`)."""
        parts = residual(wanted)
        if parts is None or (parts.shortcut != IDENTITY and not wanted.alone):
            return None
        if any(element.reads != (earlier,) for element, earlier in _chained(elements, before)):
            return None
        body = self.list_of(elements, before, shape, parts.body)
        if body is None:
            return None
        return alone(body, before), len(elements)


def _chained(elements: Sequence[Element], before: str) -> list[tuple[Element, str]]:
    values = [before, *(element.value for element in elements)]
    return list(zip(elements, values, strict=False))


def _can_lack(element: Layer | Call) -> bool:
    """Whether it is one item for certain, so that a condition can be beside it."""
    return isinstance(element, Layer) or shipped(element) is not None
