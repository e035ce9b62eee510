"""Reshapes and permutations, which move no value."""

from collections.abc import Sequence
from math import prod
from typing import Any

from cnncalc.pytorch.capture.drafting import Drafting, Seen, with_view
from cnncalc.pytorch.capture.mapping import Unmapped, maps
from cnncalc.pytorch.capture.scores import Scores


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
    return seen_with(input, [*input.dims[:dim], (), *input.dims[dim:]])


@maps("squeeze", views=True)
def squeeze(drafting: Drafting, input: Any, dim: Any = None) -> Seen:
    count = len(input.shape)
    asked = (
        range(count) if dim is None else [item % count for item in ([dim] if isinstance(dim, int) else dim)]
    )
    gone = {index for index in asked if input.shape[index] == 1}
    return seen_with(input, [part for index, part in enumerate(input.dims) if index not in gone])


def seen_with(tensor: Seen, dims: Sequence[Any]) -> Seen:
    """The same values with these dimensions."""
    if tensor.expanded:
        raise Unmapped("its input is repeated by `expand`")
    return with_view(tensor, tensor.axes, dims)


@maps("permute", views=True)
def permute(drafting: Drafting, input: Any, *dims: Any) -> Seen:
    return seen_with(input, [input.dims[dim] for dim in numbers(dims)])


@maps("transpose", "swapaxes", "swapdims", views=True, pending=True)
def transpose(drafting: Drafting, input: Any, dim0: int, dim1: int) -> Seen | Scores:
    if isinstance(input, Scores) and input.weights:
        count = len(input.shape)
        if {dim0 % count, dim1 % count} == {count - 2, count - 1}:
            return input.transposed()
    input = drafting.settled(input)
    dims = list(input.dims)
    dims[dim0], dims[dim1] = dims[dim1], dims[dim0]
    return seen_with(input, dims)


@maps("t", "T", "mT", views=True)
def turned(drafting: Drafting, input: Any) -> Seen:
    if len(input.dims) < 2:
        return with_view(input, input.axes, input.dims)
    return seen_with(input, [*input.dims[:-2], input.dims[-1], input.dims[-2]])


@maps("movedim", "moveaxis", views=True)
def movedim(drafting: Drafting, input: Any, source: Any, destination: Any) -> Seen:
    count = len(input.dims)
    sources = [item % count for item in ([source] if isinstance(source, int) else source)]
    places = [item % count for item in ([destination] if isinstance(destination, int) else destination)]
    left = iter([index for index in range(count) if index not in sources])
    moved = dict(zip(places, sources, strict=True))
    return seen_with(
        input, [input.dims[moved[index] if index in moved else next(left)] for index in range(count)]
    )
