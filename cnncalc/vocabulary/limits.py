"""The limits of the values of a tensor, and how a layer changes them."""

from math import inf

from cnncalc.record import NamedTuple


class Limits(NamedTuple):
    """All values are from `low` to `high`."""

    low: float
    high: float

    def within(self, other: "Limits") -> bool:
        """Whether every value within these limits is also within the other limits."""
        return other.low <= self.low and self.high <= other.high

    def joined(self, *others: "Limits") -> "Limits":
        """The limits of values that are each within these limits or one of the others."""
        return Limits(
            min(self.low, *(other.low for other in others)), max(self.high, *(other.high for other in others))
        )

    def times(self, other: "Limits") -> "Limits":
        """The limits of a product of two such values."""
        products = [_product(bound, two) for bound in self for two in other]
        return Limits(min(products), max(products))

    def plus(self, other: "Limits") -> "Limits":
        """The limits of a sum of two such values."""
        return Limits(self.low + other.low, self.high + other.high)

    def minus(self, other: "Limits") -> "Limits":
        """The limits of the difference of two such values."""
        return Limits(self.low - other.high, self.high - other.low)


def _product(value: float, other: float) -> float:
    # Infinite limits are never reached: 0 times any number is 0.
    return 0.0 if 0 in (value, other) else value * other


ANY = Limits(-inf, inf)
ZERO = Limits(0, 0)
NOT_NEGATIVE = Limits(0, inf)
