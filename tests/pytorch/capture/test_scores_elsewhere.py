"""Scores of attention that are read outside of it are computed once: no product of queries and keys counts twice."""

from types import ModuleType
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

import cnncalc
from cnncalc.importers import Draft, document
from cnncalc.pytorch.capture import capture
from cnncalc.pytorch.capture.building import on_meta

SHAPE = (8, 4, 5)
USES = (
    "scores returned",
    "weights returned",
    "averaged weights returned",
    "weights used twice",
    "weights and their transpose used",
    "masked, then used",
    "scaled and not scaled",
    "two softmaxes",
    "written into",
)


class Attending(nn.Module):
    """Attention of heads whose scores, or weights, are used in a second place too; `use` says how."""

    def __init__(self, use: str, heads: int, way: str) -> None:
        super().__init__()
        self.use, self.heads, self.way = use, heads, way
        self.qkv = nn.Linear(8, 24)

    def product(self, letters: str, first: Tensor, second: Tensor) -> Tensor:
        if self.way == "einsum":
            return torch.einsum(letters, first, second)
        return first @ (second.transpose(-2, -1) if letters.startswith("bhid,bhjd") else second)

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        rows = self.qkv(x.flatten(2).transpose(1, 2))
        q, k, v = rows.reshape(x.shape[0], -1, 3, self.heads, 8 // self.heads).permute(2, 0, 3, 1, 4)
        scores = self.product("bhid,bhjd->bhij", q, k)
        weights = (scores * 0.5).softmax(-1)
        match self.use:
            case "scores returned":
                return self.product("bhij,bhjd->bhid", weights, v).flatten(2), scores
            case "weights returned":
                return self.product("bhij,bhjd->bhid", weights, v).flatten(2), weights
            case "averaged weights returned":
                return self.product("bhij,bhjd->bhid", weights, v).flatten(2), weights.mean(1)
            case "weights used twice":
                both = [self.product("bhij,bhjd->bhid", weights, other) for other in (v, k)]
                return (both[0] + both[1],)
            case "weights and their transpose used":
                return (weights @ v + weights.transpose(-2, -1) @ v,)
            case "masked, then used":
                masked = scores.masked_fill(scores < 0, -100.0).softmax(-1)
                return (self.product("bhij,bhjd->bhid", masked, v),)
            case "scaled and not scaled":
                return self.product("bhij,bhjd->bhid", weights, v).flatten(2), (scores * 2).relu()
            case "two softmaxes":
                sharp = (scores * 3).softmax(-1)
                return self.product("bhij,bhjd->bhid", weights, v), self.product("bhij,bhjd->bhid", sharp, v)
        scores += scores.sigmoid()
        return (self.product("bhij,bhjd->bhid", scores.softmax(-1), v),)


def drafted(make: Any, mode: str = "inference") -> Draft:
    return capture(on_meta(make), [SHAPE], mode=mode)


def counted(module: nn.Module) -> int:
    """What PyTorch's counter counts for one image."""
    from cnncalc.pytorch.proof.running import count_macs

    macs = count_macs(module.eval(), [torch.zeros(1, *SHAPE)])
    assert isinstance(macs, int)
    return macs


@pytest.mark.parametrize("way", ["products", "einsum"])
@pytest.mark.parametrize("heads", [1, 2])
@pytest.mark.parametrize("use", USES)
def test_every_product_counts_once(torch: ModuleType, use: str, heads: int, way: str) -> None:
    def make() -> nn.Module:
        return Attending(use, heads, way)

    graph = cnncalc.load(document(drafted(make)))
    assert graph.ok, graph.diagnostics
    assert cnncalc.analyse(graph).totals.macs == counted(make())


@pytest.mark.parametrize("use", [use for use in USES if use not in ("masked, then used",)])
def test_with_one_head_all_of_it_has_layers(torch: ModuleType, use: str) -> None:
    from cnncalc.pytorch.proof.prove import prove

    draft = drafted(lambda: Attending(use, 1, "products"))
    assert draft.unknown == []
    if use == "averaged weights returned":
        # Its rows are as long as its columns, so the proof cannot see that the code has its channels last.
        return
    proof = prove(
        draft, cnncalc.load(document(draft)), lambda device: Attending(use, 1, "products").to(device)
    )
    assert proof.ok, proof.summary


class Bias(nn.Module):
    """A learned table that is added to scores from the left: `table + scores`."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv, self.table = nn.Linear(8, 24), nn.Parameter(torch.randn(2, 20, 20))

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = self.qkv(x.flatten(2).transpose(1, 2)).reshape(-1, 20, 3, 2, 4).permute(2, 0, 3, 1, 4)
        weights = (self.table + q @ k.transpose(-2, -1)).softmax(-1)
        result: Tensor = (weights @ v).transpose(1, 2).flatten(2)
        return result


def test_what_is_added_may_stand_first() -> None:
    totals = cnncalc.analyse(cnncalc.load(document(drafted(Bias)))).totals
    assert totals.macs == counted(Bias())
    assert totals.params == sum(weight.numel() for weight in Bias().parameters())


class Multihead(nn.Module):
    """PyTorch's own module with dropout of its weights, or its function."""

    def __init__(self, p: float, way: str, **settings: Any) -> None:
        super().__init__()
        self.way = way
        self.attention = nn.MultiheadAttention(8, 2, dropout=p, batch_first=True, **settings)

    def forward(self, x: Tensor) -> Tensor:
        rows = x.flatten(2).transpose(1, 2)
        if self.way == "module":
            result: Tensor = self.attention(rows, rows, rows, need_weights=False)[0]
            return result
        own, rows = self.attention, rows.transpose(0, 1)
        return functional.multi_head_attention_forward(
            rows, rows, rows, 8, 2, own.in_proj_weight, own.in_proj_bias, own.bias_k, own.bias_v,
            own.add_zero_attn, own.dropout, own.out_proj.weight, own.out_proj.bias, training=self.training,
        )[0].transpose(0, 1)  # fmt: skip


@pytest.mark.parametrize("way", ["module", "function"])
@pytest.mark.parametrize(
    ("p", "mode", "known"),
    [(0.1, "training", False), (0.1, "inference", True), (0.0, "training", True)],
)
def test_dropout_of_attention_weights_is_not_left_out(way: str, p: float, mode: str, known: bool) -> None:
    draft = drafted(lambda: Multihead(p, way), mode)
    assert ("self_attention" in {node.type for node in draft.nodes}) == known
    totals = cnncalc.analyse(cnncalc.load(document(draft), mode=mode)).totals
    assert totals.macs == counted(Multihead(p, way))
    assert totals.params == sum(weight.numel() for weight in Multihead(p, way).parameters())


@pytest.mark.parametrize("settings", [{"add_bias_kv": True}, {"add_zero_attn": True}, {"kdim": 8, "vdim": 8}])
def test_attention_with_more_rows_never_has_wrong_figures(settings: dict[str, Any]) -> None:
    def make() -> Multihead:
        return Multihead(0.0, "module", **settings)

    totals = cnncalc.analyse(cnncalc.load(document(drafted(make)))).totals
    assert totals.macs in (None, counted(make()))
    assert totals.params == sum(weight.numel() for weight in make().parameters())
