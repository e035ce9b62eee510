"""The same values, or values that are repeated along a dimension."""

from collections.abc import Sequence
from typing import Any

from cnncalc.pytorch.capture.arranging import standard
from cnncalc.pytorch.capture.axis_words import axis_word, words
from cnncalc.pytorch.capture.drafting import Drafting, Seen, with_view
from cnncalc.pytorch.capture.functions.reshaping import numbers
from cnncalc.pytorch.capture.mapping import Unmapped, maps
from cnncalc.pytorch.capture.values import Own, Value, group


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
