"""Another value of one field with which a layer gives its expected shape."""

from collections.abc import Iterator
from typing import Any

from cnncalc.diagnostic import Severity
from cnncalc.shape import Shape
from cnncalc.vocabulary.check import problems
from cnncalc.vocabulary.field import stated
from cnncalc.vocabulary.layer import Change, Inputs, Layer

# The fields that decide how much of its borders a window layer reads or produces, and the largest number to try.
FIELDS = ("padding", "output_padding", "rounding")
MOST = 16


def alternatives(layer: Layer, inputs: Inputs, expected: Shape) -> Iterator[Change]:
    """For each field in `FIELDS`, the first other value that gives the expected shape without an error."""
    for name, (declared, _) in stated(type(layer)).items():
        if name not in FIELDS:
            continue
        now = getattr(layer, name)
        for value in _values(now, declared.kind.choices):
            if value != now and _gives(layer.with_fields(**{name: value}), inputs, expected):
                yield Change(name, value)
                break


def _values(now: Any, words: tuple[str, ...]) -> Iterator[Any]:
    """Other values of a field: first those of the same kind, and numbers near the present one before others."""
    numbers = range(MOST) if not words or "half" in words else ()
    near = sorted(numbers, key=lambda value: abs(value - now)) if isinstance(now, int) else numbers
    yield from (*near, *words) if isinstance(now, int) else (*words, *near)


def _gives(layer: Layer, inputs: Inputs, expected: Shape) -> bool:
    faults = problems(layer, inputs)
    if any((problem.severity or problem.fault.severity) is Severity.ERROR for problem in faults):
        return False
    return layer.output(inputs).torch == expected.torch
