"""Budgets: limits on figures of a network, from a spec's `budget` or from a configuration."""

from cnncalc.diagnostic import Span
from cnncalc.record import NamedTuple

# Each figure with the sign that is used where none is written.
FIGURES = {"params": "<=", "macs": "<=", "activations": "<=", "receptive_field": ">="}
MODES = ("training", "inference")


class Bound(NamedTuple):
    """`sign` is `<=`, `<`, `>=` or `>`; `amount` is whole: a count, or bytes."""

    sign: str
    amount: int

    def holds(self, value: int) -> bool:
        """Whether a figure is within this bound."""
        if self.sign[0] == "<":
            return value < self.amount or (value == self.amount and self.sign == "<=")
        return value > self.amount or (value == self.amount and self.sign == ">=")


class Limit(NamedTuple):
    """The limit of one figure: one of `FIGURES`, or a mode of `MODES` (then it is the memory in that mode, in bytes).

    `text` is the bound as it was written, `batch` the number of images of a memory limit. `span` is its place; one
    that is not from a spec has an `origin` instead, such as `pyproject.toml`.
    """

    figure: str
    bound: Bound
    text: str
    batch: int | None = None
    span: Span | None = None
    origin: str = ""

    @property
    def mode(self) -> str:
        """The mode it is checked in: `inference` for everything except the memory of training."""
        return self.figure if self.figure in MODES else "inference"

    def holds(self, value: int) -> bool:
        return self.bound.holds(value)


class Budget(NamedTuple):
    """The limits of one network. A figure can have several: a minimum and a maximum."""

    limits: tuple[Limit, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.limits)

    def of(self, *figures: str) -> list[Limit]:
        """The limits of some figures."""
        return [limit for limit in self.limits if limit.figure in figures]

    def over(self, other: "Budget") -> "Budget":
        """This budget, with the limits of `other` for the figures that this one does not limit."""
        own = {limit.figure for limit in self.limits}
        return Budget(self.limits + tuple(limit for limit in other.limits if limit.figure not in own))


NO_BUDGET = Budget()
