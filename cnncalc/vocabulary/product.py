"""The sides of a matrix product of two volumes, and whether they fit."""

from typing import Any

from cnncalc.exact import counted
from cnncalc.record import NamedTuple
from cnncalc.shape import Shape
from cnncalc.vocabulary.layer import Inputs
from cnncalc.vocabulary.strides import Lying, regrouped, steps

# The operands that can be transposed.
WAYS = ("none", "first", "second", "both")


class Side(NamedTuple):
    """An operand as a matrix: positions are rows and channels are columns, unless it is transposed."""

    shape: Shape
    is_transposed: bool

    @property
    def rows(self) -> int:
        """The number of rows."""
        return self.shape.channels if self.is_transposed else self.shape.positions

    @property
    def columns(self) -> int:
        """The number of columns."""
        return self.shape.positions if self.is_transposed else self.shape.channels

    @property
    def rows_of(self) -> str:
        """What the rows are: `49 positions`."""
        return _channels(self.shape) if self.is_transposed else _positions(self.shape)

    @property
    def columns_of(self) -> str:
        """What the columns are: `64 channels`."""
        return _positions(self.shape) if self.is_transposed else _channels(self.shape)

    def help(self, wanted: int) -> str:
        """How this operand gets this number of columns."""
        if self.is_transposed:
            return f"the first operand needs {counted(wanted, 'position')}"
        return (
            f"`conv: {{filters: {wanted}, kernel: 1}}` gives the first operand {counted(wanted, 'channel')}"
        )


def sides(inputs: Inputs, transpose: str) -> tuple[Side, Side]:
    """Both factors, as matrices."""
    return Side(inputs[0], transpose in ("first", "both")), Side(inputs[1], transpose in ("second", "both"))


def is_product(inputs: Inputs, transpose: str) -> bool:
    """Whether the product exists: the first has as many columns as the second has rows."""
    first, second = sides(inputs, transpose)
    return first.columns == second.rows


def arguments(inputs: Inputs, transpose: str) -> dict[str, Any]:
    """The arguments of the module that multiplies."""
    first, second = sides(inputs, transpose)
    learned = [which for which, shape in enumerate(inputs) if not shape.batched]
    given = {"first": first.is_transposed, "second": second.is_transposed}
    return given | {"learned": learned[0]} if learned else given


def is_flat(shape: Shape, lying: Lying) -> bool:
    """Whether the positions of a batch of volumes are one row in memory, so that a view has them along one axis."""
    strides = steps(shape.torch, lying)
    return regrouped((2, *shape.torch), strides, (2, shape.channels, shape.positions)) is not None


def _channels(shape: Shape) -> str:
    return counted(shape.channels, "channel")


def _positions(shape: Shape) -> str:
    return counted(shape.positions, "position")
