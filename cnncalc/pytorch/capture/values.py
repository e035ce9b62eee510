"""What the tensors of a recorded run are: values of the network, or what belongs to the model alone."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from math import prod
from typing import TYPE_CHECKING, Any

from cnncalc.importers import Scope

if TYPE_CHECKING:
    from cnncalc.pytorch.capture.drafting import Drafting


@dataclass(frozen=True, slots=True, eq=False)
class Factor:
    """A part of an axis. An axis of 12 can be seen as 3 x 4: two factors, the outer one first."""

    size: int


Group = tuple[Factor, ...]


def group(size: int) -> Group:
    """A new axis; one of size 1 has no factors."""
    return () if size == 1 else (Factor(size),)


def size_of(factors: Group) -> int:
    """The size of an axis."""
    if not factors:
        return 1
    return factors[0].size if len(factors) == 1 else prod(factor.size for factor in factors)


@dataclass(frozen=True, slots=True)
class Value:
    """A tensor that depends on the inputs: what a node of the draft gives, seen with its dimensions in some order.

    `axes` are the axes of the node: batch, channels, then the spatial axes. `dims` are the dimensions of the tensor
    in PyTorch. Both consist of the same factors: so permutations and most reshapes need no layer. `expanded` are the
    sizes of dimensions that `expand` repeats, by their number.
    """

    node: str
    axes: tuple[Group, ...]
    dims: tuple[Group, ...]
    expanded: tuple[tuple[int, int], ...] = ()

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the tensor, as PyTorch has it."""
        if not self.expanded:
            return tuple(map(size_of, self.dims))
        repeated = dict(self.expanded)
        return tuple(repeated.get(index, size_of(dim)) for index, dim in enumerate(self.dims))

    @property
    def rank(self) -> int:
        """The number of spatial axes of the node."""
        return len(self.axes) - 2

    def axis(self, dim: int) -> int | None:
        """The axis of the node that a dimension is; None if it is a part of one, or several."""
        wanted = self.dims[dim % len(self.dims)]
        if not wanted:
            return None
        return next((index for index, axis in enumerate(self.axes) if axis == wanted), None)

    @property
    def in_order(self) -> bool:
        """Whether the dimensions are the axes of the node, in order."""
        return self.axes == self.dims and not self.expanded


@dataclass(frozen=True, slots=True)
class Own:
    """A tensor that the model has without its inputs: a parameter, a buffer, a constant, or a function of them.

    `names` are the parameters and buffers that it is made of, `learned` says whether a parameter is among them. If it
    is one of them with its values in the same order, `plain` is that one's name; if only in another order of its
    dimensions, `order` is that order. Else `function` is what has made it, with `arguments`. `dims` maps the
    dimensions to those of the parameter with its own shape (`stored`).
    """

    shape: tuple[int, ...]
    names: tuple[str, ...] = ()
    learned: bool = False
    plain: str | None = None
    stored: tuple[int, ...] = ()
    axes: tuple[Group, ...] = ()
    dims: tuple[Group, ...] = ()
    function: str = ""
    arguments: dict[str, Any] = field(default_factory=dict)
    expanded: tuple[tuple[int, int], ...] = ()
    foreign: str = ""
    # Its number in the recording; -1 for a view that is no tensor there.
    number: int = -1

    @property
    def sizes(self) -> tuple[int, ...]:
        """Its shape before `expand`."""
        return tuple(map(size_of, self.dims))

    @property
    def size(self) -> int:
        """The number of its values, before `expand`."""
        return prod(self.sizes)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Pending(ABC):
    """A result that becomes one layer together with what reads it, such as the padding before a convolution.

    `shape` is the shape of its tensor; `scopes` and `place` are those of the call that made it.
    """

    scopes: tuple[Scope, ...]
    place: str

    @property
    @abstractmethod
    def shape(self) -> tuple[int, ...]:
        """The shape of the tensor, as PyTorch has it."""

    @abstractmethod
    def settle(self, drafting: "Drafting") -> Value:
        """The layers that make it, for what reads it in another way."""
