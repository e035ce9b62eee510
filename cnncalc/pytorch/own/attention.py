"""Attention between positions of volumes. As in `modules`, inputs and outputs have channels first."""

from collections.abc import Sequence
from math import prod
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.nn import functional as F

from cnncalc.pytorch import reads
from cnncalc.pytorch.own.autocasting import as_multiplied

# Queries, keys and values have the numbers 0, 1 and 2: what each of one, two and three operands gives.
GIVEN = {1: ((0, 1, 2),), 2: ((0,), (1, 2)), 3: ((0,), (1,), (2,))}


class Attention(reads.OwnModule):
    """Multi-head attention of the positions of one volume to those of another.

    It is one function of PyTorch, or, if not `fused`, the two products are written out.

    `channels` are those of the operands: queries, keys and values; or queries, and what gives both keys and values; or
    one volume that gives all three. `units` None leaves out all linear layers. `relative` is `offsets` or `distances`,
    for volumes of two `sizes`: those of the queries and of the keys.
    """

    relative_position_index: Tensor

    def __init__(
        self,
        channels: Sequence[int],
        heads: int,
        key: int,
        value: int,
        units: int | None = None,
        bias: bool = True,
        output_bias: bool = True,
        scale: float = 1.0,
        causal: bool = False,
        relative: str | None = None,
        sizes: Sequence[Sequence[int]] = (),
        learned: Sequence[int] = (),
        fused: bool = True,
    ) -> None:
        super().__init__()
        self.learned, self.fused = tuple(learned), fused
        self.heads, self.widths, self.scale, self.causal = (
            heads,
            (key, key, value),
            scale,
            causal,
        )
        self.units, self.relative, self.given = units, relative, GIVEN[len(channels)]
        if relative is not None:
            self._add_table(relative == "offsets", *sizes)
        if units is not None:
            for entering, parts in zip(channels, self.given, strict=True):
                leaving = heads * sum(self.widths[part] for part in parts)
                self.add_module(_name(parts), nn.Linear(entering, leaving, bias))
            self.proj = nn.Linear(heads * value, units, output_bias)

    def _add_table(
        self, signed: bool, queries: Sequence[int], keys: Sequence[int]
    ) -> None:
        """A number for each head and each offset (or distance) of two positions, and the one of each pair."""
        self.lengths = prod(queries), prod(keys)
        index, entries = torch.zeros(1, 1, dtype=torch.long), 1
        for query, key in zip(queries, keys, strict=True):
            step = -(-key // query)
            offsets = torch.arange(query)[:, None] * step - torch.arange(key)
            number = key + (query - 1) * step * signed
            offsets = offsets + key - 1 if signed else offsets.abs()
            # The last axis changes fastest, for queries, keys and entries of the table.
            index = index[:, None, :, None] * number + offsets[None, :, None, :]
            index, entries = index.flatten(2).flatten(0, 1), entries * number
        self.relative_position_bias_table = nn.Parameter(
            torch.empty(entries, self.heads).normal_(std=0.02)
        )
        self.register_buffer("relative_position_index", index.flatten())

    def forward(self, *operands: Tensor) -> Tensor:
        linear = [(module.weight, module.bias) for module in self._linear]
        # A trace has the products written out: strides are values to it.
        first: Any = operands[0]
        if self.fused and not isinstance(first, fx.Proxy):
            joined = self._attended(
                *_views(
                    operands, linear, self.given, self.heads, self.widths, self.learned
                )
            )
            joined = joined if self.units is None else self.proj(joined)
            return _volume(joined, operands[0], has_batch=0 not in self.learned)
        queries, keys, values = _heads(
            operands,
            linear,
            self.given,
            self.heads,
            self.widths,
            self.scale,
            self.learned,
        )
        scores = torch.matmul(queries, keys.transpose(2, 3))
        if self.relative is not None:
            bias = self.relative_position_bias_table[self.relative_position_index]
            scores.add_(bias.view(*self.lengths, self.heads).permute(2, 0, 1))
            del bias
        if self.causal:
            scores.add_(_later(scores))
        weights = F.softmax(scores, dim=3)
        del scores
        joined = _joined(torch.matmul(weights, values))
        joined = joined if self.units is None else self.proj(joined)
        return _volume(joined, operands[0], has_batch=0 not in self.learned)

    def _attended(self, queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        """The result of all heads at each position: (images, positions, heads * width)."""
        heads = F.scaled_dot_product_attention(
            queries,
            keys,
            values,
            None if self.relative is None else self._mask(),
            is_causal=self.causal and self.relative is None,
            scale=self.scale,
        )
        return heads.transpose(1, 2).contiguous().flatten(2)

    def _mask(self) -> Tensor:
        """What is added to the scores: (1, heads, queries, keys)."""
        bias = self.relative_position_bias_table[self.relative_position_index]
        # The kernels read the numbers of a query one after another.
        mask = bias.view(*self.lengths, self.heads).permute(2, 0, 1).contiguous()[None]
        del bias
        return mask + _later(mask[0]) if self.causal else mask

    @property
    def _linear(self) -> list[nn.Linear]:
        """The linear layers of the operands: none without projections."""
        return (
            []
            if self.units is None
            else [getattr(self, _name(parts)) for parts in self.given]
        )

    def averaged(self, x: Tensor, *others: Tensor) -> Tensor:
        volumes = others or (x,)
        if self.causal:
            earlier = torch.ones(x.shape[2], x.shape[2]).tril()
            read = [reads.along(volume, 2, earlier) for volume in volumes]
        else:
            read = [
                volume.flatten(1).mean(1).view(-1, *(1,) * (x.dim() - 1))
                for volume in volumes
            ]
        total = sum(read, torch.zeros_like(x))
        return (total + x) / 2 if others else total

    def extra_repr(self) -> str:
        return f"heads={self.heads}, widths={self.widths}, causal={self.causal}, relative={self.relative}"


def _name(parts: Sequence[int]) -> str:
    """The name of a linear layer: `qkv`, `q`, `kv` ..."""
    return "".join("qkv"[part] for part in parts)


@fx.wrap
def _heads(
    operands: Sequence[Tensor],
    linear: Sequence[tuple[Tensor, Tensor | None]],
    given: Sequence[Sequence[int]],
    heads: int,
    widths: Sequence[int],
    scale: float,
    learned: Sequence[int],
) -> list[Tensor]:
    """Queries, keys and values: (images, heads, positions, width of a head), each a copy; the queries scaled.

    `linear` has the weight and the bias for each operand, or nothing: the channels of operands are then those of heads.
    Operands in `learned` (by number) have no batch.
    """
    result = []
    images = next(
        operand.shape[0]
        for which, operand in enumerate(operands)
        if which not in learned
    )
    for which, (operand, parts) in enumerate(zip(operands, given, strict=True)):
        wide = [widths[part] for part in parts]
        if which in learned:
            # A view for each image; the linear layer reads a copy of it.
            operand = as_multiplied(operand).expand(images, *operand.shape)
        if linear:
            projected = F.linear(_rows(operand), *linear[which]).view(
                images, -1, heads * sum(wide)
            )
            split = [
                part.view(images, part.shape[1], heads, -1).transpose(1, 2)
                for part in torch.split(projected, [heads * width for width in wide], 2)
            ]
            del projected
        else:
            # The channels after the positions, each head apart; then the heads before the positions.
            moved = as_multiplied(operand).movedim(1, -1)
            split = [moved.view(*moved.shape[:-1], heads, -1).movedim(-2, 1)]
            del moved
        for part in parts:
            # A copy even if a view is possible, so that the memory of a batch is the batch size times that of one
            # image.
            copied = split[part - parts[0]].clone(memory_format=torch.contiguous_format)
            if not part:
                copied.mul_(scale)
            result.append(copied.view(images, heads, -1, widths[part]))
            del copied
        del split
    return result


@fx.wrap
def _views(
    operands: Sequence[Tensor],
    linear: Sequence[tuple[Tensor, Tensor | None]],
    given: Sequence[Sequence[int]],
    heads: int,
    widths: Sequence[int],
    learned: Sequence[int],
) -> list[Tensor]:
    """The same for the function, without a copy where a view is possible: it multiplies with the scale itself."""
    result = []
    images = next(
        operand.shape[0]
        for which, operand in enumerate(operands)
        if which not in learned
    )
    for which, (operand, parts) in enumerate(zip(operands, given, strict=True)):
        wide = [widths[part] for part in parts]
        if which in learned:
            operand = as_multiplied(operand).expand(images, *operand.shape)
        if linear:
            projected = F.linear(_rows(operand), *linear[which]).view(
                images, -1, heads * sum(wide)
            )
            split = torch.split(projected, [heads * width for width in wide], 2)
            del projected
        else:
            split = (as_multiplied(operand).movedim(1, -1),)
        for part, width in zip(split, wide, strict=True):
            apart = (
                part.reshape(images, -1, heads, width)
                if width > 1
                else part.reshape(images, -1, heads).unsqueeze(-1)
            ).transpose(1, 2)
            # The kernels read the values of each head one after another.
            result.append(
                apart
                if apart.stride(-1) == 1
                else apart.clone(memory_format=torch.contiguous_format)
            )
            del part, apart
        del split, operand
    return result


def _rows(x: Tensor) -> Tensor:
    """The channels of every position as a row of one matrix: a copy, unless they lie so in memory."""
    return as_multiplied(x).movedim(1, -1).contiguous().view(-1, x.shape[1])


@fx.wrap
def _later(scores: Tensor) -> Tensor:
    """-inf for a key at a later position than the query's, else 0; of the last two dimensions."""
    return scores.new_full(scores.shape[-2:], float("-inf")).triu_(1)


@fx.wrap
def _volume(rows: Tensor, x: Tensor, has_batch: bool) -> Tensor:
    """The channels of positions in a row as a volume with the axes of `x`."""
    return rows.view(rows.shape[0], *x.shape[1 + has_batch :], -1).movedim(-1, 1)


def _joined(heads: Tensor) -> Tensor:
    """The results of all heads at each position: (images, positions, heads * width)."""
    return heads.transpose(1, 2).clone(memory_format=torch.contiguous_format).flatten(2)
