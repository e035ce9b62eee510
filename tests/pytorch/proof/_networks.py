"""Small networks, each as a PyTorch module and as the draft that an importer makes of it."""

from copy import deepcopy
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from cnncalc.importers import Draft, DraftNode, Scope, Taken
from cnncalc.shape import Shape


class Residual(nn.Module):
    """Two convolutions with norms around a shortcut, a shared convolution, a scale of channels, and two outputs."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(8)
        self.shared = nn.Conv2d(8, 8, 3, padding=1, groups=2)
        self.gamma = nn.Parameter(torch.full((8, 1, 1), 1e-6))
        self.head = nn.Linear(8, 5)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        x = self.bn(self.stem(x)).relu()
        y = self.gamma * self.shared(self.shared(x).relu())
        z = y + x
        return z, self.head(z.mean((2, 3)))


def weights(path: str, *names: str) -> dict[str, Taken]:
    """Tensors that have the same names in the source and in the layer."""
    return {name: Taken(f"{path}.{name}") for name in names}


NORM = ("weight", "bias", "running_mean", "running_var")
RESIDUAL = Draft(
    "residual",
    {"input": Shape(3, (8, 8))},
    [
        DraftNode(
            "stem",
            "conv",
            {"filters": 8, "kernel": 3, "padding": 1, "bias": False},
            ("input",),
            weights=weights("stem", "weight"),
            scopes=(Scope(""), Scope("stem", "Conv2d", 1)),
        ),
        DraftNode("bn", "bn", {}, ("stem",), weights=weights("bn", *NORM), scopes=(Scope("bn"),)),
        DraftNode("relu1", "relu", {}, ("bn",)),
        DraftNode(
            "shared",
            "conv",
            {"filters": 8, "kernel": 3, "padding": 1, "groups": 2},
            ("relu1",),
            weights=weights("shared", "weight", "bias"),
            scopes=(Scope("shared", "Conv2d", 1),),
        ),
        DraftNode("relu2", "relu", {}, ("shared",)),
        DraftNode(
            "again",
            "conv",
            {"filters": 8, "kernel": 3, "padding": 1, "groups": 2},
            ("relu2",),
            weights=weights("shared", "weight", "bias"),
            shares="shared",
            scopes=(Scope("shared", "Conv2d", 2),),
        ),
        DraftNode("gamma", "layer_scale", {}, ("again",), weights={"weight": Taken("gamma")}),
        DraftNode("z", "add", {}, ("gamma", "relu1")),
        DraftNode("pooled", "mean", {}, ("z",)),
        DraftNode("head", "fc", {"units": 5}, ("pooled",), weights=weights("head", "weight", "bias")),
    ],
    ("z", "head"),
)


def changed(draft: Draft, name: str, **changes: Any) -> Draft:
    """The draft with other attributes of one node; `fields` are added to those it has."""
    other = deepcopy(draft)
    for index, node in enumerate(other.nodes):
        if node.name == name:
            fields = {**node.fields, **changes.pop("fields", {})}
            other.nodes[index] = replace(node, fields=fields, **changes)
    return other


def on(module: type[nn.Module], device: str) -> nn.Module:
    """A module on a device."""
    with torch.device(device):
        return module()
