"""Layers that only some uses of a block have: their condition, and the arguments of uses that do not have them."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cnncalc.folding.elements import Call, Join, Layer
from cnncalc.folding.names import free, snake
from cnncalc.folding.plain import is_rate
from cnncalc.folding.skeletons import ABSENT, Hole

if TYPE_CHECKING:
    from cnncalc.folding.parameters import Parameters


def condition(hole: Hole, values: Sequence[bool], block: "Parameters") -> Any:
    """Which uses have a layer: those that give a number for it, or those that say so with a parameter of its own."""
    if all(values):
        return True
    for name, others in block.values.items():
        numbers = [other for other, has in zip(others, values, strict=True) if has]
        if (
            (name in block.channels or is_rate_hole(block.holes[name]))
            and block.holes[name].element is hole.element
            and [other is not ABSENT for other in others] == list(values)
            and all(isinstance(number, int | float) and number > 0 for number in numbers)
        ):
            block.defaults[name] = 0
            return f"${name} > 0"
    element = hole.element
    word = (
        snake(element.kind)
        if isinstance(element, Call)
        else element.layer.type
        if isinstance(element, Join)
        else element.type
    )
    name = free(f"with_{word}", {*block.values, *block.defaults})
    block.values[name] = list(values)
    block.holes[name] = hole
    block.defaults[name] = values.count(True) * 2 > len(values)
    return f"${name}"


def is_rate_hole(hole: Hole) -> bool:
    """Whether a hole is how often a layer drops what it reads."""
    return isinstance(hole.element, Layer) and is_rate(hole.element.type, hole.field)


def fill_gaps(block: "Parameters") -> None:
    """Give uses without a layer the usual arguments for it: they do not matter, and are not written."""
    for name, values in block.values.items():
        if ABSENT in values:
            known = Counter(repr(value) for value in values if value is not ABSENT)
            if name not in block.defaults:
                block.defaults[name] = next(
                    value for value in values if repr(value) == known.most_common(1)[0][0]
                )
            block.values[name] = [block.defaults[name] if value is ABSENT else value for value in values]
