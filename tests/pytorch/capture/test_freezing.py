"""What the code does not train is `freeze` in the spec."""

import torch
from torch import Tensor, nn

import cnncalc
from cnncalc.folding import fold
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


def test_a_frozen_convolution_and_its_frozen_norm_are_one_item() -> None:
    items = fold(drafted())["layers"]
    assert items[0] == {"conv": {"filters": 4, "kernel": 3, "bias": True, "norm": "bn"}, "freeze": True}
    assert [list(item) for item in items[1:]] == [["conv"], ["conv"]]


def test_what_is_trained_is_no_part_of_a_frozen_item() -> None:
    def make(frozen: int) -> nn.Module:
        module = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.PReLU(4), nn.Conv2d(4, 4, 3))
        module[frozen].requires_grad_(False)
        return module

    for frozen in (0, 1, 2):
        module = make(frozen)
        graph = cnncalc.load(fold(capture(module, [(3, 9, 9)])))
        kinds = ("conv", "bn", "prelu", "conv")
        trained = {kinds.index(node.kind) for node in graph.nodes[1:4] if not node.frozen}
        assert trained == {0, 1, 2} - {frozen}
