"""A convolution or a linear layer whose filters are computed from their lengths and directions is one layer."""

from types import ModuleType

import pytest
from torch import nn
from torch.nn.utils.parametrizations import weight_norm

import cnncalc
from cnncalc.importers import document
from cnncalc.pytorch.capture import capture
from cnncalc.pytorch.capture.building import on_meta


def network(dim: int = 0) -> nn.Module:
    return nn.Sequential(
        weight_norm(nn.Conv2d(3, 4, 3), dim=dim), nn.ReLU(), weight_norm(nn.Conv2d(4, 4, 3, groups=4))
    )


def test_it_is_proven(torch: ModuleType) -> None:
    from cnncalc.pytorch.proof.prove import prove

    draft = capture(on_meta(network), [(3, 8, 8)])
    assert draft.unknown == []
    assert [node.fields.get("parametrize") for node in draft.nodes] == ["weight_norm", None, "weight_norm"]
    proof = prove(draft, cnncalc.load(document(draft)), lambda device: network().to(device))
    assert proof.ok, proof.summary


def test_so_is_a_linear_layer(torch: ModuleType) -> None:
    from cnncalc.pytorch.proof.prove import prove

    def make() -> nn.Module:
        return nn.Sequential(
            nn.Flatten(), weight_norm(nn.Linear(48, 5)), weight_norm(nn.Linear(5, 2, bias=False))
        )

    draft = capture(on_meta(make), [(3, 4, 4)])
    assert [node.fields.get("parametrize") for node in draft.nodes][-2:] == ["weight_norm", "weight_norm"]
    proof = prove(draft, cnncalc.load(document(draft)), lambda device: make().to(device))
    assert proof.ok, proof.summary


@pytest.mark.parametrize("dim", [1, 2])
def test_lengths_along_another_dimension_are_unknown(torch: ModuleType, dim: int) -> None:
    draft = capture(on_meta(lambda: network(dim)), [(3, 8, 8)])
    assert [node.type for node in draft.nodes] == ["unknown", "relu", "depthwise_conv"]
    totals = cnncalc.analyse(cnncalc.load(document(draft))).totals
    assert totals.params == sum(weight.numel() for weight in network(dim).parameters())
