"""What is added to the scores of attention: a table of learned numbers for relative positions, and a mask of windows.

Both are recognised by their values: what the model adds is computed again with random numbers in the table, and is
compared with what the layer would add. So no code is recognised by its name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from cnncalc.pytorch.capture.evaluating import NotEvaluated
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
class AddedTable:
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
    # What is added apart from the table.
    mask: Tensor


def table(
    drafting: "Drafting",
    added: Sequence[Added],
    images: int,
    heads: int,
    grids: Sequence[tuple[Sizes, Sizes]],
) -> tuple[tuple[Sizes, Sizes], AddedTable]:
    """The table that is added to the scores of positions of two grids, and which grids these are. Raises `Unmapped`."""
    learned = _learned(drafting, added)
    if not learned:
        raise Unmapped("a mask is added to its scores")
    entries = sum(drafting.recording.named[name].size for name in learned) // heads
    given: _Sum | None = None
    for sizes, kind in product(grids, ("offsets", "distances")):
        if not _may_be(sizes, kind, entries):
            continue
        # What is added is as large as the scores: it is computed only where it may be a table.
        given = given or _summed(drafting, added, images, 1, heads)
        if given.weight is None or given.with_zeros.any() or given.mask.any():
            raise Unmapped("a mask is added to its scores")
        try:
            with torch.random.fork_rng(devices=[]):
                own = Attention((1, 1, 1), 1, 1, 1, relative=kind, sizes=sizes)
        except (RuntimeError, ValueError):
            continue
        index = own.relative_position_index.view(*own.lengths)
        change = _change(given, index, own.relative_position_bias_table.shape[0], heads)
        if change is not None:
            return sizes, AddedTable(kind, given.weight, change, _index(drafting, added, index.numel()))
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
) -> tuple[AddedTable | None, tuple[int, int]]:
    """The table that is added in each window, and the shift of the windows that the mask is made for.

    `shifts` are those that may be. Raises `Unmapped` if anything else is added.
    """
    if not added:
        return None, (0, 0)
    windows = prod(length // step for length, step in zip(size, window, strict=True))
    given = _summed(drafting, added, images, windows, heads)
    for shift in dict.fromkeys(((0, 0), *shifts)):
        with torch.random.fork_rng(devices=[]):
            own = WindowAttention(1, 1, window, shift, size, relative=given.weight is not None)
        mask = _mask(own, size, shift)
        # The table is most often added apart from the mask, and is then zero for a table of zeros.
        if not _is_mask(given.with_zeros + given.mask if given.with_zeros.any() else given.mask, mask):
            continue
        if given.weight is None:
            return None, shift
        index = own.relative_position_index.view(mask.shape[-1], -1)
        change = _change(given, index, own.relative_position_bias_table.shape[0], heads)
        if change is not None:
            return AddedTable("offsets", given.weight, change, _index(drafting, added, index.numel())), shift
    raise Unmapped("what is added to its scores is no table of relative positions and no mask of windows")


def _mask(own: WindowAttention, size: tuple[int, int], shift: tuple[int, int]) -> Tensor:
    """Which positions are apart: (windows, 1, queries, keys)."""
    tokens = own.window[0] * own.window[1]
    if not any(shift):
        return torch.zeros(1, 1, tokens, tokens, dtype=torch.bool)
    return own._mask(size) != 0


def _is_mask(zeros: Tensor, apart: Tensor) -> bool:
    return bool(torch.where(apart, zeros <= APART, zeros == 0).all())


def _change(given: _Sum, index: Tensor, entries: int, heads: int) -> str | None:
    """How the parameter becomes the layer's table, if the entries that are added are those of `index`; else None."""
    for change, stored in (("", (entries, heads)), ("transpose", (heads, entries))):
        if given.numbers.numel() != entries * heads or _long(given.numbers.shape) != _long(stored):
            continue
        numbers = given.numbers.reshape(stored)
        numbers = numbers if not change else numbers.T
        expected = numbers[index].permute(2, 0, 1) + given.with_zeros
        if expected.shape[-3:] != given.with_numbers.shape[-3:]:
            continue
        # Numbers that are only taken from a table are exactly those.
        if torch.equal(expected, given.with_numbers) or torch.allclose(
            expected, given.with_numbers, rtol=1e-12
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


def _learned(drafting: "Drafting", added: Sequence[Added]) -> set[str]:
    """The names of the parameters that what is added is made of."""
    named = drafting.recording.named
    return {name for item in added for name in item.own.names if named[name].learned}


def _summed(drafting: "Drafting", added: Sequence[Added], images: int, windows: int, heads: int) -> _Sum:
    """The sum of all that is added. Raises `Unmapped` if it cannot be computed, or differs from image to image."""
    named = drafting.recording.named
    learned = _learned(drafting, added)
    if len(learned) > 1:
        raise Unmapped("what is added to its scores is made of several parameters")
    fixed = [item for item in added if learned.isdisjoint(item.own.names)]
    others = [item for item in added if item not in fixed]

    def total(items: Sequence[Added], values: Tensor) -> Tensor:
        parameters = dict.fromkeys(learned, values)
        terms = [_term(drafting, item, images, windows, heads, parameters) for item in items]
        return sum(terms, torch.zeros((), dtype=torch.float64))

    nothing = torch.zeros(())
    mask = total(fixed, nothing)
    if not learned:
        return _Sum(None, nothing, nothing, nothing, mask)
    (name,) = learned
    random = torch.Generator().manual_seed(0)
    numbers = torch.randn(named[name].shape, dtype=torch.float64, generator=random)
    with_zeros = total(others, torch.zeros_like(numbers))
    return _Sum(drafting.stored(name), numbers, total(others, numbers), with_zeros, mask)


def _term(
    drafting: "Drafting", item: Added, images: int, windows: int, heads: int, parameters: dict[str, Tensor]
) -> Tensor:
    """What is added to the scores of one image: (windows or 1, heads or 1, queries, keys)."""
    try:
        values = drafting.evaluating.value(item.own.number, parameters).double()
    except NotEvaluated as error:
        raise Unmapped(f"what is added to its scores cannot be computed: {error}") from error
    *outer, rows, columns = item.dims
    if prod(outer) != images * windows * heads or values.dim() > len(item.dims):
        raise Unmapped("what is added to its scores has other dimensions")
    values = values.view(*(1,) * (len(item.dims) - values.dim()), *values.shape)
    *given, _, _ = values.shape
    if outer[-1] == heads and prod(given[:-1]) == 1:
        return values.view(1, given[-1], *values.shape[-2:]).expand(-1, -1, rows, columns)
    if outer[-1] == heads and given[0] == 1 and prod(given[:-1]) == windows and outer[0] == images:
        return values.view(windows, given[-1], *values.shape[-2:]).expand(-1, -1, rows, columns)
    by_image = values.expand(*outer, rows, columns).reshape(images, windows, heads, rows, columns)
    if not bool((by_image == by_image[:1]).all()):
        raise Unmapped("what is added to its scores differs from image to image")
    return by_image[0]


__all__ = ["Added", "AddedTable", "table", "window_table"]
