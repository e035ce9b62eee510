"""Tensors of a recorded run seen with other dimensions, and what a layer with these axes is in a spec."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from cnncalc.pytorch.capture.mapping import Unmapped
from cnncalc.pytorch.capture.values import Group, Own, Pending, Value, group, size_of
from cnncalc.shape import Shape

Tensor: TypeAlias = Value | Own | Pending
# A tensor with dimensions that can be seen in another way.
Seen: TypeAlias = Value | Own


def own_of(shape: tuple[int, ...], names: tuple[str, ...], learned: bool = False, **more: Any) -> Own:
    """A tensor of the model that is no view of one parameter."""
    axes = tuple(map(group, shape))
    return Own(shape, names, learned, axes=axes, dims=axes, **more)


def with_view(tensor: Seen, axes: Sequence[Group], dims: Sequence[Group]) -> Seen:
    """The same values with other dimensions."""
    if isinstance(tensor, Value):
        return Value(tensor.node, tuple(axes), tuple(dims))
    shape = tuple(map(size_of, dims))
    return Own(
        shape,
        tensor.names,
        tensor.learned,
        tensor.plain,
        tensor.stored,
        tuple(axes),
        tuple(dims),
        tensor.function,
        tensor.arguments,
        foreign=tensor.foreign,
    )


def shape_of(axes: Sequence[Group]) -> Shape:
    """The shape of a node with these axes."""
    _, channels, *spatial = map(size_of, axes)
    return Shape(channels, tuple(spatial))


def reshape_fields(axes: Sequence[Group]) -> tuple[str, dict[str, Any]]:
    """The layer that gives values in their order these axes, and its fields."""
    shape = shape_of(axes)
    if not shape.rank:
        return "flatten", {}
    if shape.rank > 3:
        raise Unmapped(f"a volume of {shape.rank} axes")
    return "reshape", dict(shape.asdict())
