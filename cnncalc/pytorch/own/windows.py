"""Modules of Swin transformers, over windows of positions. As in `modules`, inputs and outputs have channels first."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cnncalc.pytorch.reads import OwnModule, along


class PatchMerging(OwnModule):
    """Joins the channels of every square of 2x2 positions, column by column; `padding` is zeros after each axis."""

    def __init__(self, padding: Sequence[int] = (0, 0)) -> None:
        super().__init__()
        self.padding = tuple(padding)

    def forward(self, x: Tensor) -> Tensor:
        x = x.movedim(1, -1)
        if any(self.padding):
            rows, columns = self.padding
            x = F.pad(x, (0, 0, 0, columns, 0, rows))
        batch, height, width, channels = x.shape
        squares = x.view(batch, height // 2, 2, width // 2, 2, channels).permute(
            0, 1, 3, 4, 2, 5
        )
        return squares.flatten(3).movedim(-1, 1)

    def averaged(self, x: Tensor, *others: Tensor) -> Tensor:
        rows, columns = self.padding
        return F.avg_pool2d(F.pad(x, (0, columns, 0, rows)), 2)

    def extra_repr(self) -> str:
        return f"padding={self.padding}"


class WindowAttention(OwnModule):
    """Multi-head attention of positions within windows, for volumes of one size, with torchvision's parameters.

    With `grid` the positions of a window are spread evenly over the volume. Without `relative` there is no table.
    """

    relative_position_index: Tensor

    def __init__(
        self,
        channels: int,
        heads: int,
        window: Sequence[int],
        shift: Sequence[int],
        size: Sequence[int],
        grid: bool = False,
        relative: bool = True,
    ) -> None:
        super().__init__()
        self.heads, self.window, self.shift, self.size = (
            heads,
            tuple(window),
            tuple(shift),
            tuple(size),
        )
        self.counts = tuple(
            -(-length // step) for length, step in zip(size, window, strict=True)
        )
        self.grid, self.relative = grid, relative
        if relative:
            self._add_table(heads, window)
        self.qkv = nn.Linear(channels, 3 * channels)
        self.proj = nn.Linear(channels, channels)

    def _add_table(self, heads: int, window: Sequence[int]) -> None:
        """A number for each head and each offset between two positions of a window, and the one of each pair."""
        distances = (2 * window[0] - 1) * (2 * window[1] - 1)
        # torchvision cuts this distribution at 2, a hundred standard deviations away: this never happens.
        self.relative_position_bias_table = nn.Parameter(
            torch.empty(distances, heads).normal_(std=0.02)
        )
        rows = torch.arange(window[0]).repeat_interleave(window[1])
        columns = torch.arange(window[1]).repeat(window[0])
        # The relative position of each pair in a window: rows and columns, counted from the largest distance.
        up = rows[:, None] - rows + window[0] - 1
        left = columns[:, None] - columns + window[1] - 1
        self.register_buffer(
            "relative_position_index", (up * (2 * window[1] - 1) + left).flatten()
        )

    def forward(self, x: Tensor) -> Tensor:
        batch, channels, tokens = (
            x.shape[0],
            x.shape[1],
            self.window[0] * self.window[1],
        )
        padded = tuple(
            count * step for count, step in zip(self.counts, self.window, strict=True)
        )
        mask = self._mask(padded) if any(self.shift) else None
        x = x.movedim(1, -1)
        # As torchvision does: this copies even where it adds nothing.
        x = F.pad(x, (0, 0, 0, padded[1] - self.size[1], 0, padded[0] - self.size[0]))
        # Axis by axis: a roll of two axes at once allocates a hidden tensor between them.
        for axis, shift in enumerate(self.shift, 1):
            if shift:
                x = x.roll(-shift, axis)
        (rows, height), (columns, width) = zip(self.counts, self.window, strict=True)
        # Copies even if views are possible, so that the memory of a batch is the batch size times that of one image.
        if self.grid:
            x = x.view(batch, height, rows, width, columns, channels).permute(
                0, 2, 4, 1, 3, 5
            )
        else:
            x = x.view(batch, rows, height, columns, width, channels).transpose(2, 3)
        x = x.clone(memory_format=torch.contiguous_format)
        windows = x.view(-1, tokens, channels)
        projected = (
            self.qkv(windows)
            .view(-1, tokens, 3, self.heads, channels // self.heads)
            .permute(2, 0, 3, 1, 4)
        )
        query, key, value = projected[0], projected[1], projected[2]
        query = query * (channels // self.heads) ** -0.5
        shares = torch.matmul(query, key.transpose(2, 3)).view(
            batch, -1, self.heads, tokens, tokens
        )
        if self.relative:
            bias = self.relative_position_bias_table[self.relative_position_index]
            shares = shares + bias.view(tokens, tokens, self.heads).permute(2, 0, 1)
        if mask is not None:
            shares = shares + mask
        shares = shares.softmax(dim=-1)
        x = (
            torch.matmul(shares.view(-1, self.heads, tokens, tokens), value)
            .transpose(1, 2)
            .contiguous()
            .view(-1, tokens, channels)
        )
        del windows
        x = self.proj(x).view(batch, rows, columns, height, width, channels)
        x = x.permute(0, 3, 1, 4, 2, 5) if self.grid else x.transpose(2, 3)
        x = x.clone(memory_format=torch.contiguous_format).view(
            batch, *padded, channels
        )
        for axis, shift in enumerate(self.shift, 1):
            if shift:
                x = x.roll(shift, axis)
        if padded != self.size:
            x = x[:, : self.size[0], : self.size[1]].clone(
                memory_format=torch.contiguous_format
            )
        return x.movedim(-1, 1)

    def _mask(self, padded: tuple[int, ...]) -> Tensor:
        """-inf between positions of a window that were not neighbours before the shift, else 0."""
        rows, columns = (
            (
                torch.arange(length, device=self.qkv.weight.device) >= length - shift
            ).long()
            for length, shift in zip(padded, self.shift, strict=True)
        )
        parts = (2 * rows[:, None] + columns).view(
            self.counts[0], self.window[0], self.counts[1], self.window[1]
        )
        parts = parts.transpose(1, 2).reshape(self.counts[0] * self.counts[1], 1, -1)
        apart = parts[..., :, None] != parts[..., None, :]
        return self.qkv.weight.new_zeros(apart.shape).masked_fill_(apart, float("-inf"))

    def averaged(self, x: Tensor, *others: Tensor) -> Tensor:
        for axis, (size, window, shift) in enumerate(
            zip(self.size, self.window, self.shift, strict=True), 2
        ):
            same = (
                _same_grid(size, window)
                if self.grid
                else _same_window(size, window, shift)
            )
            x = along(x, axis, same)
        return x

    def extra_repr(self) -> str:
        kind = f"grid={self.grid}, relative={self.relative}"
        return f"heads={self.heads}, window={self.window}, shift={self.shift}, size={self.size}, {kind}"


def _same_grid(size: int, window: int) -> Tensor:
    """Which positions of an axis attend to which: those that are a multiple of the number of windows apart."""
    part = torch.arange(size) % (size // window)
    return part[:, None] == part


def _same_window(size: int, window: int, shift: int) -> Tensor:
    """Which positions of an axis attend to which: those of one window that were neighbours before the shift."""
    padded = -(-size // window) * window
    # The place of each position after the shift, and whether it was among the first, which are then the last.
    lies = (torch.arange(size) - shift) % padded
    part = lies // window + padded * (torch.arange(size) < shift)
    return part[:, None] == part
