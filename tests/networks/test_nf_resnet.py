"""NF-ResNet-50 as its paper draws it: timm's parameters, and with its weights timm's outputs."""

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import cnncalc
from cnncalc.graph import Graph
from tests._depth import long_but

SPEC = Path(__file__).parent / "nf_resnet50.yaml"


@pytest.fixture(scope="module")
def theirs(timm: ModuleType) -> Any:
    """timm's network, with gains that let every layer through: of the last of a unit they begin as 0."""
    import torch

    torch.manual_seed(0)
    model = timm.create_model("nf_resnet50", pretrained=False)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith("gain"):
                parameter.uniform_(0.5, 1.5)
            elif parameter.dim() == 1:
                parameter.normal_(std=0.1)
    return model


def loaded(side: int = 256, mode: str = "inference") -> Graph:
    graph = cnncalc.load(SPEC, mode=mode, input=f"{side}x{side}x3")
    assert graph.ok, graph.diagnostics
    return graph


def test_has_timms_parameters(theirs: Any) -> None:
    sizes = [parameter.numel() for parameter in theirs.parameters()]
    assert cnncalc.analyse(loaded()).totals.params == sum(sizes)


@pytest.mark.parametrize("training", [False, True])
def test_computes_what_timm_does(torch: ModuleType, theirs: Any, training: bool) -> None:
    from cnncalc.pytorch import build

    ours = build(loaded(64, "training" if training else "inference")).train(training)
    pairs = zip(ours.parameters(), theirs.parameters(), strict=True)
    with torch.no_grad():
        for our, their in pairs:
            our.copy_(their)
        images = torch.randn(2, 3, 64, 64)
        assert torch.allclose(ours(images), theirs.train(training)(images), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("training", long_but((False,), (False, True)))
def test_is_as_predicted(torch: ModuleType, training: bool) -> None:
    from cnncalc.pytorch.verify import verify

    result = verify(loaded(64, "training" if training else "inference"), training=training)
    assert result.ok, [figure for figure in result.totals if not figure.ok]
