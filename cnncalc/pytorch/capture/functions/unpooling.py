"""Max pools that give the indices of their values, and the unpooling that reads these."""

from dataclasses import dataclass
from typing import Any

from cnncalc.pytorch.capture.drafting import Drafting, Tensor
from cnncalc.pytorch.capture.functions.pools import windowed_pool
from cnncalc.pytorch.capture.mapping import Unmapped, maps
from cnncalc.pytorch.capture.values import Pending, Value, group
from cnncalc.pytorch.capture.windows import per_axis


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Indices(Pending):
    """The indices of a pool's values in what it has read, whose spatial sizes are `read`."""

    pool: Value
    read: tuple[int, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        return self.pool.shape

    def settle(self, drafting: Drafting) -> Value:
        """For all but an unpooling they are numbers that no layer gives."""
        return drafting.unknown("indices", [self.pool], self.shape, (), "where a max pool found its values")


def _with_indices(rank: int) -> None:
    @maps(f"max_pool{rank}d_with_indices", pending=True)
    def max_pool(
        drafting: Drafting,
        input: Any,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        dilation: Any = 1,
        ceil_mode: bool = False,
        return_indices: bool = False,
    ) -> list[Tensor]:
        # Indices are positions in what it reads: padding before it is a layer of its own.
        value = drafting.in_order(drafting.value(drafting.settled(input)))
        pool = windowed_pool(
            drafting, "maxpool", value, rank, kernel_size, stride, padding, ceil_mode, dilation
        )
        indices = Indices(scopes=drafting.scopes, place=drafting.place, pool=pool, read=value.shape[2:])
        return [pool, indices]

    @maps(f"max_unpool{rank}d", pending=True)
    def max_unpool(
        drafting: Drafting,
        input: Any,
        indices: Any,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        output_size: Any = None,
    ) -> Value:
        """The layer gives the size that its pool has read, whatever its windows are."""
        if not isinstance(indices, Indices):
            raise Unmapped("its indices are not those of a max pool")
        value = drafting.in_order(drafting.value(drafting.settled(input)))
        if _sizes(value, rank, kernel_size, stride, padding, output_size) != indices.read:
            raise Unmapped("its output has another size than what its pool has read")
        axes = (*value.axes[:2], *map(group, indices.read))
        return drafting.emit("maxunpool", [value, indices.pool], axes)


def _sizes(
    value: Value, rank: int, kernel_size: Any, stride: Any, padding: Any, output_size: Any
) -> tuple[int, ...]:
    """The spatial sizes of an unpooling's output."""
    if output_size is not None:
        return tuple(output_size)[-rank:]
    kernel = per_axis(kernel_size, rank)
    strides = kernel if stride is None or stride == [] else per_axis(stride, rank)
    pads = per_axis(padding, rank)
    return tuple(
        (size - 1) * step - 2 * pad + window
        for size, window, step, pad in zip(value.shape[2:], kernel, strides, pads, strict=True)
    )


for _rank in (1, 2, 3):
    _with_indices(_rank)
