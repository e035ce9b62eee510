"""Attention between positions of volumes. As in `modules`, inputs and outputs have channels first."""

from collections.abc import Sequence

import torch
from torch import Tensor, fx, nn
from torch.nn import functional as F

from cnncalc.pytorch import reads
from cnncalc.pytorch.autocasting import as_multiplied

# Queries, keys and values have the numbers 0, 1 and 2: what each of one, two and three operands gives.
GIVEN = {1: ((0, 1, 2),), 2: ((0,), (1, 2)), 3: ((0,), (1,), (2,))}
LETTERS = "qkv"

# A trace takes it as it is: what it does depends on the device.
fx.wrap("as_multiplied")


class Attention(reads.OwnModule):
    """Multi-head attention of the positions of one volume to those of another, with the two products written out.

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
    ) -> None:
        super().__init__()
        self.heads, self.widths, self.scale, self.causal = heads, (key, key, value), scale, causal
        self.units, self.relative, self.given = units, relative, GIVEN[len(channels)]
        if relative is not None:
            self._add_table(relative == "offsets", *sizes)
        if units is not None:
            for entering, parts in zip(channels, self.given, strict=True):
                leaving = heads * sum(self.widths[part] for part in parts)
                self.add_module("".join(LETTERS[part] for part in parts), nn.Linear(entering, leaving, bias))
            self.proj = nn.Linear(heads * value, units, output_bias)

    def _add_table(self, signed: bool, queries: Sequence[int], keys: Sequence[int]) -> None:
        """A number for each head and each offset (or distance) of two positions, and the one of each pair."""
        index, entries = torch.zeros(1, 1, dtype=torch.long), 1
        for query, key in zip(queries, keys, strict=True):
            step = -(-key // query)
            offsets = torch.arange(query)[:, None] * step - torch.arange(key)
            number = key + (query - 1) * step * signed
            offsets = offsets + key - 1 if signed else offsets.abs()
            # The last axis changes fastest, for queries, keys and entries of the table.
            index = index[:, None, :, None] * number + offsets[None, :, None, :]
            index, entries = index.flatten(2).flatten(0, 1), entries * number
        self.relative_position_bias_table = nn.Parameter(torch.empty(entries, self.heads).normal_(std=0.02))
        self.register_buffer("relative_position_index", index.flatten())

    def forward(self, *operands: Tensor) -> Tensor:
        queries, keys, values = self._heads(operands)
        scores = torch.matmul(queries, keys.transpose(2, 3))
        if self.relative is not None:
            scores.add_(self._bias(scores))
        if self.causal:
            scores.add_(_later(scores))
        weights = F.softmax(scores, dim=3)
        del scores
        joined = _joined(torch.matmul(weights, values))
        result = joined if self.units is None else self.proj(joined)
        first = operands[0]
        return result.view(first.shape[0], *first.shape[2:], -1).movedim(-1, 1)

    def _heads(self, operands: Sequence[Tensor]) -> list[Tensor]:
        """Queries, keys and values: (images, heads, positions, width of a head), each a copy; the queries scaled."""
        heads = []
        for operand, parts in zip(operands, self.given, strict=True):
            widths = [self.heads * self.widths[part] for part in parts]
            images = operand.shape[0]
            if self.units is None:
                # The channels after the positions, each head apart; then the heads before the positions.
                moved = as_multiplied(operand).movedim(1, -1)
                split = [moved.view(*moved.shape[:-1], self.heads, -1).movedim(-2, 1)]
                del moved
            else:
                linear = self.get_submodule("".join(LETTERS[part] for part in parts))
                projected = linear(_rows(operand)).view(images, -1, sum(widths))
                split = [
                    part.view(images, part.shape[1], self.heads, -1).transpose(1, 2)
                    for part in projected.split(widths, 2)
                ]
                del projected
            for part in parts:
                # A copy even if a view is possible, so that the memory of a batch is the batch size times that of one
                # image.
                copied = split[part - parts[0]].clone(memory_format=torch.contiguous_format)
                if not part:
                    copied.mul_(self.scale)
                heads.append(copied.view(images, self.heads, -1, self.widths[part]))
                del copied
            del split
        return heads

    def _bias(self, scores: Tensor) -> Tensor:
        """The number of each pair of positions: (heads, queries, keys)."""
        bias = self.relative_position_bias_table[self.relative_position_index]
        return bias.view(*scores.shape[2:], self.heads).permute(2, 0, 1)

    def averaged(self, x: Tensor, *others: Tensor) -> Tensor:
        volumes = others or (x,)
        if self.causal:
            earlier = torch.ones(x.shape[2], x.shape[2]).tril()
            read = [reads.along(volume, 2, earlier) for volume in volumes]
        else:
            read = [volume.flatten(1).mean(1).view(-1, *(1,) * (x.dim() - 1)) for volume in volumes]
        total = sum(read, torch.zeros_like(x))
        return (total + x) / 2 if others else total

    def extra_repr(self) -> str:
        return f"heads={self.heads}, widths={self.widths}, causal={self.causal}, relative={self.relative}"


def _rows(x: Tensor) -> Tensor:
    """The channels of every position as a row of one matrix: a copy, unless they lie so in memory."""
    return as_multiplied(x).movedim(1, -1).contiguous().view(-1, x.shape[1])


def _later(scores: Tensor) -> Tensor:
    """-inf for a key at a later position than the query's, else 0."""
    return scores.new_full(scores.shape[2:], float("-inf")).triu_(1)


def _joined(heads: Tensor) -> Tensor:
    """The results of all heads at each position: (images, positions, heads * width)."""
    return heads.transpose(1, 2).clone(memory_format=torch.contiguous_format).flatten(2)
