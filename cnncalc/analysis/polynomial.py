"""Polynomials with exact coefficients in a few letters, and the one that goes through given points."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise, product
from math import factorial, lcm

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
        ordered = sorted(self.terms, key=lambda powers: (-sum(powers), [-one for one in powers]))
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
            factors.insert(0, f"{number.numerator:,}")
        return join.join(factors) + (f"/{number.denominator}" if number.denominator > 1 else "")


def degree(values: Sequence[int]) -> int | None:
    """The degree of the polynomial through equally spaced values; None unless two differences in a row say so."""
    row, found = list(values), []
    while row:
        found.append(any(row))
        row = [after - before for before, after in pairwise(row)]
    last = max((at for at, some in enumerate(found) if some), default=0)
    return last if last + 2 < len(found) else None


def interpolated(
    letters: Sequence[str],
    bases: Sequence[int],
    steps: Sequence[int],
    degrees: Sequence[int],
    value: Callable[[tuple[int, ...]], int],
) -> Polynomial:
    """The polynomial of at most these degrees, by its values at `base + k*step`: k is from 0 to a letter's degree."""
    grid = {at: Fraction(value(at)) for at in product(*(range(one + 1) for one in degrees))}
    # Newton's forward differences, along one letter after the other.
    for axis, most in enumerate(degrees):
        for order in range(1, most + 1):
            for at in sorted(grid, reverse=True):
                if at[axis] >= order:
                    before = (*at[:axis], at[axis] - 1, *at[axis + 1 :])
                    grid[at] -= grid[before]
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
    found = [Fraction(1, factorial(order))]
    for down in range(order):
        shift = Fraction(-base, step) - down
        found = [
            (found[at] * shift if at < len(found) else Fraction(0))
            + (found[at - 1] / step if at else Fraction(0))
            for at in range(len(found) + 1)
        ]
    return found
