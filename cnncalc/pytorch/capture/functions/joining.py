"""Values joined along a dimension, or along a new one."""

from math import prod
from typing import Any

from cnncalc.pytorch.capture.arranging import standard
from cnncalc.pytorch.capture.axis_words import axis_word, words
from cnncalc.pytorch.capture.drafting import Drafting, Tensor
from cnncalc.pytorch.capture.learned import learned, order_of
from cnncalc.pytorch.capture.mapping import Unmapped, maps
from cnncalc.pytorch.capture.stacks import stacked
from cnncalc.pytorch.capture.values import Own, Value, group, size_of


@maps("stack")
def stack(drafting: Drafting, tensors: Any, dim: int = 0) -> Tensor:
    """Values side by side along a new spatial axis."""
    values = [drafting.value(tensor, "an operand") for tensor in tensors]
    count = len(values[0].dims)
    dim %= count + 1
    if not dim:
        return stacked(drafting, tuple(values))
    values = [drafting.in_order(value) for value in values]
    if dim < 2 or count > 4 or len({value.shape for value in values}) > 1:
        raise Unmapped("the new dimension is no spatial axis")
    from cnncalc.shape import AXES

    names = AXES[count - 1]
    axes = [*values[0].axes[:dim], group(len(values)), *values[0].axes[dim:]]
    return drafting.emit("stack", values, axes, over=None if dim == 2 else names[dim - 2])


@maps("cat", "concat", "concatenate")
def concat(drafting: Drafting, tensors: Any, dim: int = 0) -> Value:
    tensors = [tensor for tensor in tensors if prod(tensor.shape)]
    first = next((tensor for tensor in tensors if isinstance(tensor, Value)), None)
    if first is None:
        raise Unmapped("it does not depend on the input of the network")
    if len(tensors) == 1:
        return first
    dim %= len(first.dims)
    original = first
    if first.axis(dim) is None or len(first.dims) != len(first.axes):
        first = standard(drafting, first)
    value, word = axis_word(drafting, first, dim)
    if (
        [isinstance(tensor, Own) for tensor in tensors] == [True, False]
        and value.rank == 1
        and word == "length"
    ):
        token = drafting.own(tensors[0])
        if (
            token.plain is not None
            and token.learned
            and not drafting.is_learned_layer(token)
            and token.size == value.shape[value.dims.index(value.axes[1])]
        ):
            more = group(value.shape[dim] + 1)
            return drafting.emit(
                "class_token", [value], (*value.axes[:2], more),
                [more if index == dim else other for index, other in enumerate(value.dims)],
                weights={"class_token": token},
            )  # fmt: skip
    values = [
        beside(drafting, value, tensor)
        if isinstance(tensor, Own)
        else value
        if tensor == original
        else _like(drafting, value, tensor, dim)
        for tensor in tensors
    ]
    axis = 1 + words(value).index(word)
    whole = group(sum(tensor.shape[dim] for tensor in tensors))
    axes = [whole if index == axis else other for index, other in enumerate(value.axes)]
    dims = [whole if index == dim else other for index, other in enumerate(value.dims)]
    return drafting.emit("concat", values, axes, dims, over=None if word == "channels" else word)


def beside(drafting: Drafting, value: Value, own: Own) -> Value:
    """A parameter that is joined to each image, as a `learned` layer with the axes of the value."""
    if own.plain is None or not own.learned:
        raise Unmapped("an operand is no parameter, and does not depend on the input of the network")
    if len(own.dims) != len(value.dims) or any(index != 0 for index, _ in own.expanded):
        raise Unmapped("the operands have different dimensions")
    sizes = []
    for axis in value.axes[1:]:
        place = next((index for index, part in enumerate(value.dims) if part == axis and index), None)
        if place is None:
            raise Unmapped("the operands have different dimensions")
        sizes.append(own.sizes[place])
    return learned(drafting, own, sizes, value.rank, order_of(value, own))


def _like(drafting: Drafting, first: Value, other: Value, dim: int) -> Value:
    """An operand of a join with its axes in the order of the first one's; their sizes differ along `dim`."""
    from cnncalc.pytorch.capture.arranging import arrange

    if len(first.dims) != len(first.axes) or other.expanded:
        raise Unmapped("the operands have different dimensions")
    places = {axis: index for index, axis in enumerate(first.dims) if axis}
    empty = iter([index for index, axis in enumerate(first.dims) if not axis])
    target = []
    for axis in first.axes:
        place = places.get(axis) if axis else next(empty, None)
        if place is None:
            raise Unmapped("the operands have different dimensions")
        if place != dim and size_of(other.dims[place]) != size_of(axis):
            raise Unmapped("the operands have different sizes")
        target.append(other.dims[place])
    return arrange(drafting, other, target)
