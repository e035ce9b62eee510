"""Reductions over dimensions: mean, sum, maximum."""

from collections.abc import Sequence
from typing import Any

from cnncalc.pytorch.capture.arranging import standard
from cnncalc.pytorch.capture.axis_words import over
from cnncalc.pytorch.capture.drafting import Drafting
from cnncalc.pytorch.capture.mapping import Unmapped, maps
from cnncalc.pytorch.capture.stacks import OF_TWO, StackedValues
from cnncalc.pytorch.capture.values import Group, Value

# Reductions that give one value as it is.
OF_ONE_VALUE = ("mean", "sum", "max")


def reduce(drafting: Drafting, type: str, input: Any, dim: Any, keepdim: bool, **fields: Any) -> Value:
    """A reduction over dimensions."""
    if (
        isinstance(input, StackedValues)
        and type in OF_TWO
        and not keepdim
        and dim in (0, [0], -len(input.shape))
    ):
        return input.reduced(drafting, type)
    value = drafting.value(drafting.settled(input))
    if value.expanded:
        raise Unmapped("its input is repeated by `expand`")
    if dim is None or dim == []:
        raise Unmapped("it reduces the batch too")
    dims: Sequence[int] = [item % len(value.dims) for item in ([dim] if isinstance(dim, int) else dim)]
    if any(value.dims[item] == value.axes[0] for item in dims):
        raise Unmapped("it works over the images of the batch")
    collected = over(value, dims)
    if collected is None and type in OF_ONE_VALUE and all(value.shape[item] == 1 for item in dims):
        left = [() if index in dims else part for index, part in enumerate(value.dims)]
        return Value(value.node, value.axes, tuple(left if keepdim else _without(left, dims)))
    if collected is None:
        value = standard(drafting, value)
        collected = over(value, dims)
        if collected is None:
            raise Unmapped("it reduces only a part of an axis")
    gone, word = collected
    kept = [index for index in range(2, len(value.axes)) if index not in gone]
    if keepdim:
        axes = tuple(() if index in gone else axis for index, axis in enumerate(value.axes))
        dims_after = tuple(() if index in dims else axis for index, axis in enumerate(value.dims))
        if type == "mean" and word == "positions" and value.rank:
            return drafting.emit("global_avgpool", [value], axes, dims_after)
        # The channels stay in every volume.
        keep = True if any(index > 1 for index in gone) else None
        return drafting.emit(type, [value], axes, dims_after, over=_word(word), keep=keep, **fields)
    axes = (value.axes[0], () if 1 in gone else value.axes[1], *(value.axes[index] for index in kept))
    dims_after = tuple(_without(value.dims, dims))
    return drafting.emit(type, [value], axes, dims_after, over=_word(word), **fields)


def _without(parts: Sequence[Group], dims: Sequence[int]) -> list[Group]:
    return [part for index, part in enumerate(parts) if index not in dims]


def _word(word: Any) -> Any:
    return None if word == "positions" else word


@maps("mean", pending=True)
def mean(drafting: Drafting, input: Any, dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Value:
    return reduce(drafting, "mean", input, dim, keepdim)


@maps("sum", pending=True)
def sum(drafting: Drafting, input: Any, dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Value:
    return reduce(drafting, "sum", input, dim, keepdim)


@maps("amax", pending=True)
def amax(drafting: Drafting, input: Any, dim: Any = None, keepdim: bool = False) -> Value:
    return reduce(drafting, "max", input, dim, keepdim)


@maps("max")
def maximum(drafting: Drafting, input: Any, dim: Any = None, keepdim: bool = False) -> list[Value | None]:
    """The values only: positions have no layer."""
    if not isinstance(dim, int):
        raise Unmapped("it reduces the batch too")
    return [reduce(drafting, "max", input, dim, keepdim), None]


def _spread(type: str) -> None:
    @maps(type)
    def spread(
        drafting: Drafting,
        input: Any,
        dim: Any = None,
        unbiased: bool = True,
        keepdim: bool = False,
        correction: int = 1,
    ) -> Value:
        correction = correction if unbiased else 0
        return reduce(drafting, type, input, dim, keepdim, correction=None if correction == 1 else correction)


for _type in ("std", "var"):
    _spread(_type)


@maps("norm", "vector_norm")
def norm(
    drafting: Drafting,
    input: Any,
    p: Any = 2,
    dim: Any = None,
    keepdim: bool = False,
    dtype: Any = None,
    **more: Any,
) -> Value:
    order = more.get("ord", p)
    if not isinstance(order, int | float):
        raise Unmapped(f"the norm {order}")
    return reduce(drafting, "vector_norm", input, dim, keepdim, p=None if order == 2 else float(order))
