"""What only moves values: reshapes, permutations, slices, joins."""

from collections.abc import Sequence
from math import prod
from typing import Any

from cnncalc.pytorch.capture.arranging import standard
from cnncalc.pytorch.capture.attending import Scores
from cnncalc.pytorch.capture.axis_words import axis_word, words
from cnncalc.pytorch.capture.drafting import Drafting, Seen, with_view
from cnncalc.pytorch.capture.learned import learned, order_of
from cnncalc.pytorch.capture.mapping import Unmapped, maps
from cnncalc.pytorch.capture.values import Own, Value, group, size_of


def numbers(given: Sequence[Any]) -> list[int]:
    """Sizes that are given one by one, or as a list."""
    collected = list(given[0]) if len(given) == 1 and isinstance(given[0], list | tuple) else list(given)
    if not all(isinstance(size, int) for size in collected):
        raise Unmapped("its sizes are tensors")
    return collected


@maps("reshape", "view", views=True, pending=True)
def reshape(drafting: Drafting, input: Any, *shape: Any, **keywords: Any) -> Seen | Scores:
    given = shape or tuple(keywords.values())
    if given and not isinstance(given[0], int | list | tuple):
        raise Unmapped("a view of another type")
    sizes = numbers(given)
    if -1 in sizes:
        sizes[sizes.index(-1)] = prod(input.shape) // -prod(sizes)
    if isinstance(input, Scores) and (scores := input.seen_as(sizes)) is not None:
        return scores
    return drafting.reshape(drafting.settled(input), sizes)


@maps("view_as", "reshape_as", views=True)
def reshape_as(drafting: Drafting, input: Any, other: Any) -> Seen:
    return drafting.reshape(input, other.shape)


@maps("flatten", views=True)
def flatten(drafting: Drafting, input: Any, start_dim: int = 0, end_dim: int = -1) -> Seen:
    count = len(input.shape)
    if not count:
        return drafting.reshape(input, [1])
    start, end = start_dim % count, end_dim % count
    shape = input.shape
    return drafting.reshape(input, [*shape[:start], prod(shape[start : end + 1]), *shape[end + 1 :]])


@maps("unflatten", views=True)
def unflatten(drafting: Drafting, input: Any, dim: int, sizes: Any) -> Seen:
    dim %= len(input.shape)
    parts = list(sizes)
    if -1 in parts:
        parts[parts.index(-1)] = input.shape[dim] // -prod(parts)
    return drafting.reshape(input, [*input.shape[:dim], *parts, *input.shape[dim + 1 :]])


@maps("unsqueeze", views=True)
def unsqueeze(drafting: Drafting, input: Any, dim: int) -> Seen:
    dim %= len(input.shape) + 1
    return _seen(input, [*input.dims[:dim], (), *input.dims[dim:]])


@maps("squeeze", views=True)
def squeeze(drafting: Drafting, input: Any, dim: Any = None) -> Seen:
    count = len(input.shape)
    asked = (
        range(count) if dim is None else [item % count for item in ([dim] if isinstance(dim, int) else dim)]
    )
    gone = {index for index in asked if input.shape[index] == 1}
    return _seen(input, [part for index, part in enumerate(input.dims) if index not in gone])


def _seen(tensor: Seen, dims: Sequence[Any]) -> Seen:
    if tensor.expanded:
        raise Unmapped("its input is repeated by `expand`")
    return with_view(tensor, tensor.axes, dims)


@maps("permute", views=True)
def permute(drafting: Drafting, input: Any, *dims: Any) -> Seen:
    return _seen(input, [input.dims[dim] for dim in numbers(dims)])


@maps("transpose", "swapaxes", "swapdims", views=True, pending=True)
def transpose(drafting: Drafting, input: Any, dim0: int, dim1: int) -> Seen | Scores:
    if isinstance(input, Scores) and input.weights:
        count = len(input.shape)
        if {dim0 % count, dim1 % count} == {count - 2, count - 1}:
            return input.transposed()
    input = drafting.settled(input)
    dims = list(input.dims)
    dims[dim0], dims[dim1] = dims[dim1], dims[dim0]
    return _seen(input, dims)


@maps("t", "T", "mT", views=True)
def turned(drafting: Drafting, input: Any) -> Seen:
    if len(input.dims) < 2:
        return with_view(input, input.axes, input.dims)
    return _seen(input, [*input.dims[:-2], input.dims[-1], input.dims[-2]])


@maps("movedim", "moveaxis", views=True)
def movedim(drafting: Drafting, input: Any, source: Any, destination: Any) -> Seen:
    count = len(input.dims)
    sources = [item % count for item in ([source] if isinstance(source, int) else source)]
    places = [item % count for item in ([destination] if isinstance(destination, int) else destination)]
    left = iter([index for index in range(count) if index not in sources])
    moved = dict(zip(places, sources, strict=True))
    return _seen(
        input, [input.dims[moved[index] if index in moved else next(left)] for index in range(count)]
    )


@maps(
    "contiguous",
    "clone",
    "detach",
    "float",
    "double",
    "type_as",
    "to",
    "type",
    "alias",
    "identity",
    "cuda",
    "cpu",
    "requires_grad",
    "data",
    views=True,
)
def same(drafting: Drafting, input: Any, *arguments: Any, **keywords: Any) -> Seen:
    """The same values."""
    if isinstance(input, Value):
        return Value(input.node, input.axes, input.dims, input.expanded)
    return input  # type: ignore[no-any-return]


