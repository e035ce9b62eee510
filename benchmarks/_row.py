"""The result of a benchmark: rows with a figure, what it is compared with, and whether its target is met."""

from dataclasses import dataclass
from typing import Literal

from benchmarks._bench import Figure


@dataclass(frozen=True, slots=True)
class Target:
    """A bound on a row's figure (its median) or on its ratio to the figure it is compared with."""

    of: Literal["figure", "ratio"]
    limit: float
    at_least: bool = False

    def holds(self, value: float) -> bool:
        return value >= self.limit if self.at_least else value <= self.limit


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a benchmark's table. `against` names the floor or peer, `floor` is its median in the same unit."""

    what: str
    unit: str
    figure: Figure
    against: str = ""
    floor: float | None = None
    target: Target | None = None

    @property
    def ratio(self) -> float | None:
        return None if self.floor is None else self.figure.median / self.floor

    @property
    def holds(self) -> bool | None:
        """Whether its target is met; None if it has none."""
        if self.target is None:
            return None
        value = self.figure.median if self.target.of == "figure" else self.ratio
        return value is not None and self.target.holds(value)


def ratio_at_most(limit: float) -> Target:
    return Target("ratio", limit)


def ratio_at_least(limit: float) -> Target:
    return Target("ratio", limit, at_least=True)


def at_most(limit: float) -> Target:
    return Target("figure", limit)


def at_least(limit: float) -> Target:
    return Target("figure", limit, at_least=True)
