"""A layer as a product of matrices (im2col): their sides, with the sizes they are made of."""

from typing import Literal, Self, TypeAlias

from cnncalc.record import NamedTuple

# What a matrix holds: values of the input (each as often as it is read), weights, or values of the output.
Holds: TypeAlias = Literal["input", "weights", "output", "parts of the output"]


class Matrix(NamedTuple):
    """One matrix, or `times` of them of one size, each for a group, a channel or a position (`each`).

    `rows_of` and `columns_of` are the sides as the course writes them: `(11*11*3)`.
    """

    name: str
    holds: Holds
    rows: int
    columns: int
    rows_of: str = ""
    columns_of: str = ""
    times: int = 1
    each: str = ""

    @property
    def values(self) -> int:
        """The values of all of them together."""
        return self.rows * self.columns * self.times

    def repeated(self, times: int, each: str) -> Self:
        """This matrix `times` times, once for each group, channel or position; unchanged if `times` is 1."""
        return self._replace(times=times, each=each) if times > 1 else self


class BackwardMacs(NamedTuple):
    """Multiply-adds of the backward pass on one image: for gradients of data, and for gradients of weights."""

    data: int = 0
    weights: int = 0

    @property
    def total(self) -> int:
        """Both together."""
        return self.data + self.weights