@maps("expand", views=True)
def expand(drafting: Drafting, input: Any, *sizes: Any) -> Seen:
    return _expanded(input, numbers(sizes))


@maps("expand_as", views=True)
def expand_as(drafting: Drafting, input: Any, other: Any) -> Seen:
    return _expanded(input, other.shape)


@maps("broadcast_to", views=True)
def broadcast_to(drafting: Drafting, input: Any, size: Any) -> Seen:
    return _expanded(input, size)


def _expanded(tensor: Seen, sizes: Sequence[int]) -> Seen:
    more = len(sizes) - len(tensor.dims)
    dims = ((),) * more + tensor.dims
    before = (1,) * more + tensor.shape
    after = [old if size == -1 else size for old, size in zip(before, sizes, strict=True)]
    repeated = tuple(
        (index, size) for index, (old, size) in enumerate(zip(before, after, strict=True)) if old != size
    )
    kept = tuple((index + more, size) for index, size in tensor.expanded)
    if isinstance(tensor, Value):
        return Value(tensor.node, tensor.axes, dims, (*kept, *repeated))
    seen = with_view(tensor, tensor.axes, dims)
    assert isinstance(seen, Own)
    return Own(
        tuple(after), seen.names, seen.learned, seen.plain, seen.stored, seen.axes, dims, seen.function,
        seen.arguments, (*kept, *repeated), seen.foreign,
    )  # fmt: skip


@maps("repeat", "tile")
def repeat(drafting: Drafting, input: Any, *sizes: Any) -> Value:
    value = drafting.value(input)
    times = numbers(sizes)
    if len(times) < len(value.dims):
        times = [1] * (len(value.dims) - len(times)) + times
    if len(times) > len(value.dims):
        raise Unmapped("it adds a dimension")
    which = [index for index, count in enumerate(times) if count > 1]
    if not which:
        return value
    counts = {times[index] for index in which}
    if len(counts) > 1:
        raise Unmapped("it repeats its dimensions by different numbers")
    if any(not value.dims[index] for index in which):
        value = standard(drafting, value)
    named = []
    axes, dims = list(value.axes), list(value.dims)
    for index in which:
        value, word = axis_word(drafting, value, index)
        axis = 1 + words(value).index(word)
        axes[axis] = dims[index] = group(times[index] * value.shape[index])
        named.append(word)
    return drafting.emit(
        "tile", [value], axes, dims, times=counts.pop(), over=named[0] if len(named) == 1 else named
    )


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
            tensor = _seen(tensor, [*tensor.dims[:dim], (), *tensor.dims[dim:]])
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
        return _seen(tensor, [part for number, part in enumerate(tensor.dims) if number != dim])
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


@maps("split", "split_with_sizes")
def split(drafting: Drafting, tensor: Any, split_size_or_sections: Any, dim: int = 0) -> list[Value]:
    value = drafting.value(tensor)
    whole = value.shape[dim]
    if isinstance(split_size_or_sections, int):
        step = split_size_or_sections
        sizes = [min(step, whole - start) for start in range(0, whole, step)]
    else:
        sizes = list(split_size_or_sections)
    return _pieces(drafting, value, dim, sizes)


@maps("chunk")
def chunk(drafting: Drafting, input: Any, chunks: int, dim: int = 0) -> list[Value]:
    value = drafting.value(input)
    whole = value.shape[dim]
    step = -(-whole // chunks)
    return _pieces(drafting, value, dim, [min(step, whole - start) for start in range(0, whole, step)])


@maps("tensor_split")
def tensor_split(drafting: Drafting, input: Any, indices_or_sections: Any, dim: int = 0) -> list[Value]:
    value = drafting.value(input)
    whole = value.shape[dim]
    if isinstance(indices_or_sections, int):
        small, more = divmod(whole, indices_or_sections)
        sizes = [small + (index < more) for index in range(indices_or_sections)]
    else:
        ends = [*indices_or_sections, whole]
        sizes = [end - start for start, end in zip([0, *ends[:-1]], ends, strict=True)]
    return _pieces(drafting, value, dim, sizes)


def _pieces(drafting: Drafting, value: Value, dim: int, sizes: Sequence[int]) -> list[Value]:
    dim %= len(value.dims)
    if not all(sizes):
        raise Unmapped("one of its parts is empty")
    if len(set(sizes)) == 1 and len(sizes) > 1 and value.dims[dim] == value.axes[1] and not value.expanded:
        return [_chunk(drafting, value, dim, len(sizes), index) for index in range(len(sizes))]
    start, result = 0, []
    for size in sizes:
        result.append(cut(drafting, value, dim, start, start + size))
        start += size
    return result


def _chunk(drafting: Drafting, value: Value, dim: int, count: int, index: int) -> Value:
    part = group(value.shape[dim] // count)
    axes = (value.axes[0], part, *value.axes[2:])
    dims = [part if number == dim else other for number, other in enumerate(value.dims)]
    return drafting.emit("chunk", [value], axes, dims, of=count, index=index)


@maps("unbind")
def unbind(drafting: Drafting, input: Any, dim: int = 0) -> list[Seen]:
    value = drafting.value(input)
    dim %= len(value.dims)
    return [_select(drafting, value, dim, index) for index in range(value.shape[dim])]


@maps("stack")
def stack(drafting: Drafting, tensors: Any, dim: int = 0) -> Value:
    """Values side by side along a new spatial axis."""
    values = [drafting.in_order(drafting.value(tensor, "an operand")) for tensor in tensors]
    count = len(values[0].dims)
    dim %= count + 1
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
