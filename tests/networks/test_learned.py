"""Networks with learned tensors: BiFPN's weights, and a transformer's class token and positions, as in PyTorch."""

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import cnncalc
from cnncalc.graph import Graph

FOLDER = Path(__file__).parent

pytestmark = pytest.mark.usefixtures("one_thread")


def load(name: str, mode: str = "inference") -> Graph:
    graph = cnncalc.load(FOLDER / f"{name}.yaml", mode=mode)
    assert graph.ok, graph.diagnostics
    return graph


@pytest.mark.parametrize("name", ["bifpn", "learned_vit"])
@pytest.mark.parametrize("training", [False, True])
def test_every_figure_is_pytorch_s(torch: ModuleType, name: str, training: bool) -> None:
    from cnncalc.pytorch.verify import verify

    result = verify(load(name, "training" if training else "inference"), training=training)
    assert result.ok, result


def varied(torch: ModuleType, graph: Graph) -> Any:
    """The built model with random parameters."""
    from cnncalc.pytorch import build

    model = build(graph, seed=0).eval()
    random = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.rand(parameter.shape, generator=random) / 2 + 0.1)
    return model


def bifpn(torch: ModuleType, width: int, channels: dict[str, int]) -> Any:
    """BiFPN as its paper draws it, with one vector of weights for each node."""
    nn, functional = torch.nn, torch.nn.functional

    class Fuse(nn.Module):  # type: ignore[name-defined,misc]
        def __init__(self, levels: int) -> None:
            super().__init__()
            self.weights = nn.Parameter(torch.ones(levels))
            self.depthwise = nn.Conv2d(width, width, 3, padding=1, groups=width, bias=False)
            self.pointwise = nn.Conv2d(width, width, 1, bias=False)
            self.norm = nn.BatchNorm2d(width, eps=1e-3)

        def forward(self, *levels: Any) -> Any:
            weights = functional.relu(self.weights)
            fused = sum(
                level * weight / (weights.sum() + 1e-4) for level, weight in zip(levels, weights, strict=True)
            )
            return self.norm(self.pointwise(self.depthwise(functional.silu(fused))))

    class Layer(nn.Module):  # type: ignore[name-defined,misc]
        def __init__(self) -> None:
            super().__init__()
            self.nodes = nn.ModuleList(Fuse(levels) for levels in (2, 2, 2, 2, 3, 3, 3, 2))

        def forward(self, p3: Any, p4: Any, p5: Any, p6: Any, p7: Any, p4_again: Any, p5_again: Any) -> Any:
            def up(level: Any) -> Any:
                return functional.interpolate(level, scale_factor=2)

            def down(level: Any) -> Any:
                return functional.max_pool2d(level, 3, 2, 1)

            td6 = self.nodes[0](p6, up(p7))
            td5 = self.nodes[1](p5, up(td6))
            td4 = self.nodes[2](p4, up(td5))
            out3 = self.nodes[3](p3, up(td4))
            out4 = self.nodes[4](p4_again, td4, down(out3))
            out5 = self.nodes[5](p5_again, td5, down(out4))
            out6 = self.nodes[6](p6, td6, down(out5))
            return out3, out4, out5, out6, self.nodes[7](p7, down(out6))

    class Neck(nn.Module):  # type: ignore[name-defined,misc]
        def __init__(self) -> None:
            super().__init__()
            self.laterals = nn.ModuleList(
                nn.Sequential(
                    nn.Conv2d(channels[level], width, 1, bias=False), nn.BatchNorm2d(width, eps=1e-3)
                )
                for level in ("c5", "c3", "c4", "c5", "c4", "c5")
            )
            self.layers = nn.ModuleList(Layer() for _ in range(3))

        def forward(self, c3: Any, c4: Any, c5: Any) -> Any:
            read = zip(self.laterals, (c5, c3, c4, c5, c4, c5), strict=True)
            p6, p3, p4, p5, p4_again, p5_again = (lateral(level) for lateral, level in read)
            p6 = functional.max_pool2d(p6, 3, 2, 1)
            levels = self.layers[0](p3, p4, p5, p6, functional.max_pool2d(p6, 3, 2, 1), p4_again, p5_again)
            for layer in self.layers[1:]:
                levels = layer(*levels, levels[1], levels[2])
            return levels

    return Neck().eval()


def test_bifpn_computes_what_the_paper_says(torch: ModuleType) -> None:
    from torch.nn.utils import parameters_to_vector, vector_to_parameters

    graph = load("bifpn")
    channels = {node.name: node.shape.channels for node in graph.inputs if node.shape is not None}
    reference = bifpn(torch, 64, channels)
    assert cnncalc.analyse(graph).totals.params == sum(p.numel() for p in reference.parameters())
    model = varied(torch, graph)
    # The same values in the same order: two scalars where the reference has one vector of two.
    vector_to_parameters(parameters_to_vector(model.parameters()), reference.parameters())
    levels = [torch.randn(2, *node.shape.torch) for node in graph.inputs if node.shape is not None]
    with torch.no_grad():
        for ours, theirs in zip(model(*levels), reference(*levels), strict=True):
            torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-4)


def test_a_vit_of_learned_tensors_is_torchvision_s(torch: ModuleType, torchvision: ModuleType) -> None:
    transformer = torchvision.models.VisionTransformer
    reference = transformer(
        image_size=32, patch_size=4, num_layers=2, num_heads=3, hidden_dim=48, mlp_dim=192, num_classes=10
    ).eval()
    graph = load("learned_vit")
    assert cnncalc.analyse(graph).totals.params == sum(p.numel() for p in reference.parameters())
    model = varied(torch, graph)
    with torch.no_grad():
        for ours, theirs in zip(model.parameters(), reference.parameters(), strict=True):
            # A learned tensor has its channels first, and no batch.
            theirs.copy_(ours.T[None] if theirs.dim() == 3 else ours.reshape(theirs.shape))
        images = torch.randn(2, 3, 32, 32)
        torch.testing.assert_close(model(images), reference(images), rtol=1e-4, atol=1e-4)
