"""Polynomials with exact coefficients in a few letters, and the one that goes through given points."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise, product
from math import factorial, lcm

from cnncalc.exact import grouped

Exponents = tuple[int, ...]


class Polynomial:
    """A sum of terms: by the exponents of the letters, in their order, the coefficient, which is not 0."""

    def __init__(self, letters: Sequence[str], terms: Mapping[Exponents, Fraction]) -> None:
        self.letters = tuple(letters)
        self.terms = {powers: Fraction(number) for powers, number in terms.items() if number}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Polynomial) and (self.letters, self.terms) == (other.letters, other.terms)

    def __hash__(self) -> int:
        return hash((self.letters, frozenset(self.terms.items())))

    def __call__(self, *values: int) -> Fraction:
        """Its value where the letters have these."""
        total = Fraction(0)
        for powers, number in self.terms.items():
            for value, power in zip(values, powers, strict=True):
                number *= Fraction(value) ** power
            total += number
        return total

    def __str__(self) -> str:
        """`27C^2 + 3C`, the highest powers first; `(H - 7)/4`; `0` without a term."""
        below = lcm(*(number.denominator for number in self.terms.values()))
        if below > 1 and len(self.terms) > 1:
            whole = Polynomial(
                self.letters, {powers: number * below for powers, number in self.terms.items()}
            )
            return f"({whole})/{below}"
        ordered = sorted(self.terms, key=lambda powers: (-sum(powers), [-power for power in powers]))
        text = ""
        for powers in ordered:
            number = self.terms[powers]
            sign = ("-" if number < 0 else "") if not text else (" - " if number < 0 else " + ")
            text += sign + self._term(powers, abs(number))
        return text or "0"

    def _term(self, powers: Exponents, number: Fraction) -> str:
        # Letters side by side are a product as long as each is one sign.
        join = "" if all(len(letter) == 1 for letter in self.letters) else "*"
        factors = [
            letter if power == 1 else f"{letter}^{power}"
            for letter, power in zip(self.letters, powers, strict=True)
            if power
        ]
        if number.numerator > 1 or not factors:
            factors.insert(0, grouped(number.numerator))
        return join.join(factors) + (f"/{number.denominator}" if number.denominator > 1 else "")


def degree(values: Sequence[int]) -> int | None:
    """The degree of the polynomial through equally spaced values; None unless two differences in a row say so."""
    row, nonzero = list(values), []
    while row:
        nonzero.append(any(row))
        row = [after - before for before, after in pairwise(row)]
    last = max((order for order, some in enumerate(nonzero) if some), default=0)
    return last if last + 2 < len(nonzero) else None


def interpolated(
    letters: Sequence[str],
    bases: Sequence[int],
    steps: Sequence[int],
    degrees: Sequence[int],
    value: Callable[[tuple[int, ...]], int],
) -> Polynomial:
    """The polynomial of at most these degrees, by its values at `base + k*step`: k is from 0 to a letter's degree."""
    grid = {point: Fraction(value(point)) for point in product(*(range(highest + 1) for highest in degrees))}
    # Newton's forward differences, along one letter after the other.
    for axis, most in enumerate(degrees):
        for order in range(1, most + 1):
            for point in sorted(grid, reverse=True):
                if point[axis] >= order:
                    before = (*point[:axis], point[axis] - 1, *point[axis + 1 :])
                    grid[point] -= grid[before]
    total: dict[Exponents, Fraction] = {}
    bodies = [
        [_binomial(base, step, order) for order in range(most + 1)]
        for base, step, most in zip(bases, steps, degrees, strict=True)
    ]
    for orders, number in grid.items():
        if not number:
            continue
        factors = [body[order] for body, order in zip(bodies, orders, strict=True)]
        for powers in product(*(range(len(factor)) for factor in factors)):
            part = number
            for factor, power in zip(factors, powers, strict=True):
                part *= factor[power]
            total[powers] = total.get(powers, Fraction(0)) + part
    return Polynomial(letters, total)


def _binomial(base: int, step: int, order: int) -> list[Fraction]:
    """The coefficients, lowest first, of k*(k - 1)*...*(k - order + 1)/order! in x, where k is (x - base)/step."""
    coefficients = [Fraction(1, factorial(order))]
    for down in range(order):
        shift = Fraction(-base, step) - down
        coefficients = [
            (coefficients[power] * shift if power < len(coefficients) else Fraction(0))
            + (coefficients[power - 1] / step if power else Fraction(0))
            for power in range(len(coefficients) + 1)
        ]
    return coefficients
