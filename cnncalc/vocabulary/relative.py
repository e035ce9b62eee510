"""Tables of relative positions: one learned number for each head and each way from a query's position to a key's."""

from math import prod
from typing import Literal, Self, TypeAlias

from cnncalc.record import NamedTuple
from cnncalc.shape import Shape
from cnncalc.vocabulary.allocation import PARAMETERS, Step, Tensor
from cnncalc.vocabulary.call import Call

# What tells two entries of a table apart: the offset along each axis, or the distance, which has no sign.
Relative: TypeAlias = Literal["none", "offsets", "distances"]
RELATIVE: tuple[str, ...] = ("none", "offsets", "distances")
# What the gradient of a table begins as.
TABLE_ZEROS = "grad_table_zeros"


class Table(NamedTuple):
    """A table along each axis: the positions of the keys, those of the queries, and the step between two queries.

    Query q is at the position q*step of the keys' grid.
    """

    keys: tuple[int, ...]
    queries: tuple[int, ...]
    steps: tuple[int, ...]
    signed: bool

    @classmethod
    def of(cls, queries: Shape, keys: Shape, relative: str) -> Self | None:
        """The table for these grids; None if the queries are not every n-th position of the keys, from the first."""
        if queries.rank != keys.rank:
            return None
        steps = tuple(-(-key // query) for key, query in zip(keys.spatial, queries.spatial, strict=True))
        if any(
            -(-key // step) != query
            for key, query, step in zip(keys.spatial, queries.spatial, steps, strict=True)
        ):
            return None
        return cls(keys.spatial, queries.spatial, steps, relative == "offsets")

    @property
    def sizes(self) -> tuple[int, ...]:
        """The number of different offsets or distances along each axis."""
        axes = zip(self.keys, self.queries, self.steps, strict=True)
        return tuple(key + (query - 1) * step * self.signed for key, query, step in axes)

    @property
    def entries(self) -> int:
        """The number of different offsets or distances of two positions."""
        return prod(self.sizes)

    @property
    def pairs(self) -> int:
        """The number of pairs of a query and a key."""
        return prod(self.queries) * prod(self.keys)


def put_into_table(gradient: tuple[Tensor, ...], spent: str, call: Call) -> Step:
    """The step that adds the gradient of each pair (`spent`) to that of its entry; no `gradient` if it is frozen.

    On tensors of a subclass it is another tensor than the zeros that it begins as (`index_backward` in
    torch/csrc/autograd/FunctionsManual.cpp); otherwise it is added to these in place.
    """
    zeros = tuple(item._replace(name=TABLE_ZEROS, dtype=PARAMETERS) for item in gradient) * call.subclasses
    return Step((*zeros, *gradient), (spent, *(item.name for item in zeros)))
