"""The words for the axes of a node, for fields such as `over`."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from cnncalc.pytorch.capture.arranging import standard
from cnncalc.pytorch.capture.layout import flat
from cnncalc.pytorch.capture.mapping import Unmapped
from cnncalc.pytorch.capture.values import Value
from cnncalc.shape import AXES

if TYPE_CHECKING:
    from cnncalc.pytorch.capture.drafting import Drafting


def words(value: Value) -> tuple[str, ...]:
    """The words for the axes of a node, from the channels on."""
    return ("channels", *AXES[value.rank])


def axis_word(drafting: "Drafting", value: Value, dim: int) -> tuple[Value, str]:
    """The word for the axis that a dimension is, and the value, arranged so that it is one."""
    if value.expanded:
        raise Unmapped("its input is repeated by `expand`")
    dim %= len(value.dims)
    axis = value.axis(dim)
    if axis is None:
        value = standard(drafting, value)
        axis = value.axes.index(value.dims[dim]) if value.dims[dim] else empty_axis(value, dim)
    if axis == 0:
        raise Unmapped("it works over the images of the batch")
    return value, words(value)[axis - 1]


def empty_axis(value: Value, dim: int) -> int:
    """The axis of size 1 that a dimension of size 1 is: the first such dimension is the first such axis."""
    dims = [index for index, part in enumerate(value.dims) if index and not part]
    axes = [index for index, axis in enumerate(value.axes) if index and not axis]
    if len(dims) != len(axes):
        raise Unmapped("which axis of size 1 it is is not known")
    return axes[dims.index(dim)]


def over(value: Value, dims: Iterable[int]) -> tuple[set[int], Any] | None:
    """The axes that dimensions are together, and what `over` says for them; None if one is only in part there."""
    given = [value.dims[dim % len(value.dims)] for dim in dims]
    factors = set(flat(given))
    axes = {index for index, axis in enumerate(value.axes) if axis and set(axis) <= factors}
    if set(flat([value.axes[index] for index in axes])) != factors or 0 in axes:
        return None
    spatial = set(range(2, len(value.axes)))
    # An axis of size 1 is reduced or not: that is the same, but for whether it stays.
    ones = {index for index in spatial if not value.axes[index]}
    if axes | ones >= spatial and (axes & spatial or ones) and 1 not in axes:
        return axes | ones, "positions"
    named = [words(value)[index - 1] for index in sorted(axes)]
    if not named:
        return None
    return axes, named[0] if len(named) == 1 else named
