"""Joins as units of their own: what no module of the source says to be one part of the network, but may come often."""

from collections.abc import Mapping, Sequence

from cnncalc.folding.elements import Call, Element, Join, Layer
from cnncalc.folding.residuals import residual
from cnncalc.folding.sugar import ACTIVATION, family

# The names of blocks that no class names, by the layer that joins their branches.
NAMES = {"add": "sum_block", "concat": "concat_block", "mul": "gate"}


# A module call with no more elements than this is a unit itself.
SMALL = 4


def with_units(elements: Sequence[Element], readers: Mapping[str, int]) -> list[Element]:
    """The elements, with a `Call` around every join, and the activation that follows it.

    `readers` are the numbers of layers that read each value.
    """
    result: list[Element] = []
    for element in elements:
        before = result[-1] if result else None
        if (
            isinstance(element, Layer)
            and family(element.type) == ACTIVATION
            and isinstance(before, Call)
            and len(before.body) == 1
            and element.reads == (before.value,)
            and not before.path
            and readers[before.value] == 1
            and not element.shares
        ):
            before.body.append(element)
            before.value, before.leaving = element.value, element.leaving
            continue
        if isinstance(element, Call):
            if len(element.body) > SMALL and sum(isinstance(item, Join) for item in element.body) > 1:
                element.body = with_units(element.body, readers)
        elif isinstance(element, Join):
            element.branches = [with_units(branch, readers) for branch in element.branches]
            element = _unit(element)
        result.append(element)
    return result


def _unit(join: Join) -> Call:
    kind = "residual_block" if residual(join) else NAMES.get(join.layer.type, "")
    return Call(
        kind=kind,
        path="",
        body=[join],
        entry=join.entry,
        value=join.value,
        position=join.position,
        entering=join.entering,
        leaving=join.leaving,
    )
