"""What is added to the scores of attention: a table of learned numbers for relative positions, and a mask of windows.

Both are recognised by their values: what the model adds is computed again with random numbers in the table, and is
compared with what the layer would add. So no code is recognised by its name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from cnncalc.pytorch.capture.evaluating import NoValue
from cnncalc.pytorch.capture.mapping import Unmapped
from cnncalc.pytorch.capture.values import Own
from cnncalc.pytorch.own.attention import Attention
from cnncalc.pytorch.own.windows import WindowAttention

if TYPE_CHECKING:
    from cnncalc.pytorch.capture.drafting import Drafting

# A mask that separates positions adds this or less: their attention weights are then zero, or 10^-44.
APART = -100.0
Sizes = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Added:
    """A tensor of the model that is added to scores, which then have the dimensions `dims`."""

    own: Own
    dims: Sizes


@dataclass(frozen=True, slots=True)
class Table:
    """A learned table of relative positions: its parameter, how that becomes the layer's, the buffer of its entries."""

    kind: str
    weight: Own
    change: str
    index: Own

    @property
    def weights(self) -> dict[str, Own]:
        """The tensors by the layer's names for them."""
        return {"relative_position_bias_table": self.weight, "relative_position_index": self.index}

    @property
    def changes(self) -> dict[str, str]:
        """How they become the layer's."""
        return {"relative_position_bias_table": self.change}


@dataclass(frozen=True, slots=True)
class _Sum:
    """All that is added for one image (windows and heads, queries, keys): with a random table, and with zeros."""

    weight: Own | None
    numbers: Tensor
    with_numbers: Tensor
    with_zeros: Tensor


