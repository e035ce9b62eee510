"""Figures as formulas in letters: the polynomials that the ordinary figures of many sizes of one network lie on.

Nothing is computed twice over in letters: a network is built for several values of each letter, and its figures are
fitted exactly. A fit is believed only where two values more than it needs lie on it, along each letter and aslant.
"""

from collections.abc import Callable, Mapping, Sequence

from cnncalc.analysis.polynomial import Polynomial, degree, interpolated
from cnncalc.record import NamedTuple

# The highest power of a letter, letters at most, and steps between values that are tried beside the value itself.
HIGHEST, MOST_LETTERS, STEPS = 5, 4, (1, 2, 4, 8, 16, 32, 64, 128)

Figures = Mapping[str, int]
# Figures where the letters have these values; None where the network has an error there.
Evaluate = Callable[[tuple[int, ...]], "Figures | None"]


class NoFormula(ValueError):
    """Figures are no polynomials in a letter, or the network has errors at every other value of it."""


class Formulas(NamedTuple):
    """By name of a figure its formula; each letter's own value, and the step between the values that it holds for."""

    polynomials: Mapping[str, Polynomial]
    letters: tuple[str, ...]
    values: tuple[int, ...]
    steps: tuple[int, ...]


class _Points:
    """Figures at values of the letters, each computed once: `counts` are steps from the letters' own values."""

    def __init__(self, values: Sequence[int], evaluate: Evaluate) -> None:
        self._values, self._evaluate = tuple(values), evaluate
        self._known: dict[tuple[int, ...], Figures | None] = {}

    def figures(self, counts: Sequence[int], steps: Sequence[int]) -> Figures | None:
        point = tuple(
            own + count * step for own, count, step in zip(self._values, counts, steps, strict=True)
        )
        if point not in self._known:
            self._known[point] = self._evaluate(point)
        return self._known[point]


def formulas(letters: Sequence[str], values: Sequence[int], evaluate: Evaluate) -> Formulas:
    """The figures in these letters, which have such values in the network itself.

    Raises `NoFormula`.
    """
    points = _Points(values, evaluate)
    own = points.figures((0,) * len(letters), (1,) * len(letters))
    if own is None:
        raise NoFormula("the network has errors")
    steps, degrees = [], []
    for which in range(len(letters)):
        step, highest = _along(points, which, letters, values, own)
        steps.append(step)
        degrees.append(highest)
    polynomials = {}
    for name in own:

        def value(counts: tuple[int, ...], name: str = name) -> int:
            figures = points.figures(counts, steps)
            if figures is None:
                raise NoFormula("the network has errors at other values of the letters together")
            return figures[name]

        polynomials[name] = interpolated(letters, values, steps, degrees, value)
        for beyond in (1, 2):
            counts = tuple(highest + beyond for highest in degrees)
            point = (own + count * step for own, count, step in zip(values, counts, steps, strict=True))
            if polynomials[name](*point) != value(counts):
                raise NoFormula(f"{name} is no polynomial in {' and '.join(letters)}")
    return Formulas(polynomials, tuple(letters), tuple(values), tuple(steps))


def _along(
    points: _Points, which: int, letters: Sequence[str], values: Sequence[int], own: Figures
) -> tuple[int, int]:
    """The smallest step along one letter at which every figure is a polynomial, and the highest degree of them."""
    errors = True
    for step in dict.fromkeys((*STEPS, values[which])):
        rows: dict[str, list[int]] = {name: [] for name in own}
        for count in range(HIGHEST + 3):
            counts = [count if other == which else 0 for other in range(len(letters))]
            figures = points.figures(counts, [step] * len(letters))
            if figures is None:
                break
            for name, row in rows.items():
                row.append(figures[name])
        else:
            errors = False
            degrees = [degree(row) for row in rows.values()]
            known = [highest for highest in degrees if highest is not None]
            if len(known) == len(degrees):
                return step, max(known)
    why = "the network has errors at its other values" if errors else "figures are no polynomials in it"
    raise NoFormula(f"no formula in {letters[which]}: {why}")
