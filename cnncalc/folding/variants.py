"""Module calls of one class that differ in a residual: some add what enters, others do not."""

from collections.abc import Sequence
from dataclasses import replace

from cnncalc.folding.elements import Call, Element, Join
from cnncalc.folding.residuals import IDENTITY, alone, residual
from cnncalc.folding.skeletons import Skeletons


def unify(calls: Sequence[Call], skeletons: Skeletons) -> None:
    """Give calls without the addition the structure of calls of their class that have it (`shortcut: optional`).

    All have their numbers in `skeletons.of_call`.
    """
    classes: dict[str, dict[int, list[Call]]] = {}
    for call in calls:
        classes.setdefault(call.kind, {}).setdefault(skeletons.of_call[id(call)], []).append(call)
    for kinds in classes.values():
        if len(kinds) < 2:
            continue
        for number, uses in kinds.items():
            for place, element in enumerate(uses[0].body):
                if not isinstance(element, Join) or (parts := residual(element)) is None:
                    continue
                if parts.shortcut == IDENTITY:
                    for other, group in kinds.items():
                        if other != number:
                            _adapt(group, place, len(parts.body), number, skeletons)


def _adapt(group: list[Call], place: int, length: int, number: int, skeletons: Skeletons) -> None:
    """Make a residual of a part of each body, if that gives the calls the wanted skeleton."""
    bodies = [_with_residual(call, place, length) for call in group]
    changed: list[tuple[Call, list[Element]]] = []
    for call, body in zip(group, bodies, strict=True):
        if body is None:
            return
        if skeletons.numbered(replace(call, body=body))[0] != number:
            return
        changed.append((call, body))
    for call, body in changed:
        call.body = body
        skeletons.of_call[id(call)] = number


def _with_residual(call: Call, place: int, length: int) -> list[Element] | None:
    """The body with a residual that adds nothing; None if that part of it is no chain."""
    inner = call.body[place : place + length]
    if len(inner) < length:
        return None
    entry = call.body[place - 1].value if place else call.entry
    before = entry
    for element in inner:
        if element.reads != (before,):
            return None
        before = element.value
    last = inner[-1]
    if isinstance(last, Join) and last.alone:
        return None
    return [*call.body[:place], alone(inner, entry), *call.body[place + length :]]