def table(
    drafting: "Drafting",
    added: Sequence[Added],
    images: int,
    heads: int,
    grids: Sequence[tuple[Sizes, Sizes]],
) -> tuple[tuple[Sizes, Sizes], Table]:
    """The table that is added to the scores of positions of two grids, and which grids these are. Raises `Unmapped`."""
    given = _summed(drafting, added, images)
    if given.weight is None or given.with_zeros.any():
        raise Unmapped("a mask is added to its scores")
    for sizes, kind in product(grids, ("offsets", "distances")):
        if not _may_be(sizes, kind, given.numbers.numel() // heads):
            continue
        try:
            with torch.random.fork_rng(devices=[]):
                own = Attention((1, 1, 1), 1, 1, 1, relative=kind, sizes=sizes)
        except (RuntimeError, ValueError):
            continue
        index = own.relative_position_index.view(*own.lengths)
        change = _change(given, index, own.relative_position_bias_table.shape[0], heads, given.with_numbers)
        if change is not None:
            return sizes, Table(kind, given.weight, change, _index(drafting, added, index.numel()))
    raise Unmapped("what is added to its scores is no table of relative positions")


def _may_be(sizes: tuple[Sizes, Sizes], kind: str, entries: int) -> bool:
    """Whether the table of two grids has this number of entries."""
    if len(sizes[0]) != len(sizes[1]):
        return False
    total = 1
    for query, key in zip(*sizes, strict=True):
        total *= key + (query - 1) * -(-key // query) * (kind == "offsets")
    return total == entries


def window_table(
    drafting: "Drafting",
    added: Sequence[Added],
    images: int,
    heads: int,
    window: tuple[int, int],
    size: tuple[int, int],
    shifts: Sequence[tuple[int, int]],
) -> tuple[Table | None, tuple[int, int]]:
    """The table that is added in each window, and the shift of the windows that the mask is made for.

    `shifts` are those that may be. Raises `Unmapped` if anything else is added.
    """
    if not added:
        return None, (0, 0)
    given = _summed(drafting, added, images)
    for shift in dict.fromkeys(((0, 0), *shifts)):
        with torch.random.fork_rng(devices=[]):
            own = WindowAttention(1, 1, window, shift, size, relative=given.weight is not None)
        mask = _mask(own, size, shift)
        count = given.with_zeros.shape[0] // heads
        mask = mask.expand(count, 1, *mask.shape[2:]) if mask.shape[0] == 1 else mask
        if mask.shape[0] != count:
            continue
        zeros = given.with_zeros.view(count, heads, *given.with_zeros.shape[1:])
        if not _is_mask(zeros, mask):
            continue
        if given.weight is None:
            return None, shift
        index = own.relative_position_index.view(mask.shape[-1], -1)
        change = _change(
            given,
            index,
            own.relative_position_bias_table.shape[0],
            heads,
            given.with_numbers.view_as(zeros),
            zeros,
        )
        if change is not None:
            return Table("offsets", given.weight, change, _index(drafting, added, index.numel())), shift
    raise Unmapped("what is added to its scores is no table of relative positions and no mask of windows")


def _mask(own: WindowAttention, size: tuple[int, int], shift: tuple[int, int]) -> Tensor:
    """Which positions are apart: (windows, 1, queries, keys)."""
    tokens = own.window[0] * own.window[1]
    if not any(shift):
        return torch.zeros(1, 1, tokens, tokens, dtype=torch.bool)
    return own._mask(size) != 0


def _is_mask(zeros: Tensor, apart: Tensor) -> bool:
    apart = apart.expand_as(zeros)
    return not zeros[~apart].any() and bool((zeros[apart] <= APART).all())


def _change(
    given: _Sum, index: Tensor, entries: int, heads: int, summed: Tensor, mask: Tensor | None = None
) -> str | None:
    """How the parameter becomes the layer's table, if the entries that are added are those of `index`; else None."""
    for change, stored in (("", (entries, heads)), ("transpose", (heads, entries))):
        if given.numbers.numel() != entries * heads or _long(given.numbers.shape) != _long(stored):
            continue
        numbers = given.numbers.reshape(stored)
        numbers = numbers if not change else numbers.T
        expected = numbers[index].permute(2, 0, 1)
        if mask is not None:
            expected = expected + mask
        if expected.shape == summed.shape[-expected.dim() :] and torch.allclose(
            expected.expand_as(summed), summed, rtol=1e-12
        ):
            return change
    return None


def _long(sizes: Sequence[int]) -> list[int]:
    return [size for size in sizes if size > 1]


def _index(drafting: "Drafting", added: Sequence[Added], pairs: int) -> Own:
    """The buffer that says which entry each pair of positions has."""
    for name in dict.fromkeys(name for item in added for name in item.own.names):
        stored = drafting.recording.named[name]
        is_whole = not drafting.recording.values[name].is_floating_point() if not stored.learned else False
        if stored.size == pairs and is_whole:
            return drafting.stored(name)
    raise Unmapped("the entries of its table are no buffer")


def _summed(drafting: "Drafting", added: Sequence[Added], images: int) -> _Sum:
    """The sum of all that is added. Raises `Unmapped` if it cannot be computed, or differs from image to image."""
    learned = {name for item in added for name in item.own.names if drafting.recording.named[name].learned}
    if len(learned) > 1:
        raise Unmapped("what is added to its scores is made of several parameters")
    weight, numbers = None, torch.zeros(0)
    for name in learned:
        stored = drafting.recording.named[name]
        weight = drafting.stored(name)
        random = torch.Generator().manual_seed(0)
        numbers = torch.rand(stored.shape, dtype=torch.float64, generator=random) + 1
    sums = [
        _of_one_image(drafting, added, images, dict.fromkeys(learned, values))
        for values in ((numbers, torch.zeros_like(numbers)) if learned else (numbers,))
    ]
    return _Sum(weight, numbers, sums[0], sums[-1])


def _of_one_image(
    drafting: "Drafting", added: Sequence[Added], images: int, parameters: dict[str, Tensor]
) -> Tensor:
    total: Tensor | None = None
    for item in added:
        try:
            values = drafting.evaluating.value(item.own.number, parameters).double()
        except NoValue as error:
            raise Unmapped(f"what is added to its scores cannot be computed: {error}") from error
        *outer, rows, columns = item.dims
        values = values.view(*(1,) * (len(item.dims) - values.dim()), *values.shape)
        # A dimension of size 1 is the same for all images, so that those of one of them are enough.
        if outer and values.shape[0] == 1 and outer[0] % images == 0:
            outer[0] //= images
            whole = values.expand(*outer, rows, columns).reshape(-1, rows, columns)
        else:
            by_image = values.expand(*outer, rows, columns).reshape(images, -1, rows, columns)
            if not bool((by_image == by_image[:1]).all()):
                raise Unmapped("what is added to its scores differs from image to image")
            whole = by_image[0]
        total = whole if total is None else total + whole
    assert total is not None
    return total


__all__ = ["Added", "Table", "table", "window_table"]
