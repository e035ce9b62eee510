"""Small PyTorch networks, one for each kind of code that a capture must understand."""

from types import ModuleType
from typing import Any


def networks(torch: ModuleType) -> dict[str, tuple[Any, tuple[int, ...]]]:
    """Each network with the shape of its input, channels first."""
    nn: Any = torch.nn
    functional: Any = torch.nn.functional

    class Network(nn.Module):  # type: ignore[misc]
        def __init__(self, forward: Any, **parts: Any) -> None:
            super().__init__()
            for name, part in parts.items():
                setattr(self, name, part)
            self.body = forward

        def forward(self, x: Any) -> Any:
            return self.body(self, x)

    def parameter(*shape: int) -> Any:
        return nn.Parameter(torch.randn(*shape))

    def plain(self: Any, x: Any) -> Any:
        y = functional.relu(self.norm(self.conv(x)))
        y = y + self.other(y)
        return self.head(functional.max_pool2d(y, 2).mean((2, 3)))

    def channels_last(self: Any, x: Any) -> Any:
        y = self.norm(self.conv(x).permute(0, 2, 3, 1))
        y = self.down(functional.gelu(self.up(y))) * self.scale
        return y.permute(0, 3, 1, 2) + x

    def branches(self: Any, x: Any) -> Any:
        first, second = self.conv(x).chunk(2, 1)
        gate = torch.sigmoid(self.gate(first.mean((2, 3)))).view(-1, 4, 1, 1)
        return torch.cat(
            [first * gate, functional.interpolate(functional.avg_pool2d(second, 2), scale_factor=2)], 1
        )

    def tokens(self: Any, x: Any) -> Any:
        y = self.patch(x).flatten(2).transpose(1, 2)
        y = torch.cat([self.token.expand(y.shape[0], -1, -1), y], 1) + self.places
        return self.head(self.norm(y)[:, 0])

    def rows(self: Any, x: Any) -> Any:
        return self.norm(self.conv(x)).amax(2)

    def attention(self: Any, x: Any) -> Any:
        images, channels, height, width = x.shape
        y = x.flatten(2).transpose(1, 2)
        queries, keys, values = (
            self.qkv(y).reshape(images, -1, 3, 2, channels // 2).permute(2, 0, 3, 1, 4).unbind(0)
        )
        weights = ((queries * 0.5) @ keys.transpose(-2, -1)).softmax(-1)
        y = (weights @ values).transpose(1, 2).reshape(images, -1, channels)
        return self.project(y).transpose(1, 2).reshape(images, channels, height, width) + x

    def learned(self: Any, x: Any) -> Any:
        return (x * self.base + self.each).permute(0, 2, 3, 1) + self.last

    def standardized(self: Any, x: Any) -> Any:
        weight = self.conv.weight
        filters = functional.batch_norm(
            weight.reshape(1, weight.shape[0], -1), None, None, training=True, momentum=0.0, eps=1e-6
        ).reshape_as(weight)
        return functional.conv2d(x, filters, self.conv.bias, padding=1)

    def same_padding(self: Any, x: Any) -> Any:
        return self.pool(
            functional.pad(self.conv(functional.pad(x, (0, 1, 0, 1))), (0, 1, 0, 1), value=-torch.inf)
        )

    def cut(self: Any, x: Any) -> Any:
        return torch.cat([x[:, :, ::2, 1:], x[..., 1::2, :-1].clamp(-1, 1)], 2) - 1

    def shuffled(self: Any, x: Any) -> Any:
        images, channels, height, width = x.shape
        y = (
            x.view(images, 2, channels // 2, height, width)
            .transpose(1, 2)
            .reshape(images, channels, height, width)
        )
        return functional.pixel_shuffle(y, 2)

    def recurrent(self: Any, x: Any) -> Any:
        return self.cells(x.mean(2).transpose(1, 2))[0]

    def unpooled(self: Any, x: Any) -> Any:
        y, first = functional.max_pool2d(self.conv(x), 2, return_indices=True)
        z, second = functional.max_pool2d(y, (1, 2), ceil_mode=True, return_indices=True)
        y = functional.max_unpool2d(torch.relu(z), second, (1, 2), output_size=y.shape)
        return functional.max_unpool2d(y, first, 2, output_size=x.shape[2:])

    def weighted(self: Any, x: Any) -> Any:
        first, second = torch.relu(self.first), torch.relu(self.second)
        y = (x * first + self.conv(x) * second) / (first + second + 0.1)
        return (y.permute(0, 2, 3, 1) * torch.exp(self.last) + torch.tanh(self.each)).permute(0, 3, 1, 2)

    def spread(self: Any, x: Any) -> Any:
        y = x / x.var((2, 3), unbiased=False, keepdim=True).add(1e-5).sqrt()
        return self.conv(y) * torch.rsqrt(y.var(dim=1, keepdim=True) + y.std((2, 3), keepdim=True))

    def stacked(self: Any, x: Any) -> Any:
        y = torch.stack([self.conv(x), self.other(x), x]).sum(0)
        z = torch.stack([y.permute(0, 2, 3, 1), x.permute(0, 2, 3, 1)], dim=0).mean(dim=0)
        return torch.stack([y.mean((2, 3)), z.mean((1, 2))]).amax(0)

    def branch(self: Any, x: Any) -> Any:
        y = self.conv(x)
        return y * 2 if y.mean() > 0 else y * 3

    def written(self: Any, x: Any) -> Any:
        y = self.conv(x)
        y[:, :4] += 1
        return y

    conv = nn.Conv2d
    return {
        "plain": (
            Network(
                plain,
                conv=conv(3, 8, 3, padding=1),
                norm=nn.BatchNorm2d(8),
                other=conv(8, 8, 1),
                head=nn.Linear(8, 5),
            ),
            (3, 16, 16),
        ),
        "channels_last": (
            Network(
                channels_last,
                conv=conv(8, 8, 7, padding=3, groups=8),
                norm=nn.LayerNorm(8),
                up=nn.Linear(8, 16),
                down=nn.Linear(16, 8),
                scale=parameter(8),
            ),
            (8, 9, 10),
        ),
        "branches": (Network(branches, conv=conv(3, 8, 1), gate=nn.Linear(4, 4)), (3, 8, 8)),
        "tokens": (
            Network(
                tokens,
                patch=conv(3, 8, 4, 4),
                token=parameter(1, 1, 8),
                places=parameter(1, 10, 8),
                norm=nn.LayerNorm(8),
                head=nn.Linear(8, 5),
            ),
            (3, 12, 12),
        ),
        "rows": (Network(rows, conv=nn.Conv1d(3, 8, 3, 2), norm=nn.GroupNorm(2, 8)), (3, 21)),
        "attention": (Network(attention, qkv=nn.Linear(8, 24), project=nn.Linear(8, 8)), (8, 4, 5)),
        "learned": (
            Network(learned, base=parameter(1), each=parameter(1, 8, 4, 5), last=parameter(4, 5, 8)),
            (8, 4, 5),
        ),
        "standardized": (Network(standardized, conv=conv(3, 8, 3)), (3, 8, 8)),
        "same_padding": (Network(same_padding, conv=conv(3, 8, 3, 2), pool=nn.MaxPool2d(3, 2)), (3, 16, 16)),
        "cut": (Network(cut), (3, 8, 8)),
        "shuffled": (Network(shuffled), (8, 4, 5)),
        "recurrent": (
            Network(recurrent, cells=nn.LSTM(3, 4, batch_first=True, bidirectional=True)),
            (3, 5, 6),
        ),
        "unpooled": (Network(unpooled, conv=conv(3, 8, 1)), (3, 8, 9)),
        "weighted": (
            Network(
                weighted,
                conv=conv(3, 3, 1),
                first=parameter(1),
                second=parameter(1),
                last=parameter(3),
                each=parameter(5, 1, 3),
            ),
            (3, 5, 6),
        ),
        "spread": (Network(spread, conv=conv(3, 3, 1)), (3, 5, 6)),
        "stacked": (Network(stacked, conv=conv(3, 3, 1), other=conv(3, 3, 3, padding=1)), (3, 5, 6)),
        "branch": (Network(branch, conv=conv(3, 8, 1)), (3, 8, 8)),
        "written": (Network(written, conv=conv(3, 8, 1)), (3, 8, 8)),
    }
