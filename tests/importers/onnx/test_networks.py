"""Whole networks, exported by both of PyTorch's exporters: parameters, MACs and outputs are those of the network.

Norms that an exporter folds into a convolution leave its bias, which is as long as one of their two parameters.
"""

from types import ModuleType
from typing import Any

import pytest

import cnncalc
from cnncalc.analysis import Analysis
from cnncalc.importers import Draft
from tests.importers.onnx._carried import draft_of, exported, graph_of, same_shapes

pytestmark = pytest.mark.usefixtures("one_thread")

QUICK = ("lenet5",)
LONG = (
    "resnet20_cifar",
    "mobilenet_v3_small",
    "efficientnet_b0",
    "densenet121",
    "googlenet_bn",
    "shufflenet_v2_x1_0",
    "squeezenet1_1",
    "convnext_tiny",
    "regnet_y_400mf",
    "se_resnet50",
    "unet",
)
# As torchvision writes them: patterns that the specs of the zoo do not have.
TORCHVISION = ("swin_t", "vit_b_16")


def varied(torch: Any, module: Any) -> Any:
    """The module with weights of which no two tensors are equal, as after training."""
    with torch.no_grad():
        for tensor in module.parameters():
            tensor.add_(torch.rand_like(tensor) * 0.01)
    return module.eval()


def folded(draft: Draft) -> int:
    """Parameters of biases that were norms: each convolution of the network without a norm after it in the file."""
    return sum(node.fields["filters"] for node in draft.nodes if node.type == "conv" and node.fields["bias"])


def check(torch: Any, module: Any, x: Any, macs: int, *, dynamo: bool) -> Draft:
    draft = draft_of(exported(torch, module, x, dynamo=dynamo))
    graph = graph_of(draft)
    totals = Analysis(graph).totals
    assert draft.unknown == []
    assert same_shapes(draft, graph)
    assert totals.macs == macs
    shape = graph.nodes[graph.outputs[0]].shape
    assert shape is not None
    assert tuple(module(x).shape[1:]) == shape.torch
    norms = sum(
        tensor.numel()
        for part in module.modules()
        if type(part).__name__.startswith("BatchNorm")
        for tensor in part.parameters(recurse=False)
    )
    left = sum(2 * graph[node.name].shape.channels for node in draft.nodes if node.type == "bn")  # type: ignore[misc, union-attr]
    expected = sum(tensor.numel() for tensor in module.parameters())
    assert totals.params == expected - (norms - left) // 2
    return draft


@pytest.mark.parametrize("dynamo", [False, True])
@pytest.mark.parametrize("name", [*QUICK, *(pytest.param(name, marks=pytest.mark.long) for name in LONG)])
def test_a_network_of_the_zoo_has_its_figures(name: str, dynamo: bool, torch: ModuleType) -> None:
    from cnncalc.pytorch import build

    graph = cnncalc.load(name)
    torch.manual_seed(0)
    module = varied(torch, build(graph, seed=0))
    (entering,) = graph.inputs
    assert entering.shape is not None
    macs = Analysis(graph).totals.macs
    assert macs is not None
    draft = check(torch, module, torch.zeros(1, *entering.shape.torch), macs, dynamo=dynamo)
    norms = any(node.kind == "bn" for node in graph.nodes)
    assert ("I035" in [note.code for note in draft.notes]) == norms


@pytest.mark.long
@pytest.mark.parametrize("dynamo", [False, True])
@pytest.mark.parametrize("name", TORCHVISION)
def test_a_network_of_torchvision_has_the_figures_of_its_spec(
    name: str, dynamo: bool, torch: ModuleType, torchvision: ModuleType
) -> None:
    torch.manual_seed(0)
    module = varied(torch, getattr(torchvision.models, name)(weights=None))
    macs = Analysis(cnncalc.load(name)).totals.macs
    assert macs is not None
    draft = check(torch, module, torch.zeros(1, 3, 224, 224), macs, dynamo=dynamo)
    paths = {scope.path for node in draft.nodes for scope in node.scopes}
    assert {"swin_t": "features.1.0.attn", "vit_b_16": "encoder.layers.encoder_layer_3.mlp"}[name] in paths


@pytest.mark.long
@pytest.mark.parametrize("dynamo", [False, True])
@pytest.mark.parametrize(("name", "side"), [("maxvit_t", 224), ("swin_v2_t", 64)])
def test_totals_with_unknown_operations_are_never_too_high(
    name: str, side: int, dynamo: bool, torch: ModuleType, torchvision: ModuleType
) -> None:
    torch.manual_seed(0)
    module = varied(torch, getattr(torchvision.models, name)(weights=None))
    draft = draft_of(exported(torch, module, torch.zeros(1, 3, side, side), dynamo=dynamo))
    inexact = Analysis(graph_of(draft)).totals.inexact
    params = sum(tensor.numel() for tensor in module.parameters())
    buffers = sum(tensor.numel() for tensor in module.buffers())
    for key, most in (("params", params), ("weights", params), ("buffers", buffers)):
        least = inexact[key].at_least
        assert least is not None
        assert least <= most
    assert inexact["params"].at_least > 0.95 * params
