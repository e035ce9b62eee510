"""Values stacked before their images, for a mean, a sum or a maximum over the stack: arithmetic of the values."""

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

from cnncalc.pytorch.capture.arranging import joined
from cnncalc.pytorch.capture.mapping import Unmapped
from cnncalc.pytorch.capture.values import Pending, Value

if TYPE_CHECKING:
    from cnncalc.pytorch.capture.drafting import Drafting

# Reductions, by the names of their mappings, and the layers that do the same to two values.
OF_TWO = {"mean": "add", "sum": "add", "max": "maximum"}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class StackedValues(Pending):
    """Values of one shape along a new first dimension."""

    values: tuple[Value, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        return (len(self.values), *self.values[0].shape)

    def settle(self, drafting: "Drafting") -> Value:
        return drafting.unknown(
            "stack", self.values, self.shape, (), "the images are not its first dimension"
        )

    def reduced(self, drafting: "Drafting", type: str) -> Value:
        """One value of all: two at a time, as PyTorch's reduction over the stack."""

        def two(first: Value, second: Value) -> Value:
            base, other = joined(drafting, first, second)
            return drafting.emit(OF_TWO[type], [base, other], base.axes, base.dims)

        result = reduce(two, self.values)
        if type != "mean":
            return result
        return drafting.elementwise("scale", result, factor=1 / len(self.values))


def stacked(drafting: "Drafting", values: tuple[Value, ...]) -> StackedValues:
    """The stack of values before their images. Raises `Unmapped` where not only reductions over it read it."""
    if any(value.expanded or value.shape != values[0].shape for value in values):
        raise Unmapped("its operands have different dimensions")
    if not drafting.readers.are_all(drafting.number, ("mean", "sum", "amax")):
        raise Unmapped("the new dimension is no spatial axis")
    return StackedValues(scopes=drafting.scopes, place=drafting.place, values=values)
