"""Small networks with attention in windows and with tables of relative positions, as people write them."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

# How attention is computed: with two products, with `einsum`, with PyTorch's own function.
WAYS = ("products", "einsum", "function")


def offsets(rows: int, columns: int) -> Tensor:
    """The entry of a table for each pair of positions of a grid: their offset, with its sign."""
    places = torch.stack(torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij")).flatten(1)
    apart = (places[:, :, None] - places[:, None, :]).permute(1, 2, 0).contiguous()
    apart[:, :, 0] = (apart[:, :, 0] + rows - 1) * (2 * columns - 1)
    apart[:, :, 1] += columns - 1
    return apart.sum(-1)


def distances(rows: int, columns: int) -> Tensor:
    """The entry of a table for each pair of positions of a grid: how far they are apart along each axis."""
    places = torch.stack(torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij")).flatten(1)
    apart = (places[:, :, None] - places[:, None, :]).abs()
    return apart[0] * columns + apart[1]


def attend(q: Tensor, k: Tensor, v: Tensor, added: Tensor, way: str) -> Tensor:
    """Attention with something that is added to its scores."""
    scale = q.shape[-1] ** -0.5
    if way == "function":
        return functional.scaled_dot_product_attention(q, k, v, attn_mask=added)
    if way == "einsum":
        scores = torch.einsum("bhid,bhjd->bhij", q, k * scale) + added
        return torch.einsum("bhij,bhjd->bhid", scores.softmax(-1), v)
    weights: Tensor = ((q * scale) @ k.transpose(-2, -1) + added).softmax(-1)
    return weights @ v


class Windows(nn.Module):
    """Attention within windows of 3x3 (Swin), or within positions that are spread (`grid`, MaxViT).

    `fault` changes one thing, so that it is another network: `roll`, `mask`, `table`, `scale`, `reused`.
    """

    entries: Tensor

    def __init__(self, shift: int = 0, grid: bool = False, way: str = "products", fault: str = "") -> None:
        super().__init__()
        self.shift, self.grid, self.way, self.fault = shift, grid, way, fault
        self.norm, self.qkv, self.proj = nn.LayerNorm(8), nn.Linear(8, 24), nn.Linear(8, 8)
        self.table = nn.Parameter(torch.randn(25, 2))
        self.register_buffer("entries", offsets(3, 3), persistent=False)

    def divided(self, x: Tensor) -> Tensor:
        images, height, width, channels = x.shape
        if self.grid:
            x = x.view(images, 3, height // 3, 3, width // 3, channels).permute(0, 2, 4, 1, 3, 5)
        else:
            x = x.view(images, height // 3, 3, width // 3, 3, channels).permute(0, 1, 3, 2, 4, 5)
        return x.contiguous().view(-1, 9, channels)

    def together(self, x: Tensor, height: int, width: int) -> Tensor:
        x = x.view(-1, height // 3, width // 3, 3, 3, x.shape[-1])
        x = x.permute(0, 3, 1, 4, 2, 5) if self.grid else x.permute(0, 1, 3, 2, 4, 5)
        return x.reshape(-1, height, width, x.shape[-1])

    def mask(self, x: Tensor) -> Tensor:
        """What separates positions that were no neighbours before the volume was rolled: (windows, 1, 9, 9)."""
        part = x.new_zeros(x.shape[1:3])
        ranges = (slice(0, -3), slice(-3, -self.shift), slice(-self.shift, None))
        for number, (rows, columns) in enumerate((a, b) for a in ranges for b in ranges):
            part[rows, columns] = number
        part = self.divided(part[None, :, :, None]).squeeze(-1)
        apart = part.unsqueeze(1) - part.unsqueeze(2)
        apart = apart.masked_fill(apart != 0, -3.0 if self.fault == "mask" else -100.0)
        return apart.masked_fill(apart == 0, 0.0).unsqueeze(1)

    def forward(self, x: Tensor) -> Tensor:
        shortcut = x.permute(0, 2, 3, 1)
        x = self.norm(shortcut)
        images, height, width, channels = x.shape
        if self.shift:
            x = torch.roll(x, (-self.shift, -self.shift), (1, 2))
        windows = self.divided(x)
        projected = self.qkv(windows)
        q, k, v = projected.reshape(-1, 9, 3, 2, 4).permute(2, 0, 3, 1, 4).unbind(0)
        added: Any = self.table[self.entries.view(-1)].view(9, 9, -1).permute(2, 0, 1).unsqueeze(0)
        if self.fault == "table":
            added = added + added.transpose(-1, -2)
        if self.fault == "scale":
            q = q * 0.5
        if self.shift:
            added = (added + self.mask(x)).repeat(images, 1, 1, 1)
        y = attend(q, k, v, added, self.way)
        y = self.proj(y.transpose(1, 2).reshape(-1, 9, channels))
        if self.fault == "reused":
            y = y + projected[..., :8]
        y = self.together(y, height, width)
        if self.shift:
            back = self.shift + (self.fault == "roll")
            y = torch.roll(y, (back, back), (1, 2))
        return (shortcut + y).permute(0, 3, 1, 2)


class Tables(nn.Module):
    """Attention between all positions of a volume, with a table of offsets (CoAtNet) or of distances (LeViT)."""

    entries: Tensor

    def __init__(self, kind: str = "offsets", way: str = "products") -> None:
        super().__init__()
        self.kind, self.way = kind, way
        self.qkv, self.proj = nn.Linear(8, 24), nn.Linear(8, 8)
        self.table = nn.Parameter(torch.randn(63, 2) if kind == "offsets" else torch.randn(2, 20))
        self.register_buffer("entries", offsets(4, 5) if kind == "offsets" else distances(4, 5))

    def forward(self, x: Tensor) -> Tensor:
        rows = x.flatten(2).transpose(1, 2)
        q, k, v = self.qkv(rows).reshape(-1, 20, 3, 2, 4).permute(2, 0, 3, 1, 4).unbind(0)
        if self.kind == "offsets":
            added = self.table[self.entries.view(-1)].view(20, 20, -1).permute(2, 0, 1).contiguous()
        else:
            added = self.table[:, self.entries]
        y = attend(q, k, v, added, self.way)
        joined: Tensor = self.proj(y.transpose(1, 2).reshape(-1, 20, 8))
        return joined.mean(1)


class Turned(nn.Module):
    """Attention whose weights are transposed before the product: channels by positions."""

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = x.flatten(2).view(x.shape[0], 2, 12, -1).split(4, dim=2)
        weights: Tensor = ((q.transpose(-2, -1) @ k) * 0.5).softmax(-1)
        turned: Tensor = v @ weights.transpose(-2, -1)
        return turned.view(x.shape[0], 8, *x.shape[2:])


class Merging(nn.Module):
    """The channels of squares of 2x2 positions side by side, after windows of 4x4 have divided the volume (Swin)."""

    def __init__(self) -> None:
        super().__init__()
        self.norm, self.reduction = nn.LayerNorm(12), nn.Linear(12, 6, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        images, channels, height, width = x.shape
        x = (
            x.permute(0, 2, 3, 1)
            .view(images, height // 4, 4, width // 4, 4, channels)
            .permute(0, 1, 3, 2, 4, 5)
        )
        windows = functional.relu(x.reshape(-1, 16, channels))
        x = windows.view(images, height // 4, width // 4, 4, 4, channels).permute(0, 1, 3, 2, 4, 5)
        x = x.reshape(images, height, width, channels)
        x = x.reshape(images, height // 2, 2, width // 2, 2, channels).permute(0, 1, 3, 4, 2, 5).flatten(3)
        merged: Tensor = self.reduction(self.norm(x))
        return merged.permute(0, 3, 1, 2)
