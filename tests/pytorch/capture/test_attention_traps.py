"""Code that is nearly attention within windows becomes no layer; its parameters are all counted, nothing changes."""

from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

import cnncalc
from cnncalc.importers import Draft, document
from cnncalc.pytorch.capture import capture
from cnncalc.pytorch.capture.building import on_meta
from tests.pytorch.capture._attention import Windows, attend

SHAPE = (8, 6, 9)


class Nearly(Windows):
    """Attention within windows of 3x3, of which one thing is not what the layer does."""

    def __init__(self, kind: str, shift: int) -> None:
        super().__init__(shift=shift)
        self.kind = kind
        if kind == "wider inside":
            self.qkv, self.proj = nn.Linear(8, 48), nn.Linear(16, 16)

    def forward(self, x: Tensor) -> Tensor:
        rows = self.norm(x.permute(0, 2, 3, 1))
        images, height, width, _ = rows.shape
        if self.shift:
            rows = torch.roll(rows, (-self.shift,) * 2, (1, 2))
        inside = self.proj.in_features
        q, k, v = (
            self.qkv(self.divided(rows)).reshape(-1, 9, 3, 2, inside // 2).permute(2, 0, 3, 1, 4).unbind(0)
        )
        change: dict[str, Any] = {"absolute table": torch.abs, "rectified table": functional.relu}
        table = change.get(self.kind, lambda given: given)(self.table)
        added = table[self.entries.view(-1)].view(9, 9, -1).permute(2, 0, 1).unsqueeze(0)
        if self.shift:
            added = (added + self.mask(rows)).repeat(images, 1, 1, 1)
        joined = attend(q, k, v, added, "products").transpose(1, 2).reshape(-1, 9, inside)
        result = self.proj(joined)
        if self.kind == "reads what was joined":
            result = result + joined
        result = self.together(result, height, width)
        if self.shift:
            back = torch.roll(result, (self.shift,) * 2, (1, 2))
            result = back + result if self.kind == "reads what was not rolled back" else back
        return result.permute(0, 3, 1, 2)


def drafted(make: Any, shape: tuple[int, ...] = SHAPE, mode: str = "inference") -> Draft:
    return capture(on_meta(make), [shape], mode=mode)


@pytest.mark.parametrize(
    ("kind", "shift"),
    [
        ("wider inside", 0),
        ("reads what was joined", 0),
        ("reads what was not rolled back", 1),
        ("absolute table", 0),
        ("rectified table", 1),
    ],
)
def test_is_no_attention_within_windows(kind: str, shift: int) -> None:
    draft = drafted(lambda: Nearly(kind, shift))
    types = {node.type for node in draft.nodes}
    assert "window_attention" not in types
    assert "unknown" in types
    totals = cnncalc.analyse(cnncalc.load(document(draft))).totals
    assert totals.params == sum(parameter.numel() for parameter in Nearly(kind, shift).parameters())


def test_the_same_network_without_the_change_is() -> None:
    assert "window_attention" in {node.type for node in drafted(lambda: Nearly("", 1)).nodes}


class Dropped(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(8, 24)

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = self.linear(x.flatten(2).transpose(1, 2)).reshape(-1, 20, 3, 2, 4).permute(2, 0, 3, 1, 4)
        rate = 0.1 if self.training else 0.0
        return functional.scaled_dot_product_attention(q, k, v, dropout_p=rate).transpose(1, 2).flatten(2)


@pytest.mark.parametrize(("mode", "known"), [("inference", True), ("training", False)])
def test_dropout_in_attention_is_not_left_out(mode: str, known: bool) -> None:
    types = {node.type for node in drafted(Dropped, (8, 4, 5), mode).nodes}
    assert ("unknown" not in types) == known


class Patches(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv, self.linear = nn.Conv2d(3, 8, 4, 4), nn.Linear(8, 5)

    def forward(self, x: Tensor) -> Tensor:
        result: Tensor = self.linear(self.conv(x).flatten(2).transpose(1, 2)).mean(1)
        return result


def test_an_input_may_have_the_name_of_a_new_node() -> None:
    draft = capture(on_meta(Patches), {"patch_embed": (3, 28, 28)})
    assert cnncalc.load(document(draft)).ok


class WritesItsMask(Windows):
    """The mask is a buffer, of which one window is changed in the run, through a view or into an `out`."""

    stored: Tensor

    def __init__(self, how: str) -> None:
        super().__init__(shift=1)
        self.how = how
        self.register_buffer("stored", Windows(shift=1).mask(torch.zeros(1, 6, 9, 8)))

    def mask(self, x: Tensor) -> Tensor:
        if self.how == "view":
            self.stored[0].fill_(-100.0)
            return self.stored
        return torch.mul(self.stored, 0.5, out=self.stored)


@pytest.mark.parametrize("how", ["view", "out"])
def test_a_mask_that_is_written_in_the_run_is_not_computed_again(how: str) -> None:
    module = WritesItsMask(how)
    before = module.stored.clone()
    draft = capture(module, [SHAPE])
    assert "window_attention" not in {node.type for node in draft.nodes}
    if how == "out":
        assert torch.equal(module.stored, before)


class OfCoordinates(nn.Module):
    """Positions are computed from coordinates: once, whatever the number of images."""

    grid: Tensor

    def __init__(self, rows: int) -> None:
        super().__init__()
        self.conv, self.first = nn.Conv2d(3, 8, 1), nn.Linear(2, 8)
        self.register_buffer("grid", torch.rand(rows, 2))

    def forward(self, x: Tensor) -> Tensor:
        result: Tensor = self.conv(x).flatten(2) + self.first(self.grid).transpose(0, 1)
        return result


@pytest.mark.parametrize(("height", "width"), [(10, 10), (11, 11), (11, 12)])
def test_what_is_computed_once_is_counted_once(height: int, width: int) -> None:
    draft = drafted(lambda: OfCoordinates(height * width), (3, height, width))
    macs = cnncalc.analyse(cnncalc.load(document(draft))).totals.macs
    assert macs == height * width * (3 * 8 + 2 * 8)
