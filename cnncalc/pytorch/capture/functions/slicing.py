"""Ranges and single positions of a dimension."""

from math import prod
from typing import Any

from cnncalc.pytorch.capture.axis_words import axis_word, words
from cnncalc.pytorch.capture.drafting import Drafting, Seen
from cnncalc.pytorch.capture.functions.reshaping import seen_with
from cnncalc.pytorch.capture.mapping import Unmapped, maps
from cnncalc.pytorch.capture.values import Own, Value, group


def cut(drafting: Drafting, value: Value, dim: int, start: int, stop: int, step: int = 1) -> Value:
    """A range of a dimension."""
    if value.expanded:
        raise Unmapped("its input is repeated by `expand`")
    dim %= len(value.dims)
    if (start, stop, step) == (0, value.shape[dim], 1):
        return value
    part = value.dims[dim]
    if len(part) == 1 and step == 1:
        (factor,) = part
        for index, axis in enumerate(value.axes):
            if index and len(axis) > 1 and axis[0] is factor:
                return _block(drafting, value, dim, index, start, stop)
    value, word = axis_word(drafting, value, dim)
    axis_index = 1 + words(value).index(word)
    size = len(range(start, stop, step))
    left = group(size)
    axes = [left if index == axis_index else axis for index, axis in enumerate(value.axes)]
    dims = [left if index == dim else axis for index, axis in enumerate(value.dims)]
    end = None if stop >= value.shape[dim] else stop
    return drafting.emit(
        "slice", [value], axes, dims,
        axis=None if word == "channels" else word,
        start=start or None, stop=end, step=None if step == 1 else step,
    )  # fmt: skip


def _block(drafting: Drafting, value: Value, dim: int, index: int, start: int, stop: int) -> Value:
    """A range of the outer part of an axis: a slice of the axis."""
    axis = value.axes[index]
    inner = prod(factor.size for factor in axis[1:])
    left = (*group(stop - start), *axis[1:])
    axes = [left if number == index else other for number, other in enumerate(value.axes)]
    dims = [group_of(left, axis) if number == dim else other for number, other in enumerate(value.dims)]
    word = words(value)[index - 1]
    end = stop * inner
    whole = axis[0].size * inner
    return drafting.emit(
        "slice", [value], axes, dims,
        axis=None if word == "channels" else word,
        start=start * inner or None, stop=None if end == whole else end,
    )  # fmt: skip


def group_of(left: tuple[Any, ...], axis: tuple[Any, ...]) -> tuple[Any, ...]:
    """The outer factors of `left` that are not in `axis`."""
    return left[: len(left) - (len(axis) - 1)]


def without(value: Value, dim: int) -> Value:
    """The value without a dimension of size 1."""
    return Value(value.node, value.axes, tuple(part for index, part in enumerate(value.dims) if index != dim))


@maps("getitem", views=True)
def getitem(drafting: Drafting, input: Any, index: Any) -> Seen:
    given = index if isinstance(index, list) else [index]
    if any(isinstance(item, Value | Own | list) for item in given):
        raise Unmapped("indices in a tensor or a list")
    real = sum(1 for item in given if item is not None and item is not Ellipsis)
    tensor, dim = input, 0
    for item in given:
        count = len(tensor.dims)
        if item is Ellipsis:
            dim += len(input.dims) - real
        elif item is None:
            tensor = seen_with(tensor, [*tensor.dims[:dim], (), *tensor.dims[dim:]])
            dim += 1
        elif isinstance(item, bool):
            raise Unmapped("a mask as an index")
        elif isinstance(item, int):
            size = tensor.shape[dim]
            tensor = _select(drafting, tensor, dim, item % size)
        elif isinstance(item, slice):
            if any(isinstance(part, Value | Own) for part in (item.start, item.stop, item.step)):
                raise Unmapped("a slice with a tensor as its end")
            start, stop, step = item.indices(tensor.shape[dim])
            if (start, stop, step) != (0, tensor.shape[dim], 1):
                tensor = cut(drafting, drafting.value(tensor), dim, start, stop, step)
            dim += 1
        else:
            raise Unmapped("an index of another kind")
        assert count
    return tensor  # type: ignore[no-any-return]


def _select(drafting: Drafting, tensor: Seen, dim: int, index: int) -> Seen:
    if tensor.shape[dim] == 1:
        return seen_with(tensor, [part for number, part in enumerate(tensor.dims) if number != dim])
    value = drafting.value(tensor)
    if len(value.dims) == 3 and value.rank == 1 and value.axis(dim) == 2 and not value.expanded:
        dims = [part for number, part in enumerate(value.dims) if number != dim]
        return drafting.emit("select_token", [value], value.axes[:2], dims, index=index)
    return without(cut(drafting, value, dim, index, index + 1), dim)


@maps("select")
def select(drafting: Drafting, input: Any, dim: int, index: int) -> Seen:
    value = drafting.value(input)
    dim %= len(value.dims)
    return _select(drafting, value, dim, index % value.shape[dim])


@maps("narrow")
def narrow(drafting: Drafting, input: Any, dim: int, start: int, length: int) -> Value:
    return cut(drafting, drafting.value(input), dim, start, start + length)


@maps("unbind")
def unbind(drafting: Drafting, input: Any, dim: int = 0) -> list[Seen]:
    value = drafting.value(input)
    dim %= len(value.dims)
    return [_select(drafting, value, dim, index) for index in range(value.shape[dim])]
