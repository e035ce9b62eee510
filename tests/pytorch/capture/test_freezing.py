"""What the code does not train is `freeze` in the spec."""

import torch
from torch import Tensor, nn

import cnncalc
from cnncalc.importers import Draft, document
from cnncalc.pytorch.capture import capture
from cnncalc.pytorch.capture.building import on_meta


class Partly(nn.Module):
    """A frozen convolution and norm, a layer that is trained, and one of which only the bias is."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4)).requires_grad_(False)
        self.conv, self.mixed = nn.Conv2d(4, 5, 3), nn.Conv2d(5, 6, 1)
        self.mixed.weight.requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        result: Tensor = self.mixed(torch.relu(self.conv(self.stem(x))))
        return result


def drafted() -> Draft:
    return capture(on_meta(Partly), [(3, 9, 9)])


def test_a_layer_is_frozen_if_all_of_its_parameters_are() -> None:
    graph = cnncalc.load(document(drafted()))
    assert [(node.kind, node.frozen) for node in graph.nodes[1:]] == [
        ("conv", True),
        ("bn", True),
        ("conv", False),
        ("relu", False),
        ("conv", False),
    ]


def test_a_layer_of_which_a_part_is_frozen_is_noted() -> None:
    (note,) = [note for note in drafted().notes if note.code == "I043"]
    assert "mixed.weight" in note.message


def test_a_model_with_values_is_read_in_the_same_way() -> None:
    assert [node.controls for node in capture(Partly(), [(3, 9, 9)]).nodes] == [
        node.controls for node in drafted().nodes
    ]
