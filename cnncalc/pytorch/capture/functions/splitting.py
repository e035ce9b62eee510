"""A dimension divided into several parts."""

from collections.abc import Sequence
from typing import Any

from cnncalc.pytorch.capture.drafting import Drafting
from cnncalc.pytorch.capture.functions.slicing import cut
from cnncalc.pytorch.capture.mapping import Unmapped, maps
from cnncalc.pytorch.capture.values import Value, group


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
