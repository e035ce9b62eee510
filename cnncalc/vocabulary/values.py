"""The values of fields as a spec has them, and those that a spec writes as a mapping."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from fractions import Fraction

# The values that a spec can contain, after expressions are evaluated.
Value: TypeAlias = "bool | int | float | Fraction | str | tuple[Value, ...] | dict[str, Value] | None"
SIDES = ("front", "back", "top", "bottom", "left", "right")


class Mapped:
    """A value that a spec writes as a mapping."""

    __slots__ = ()

    def asdict(self) -> dict[str, Any]:
        """Every key and its value."""
        raise NotImplementedError

    def spelt(self) -> Any:
        """As short as a spec can say it."""
        raise NotImplementedError


# Code computes the scale of filters with rounding: the number of its digits that are meant.
_DIGITS = 12


def meant(scale: float) -> float:
    """A scale of filters without what rounding did to it."""
    return float(f"{scale:.{_DIGITS}g}")


class Standardization(Mapped):
    """How filters are standardised: whether a gain is learned, what it is scaled by, and what the variance gets."""

    __slots__ = ("eps", "gain", "gamma")

    def __init__(self, *, gain: bool = False, gamma: float = 1.0, eps: float = 1e-6) -> None:
        self.gain, self.gamma, self.eps = gain, gamma, eps

    @property
    def meant(self) -> "Standardization":
        """With the scale that is meant."""
        return Standardization(gain=self.gain, gamma=meant(self.gamma), eps=self.eps)

    def asdict(self) -> dict[str, Any]:
        scale = {"gamma": self.gamma} if self.gain else {}
        return {"gain": self.gain, **scale, "eps": self.eps}

    def spelt(self) -> Any:
        plain = Standardization()
        return {name: value for name, value in self.asdict().items() if value != getattr(plain, name)} or True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Standardization) and self.asdict() == other.asdict()

    def __hash__(self) -> int:
        return hash((self.gain, self.gamma, self.eps))

    def __repr__(self) -> str:
        return f"Standardization({', '.join(f'{name}={value!r}' for name, value in self.asdict().items())})"


class Sides(Mapped):
    """Different padding for each side of a volume. Not a tuple: a tuple has one number for each axis.

    Left and right are the ends of the last axis, top and bottom those of the one before, front and back of the first
    of three.
    """

    __slots__ = SIDES

    def __init__(
        self, top: int = 0, bottom: int = 0, left: int = 0, right: int = 0, *, front: int = 0, back: int = 0
    ) -> None:
        self.front = front
        self.back = back
        self.top = top
        self.bottom = bottom
        self.left = left
        self.right = right

    @classmethod
    def of(cls, ends: "Sequence[tuple[int, int]]") -> "Sides":
        """The sides of one to three axes, from the positions before and after along each of them."""
        sizes = [end for pair in ends for end in pair]
        return cls(**dict(zip(SIDES[len(SIDES) - len(sizes) :], sizes, strict=True)))

    @property
    def _sizes(self) -> tuple[int, ...]:
        return tuple(getattr(self, side) for side in SIDES)

    @property
    def least_axes(self) -> int:
        """The smallest number of axes that have all sides with padding."""
        return max(1, sum(any(self._sizes[: 2 * count]) for count in (1, 2)) + 1)

    def ends(self, rank: int) -> tuple[tuple[int, int], ...]:
        """The positions before and after, along each axis of a volume with this number of axes."""
        pairs = tuple(zip(self._sizes[::2], self._sizes[1::2], strict=True))
        return pairs[len(pairs) - rank :]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sides) and self._sizes == other._sizes

    def __hash__(self) -> int:
        return hash(self._sizes)

    def asdict(self) -> dict[str, int]:
        """Every side, in the order of `SIDES`; front and back only if there is any padding."""
        sizes = dict(zip(SIDES, self._sizes, strict=True))
        return sizes if self.front or self.back else {side: sizes[side] for side in SIDES[2:]}

    def spelt(self) -> dict[str, int]:
        return self.nonzero()

    def nonzero(self) -> dict[str, int]:
        """The sides that have some, as a spec says them."""
        return {side: size for side, size in self.asdict().items() if size}

    def __repr__(self) -> str:
        return f"Sides({', '.join(f'{side}={size}' for side, size in self.asdict().items())})"


PerAxis: TypeAlias = int | tuple[int, ...]
# A factor, or one for each axis.
Factors: TypeAlias = float | tuple[float, ...]
# An axis, or several.
AxisNames: TypeAlias = str | tuple[str, ...]
Padding: TypeAlias = int | tuple[int, ...] | Sides | str
