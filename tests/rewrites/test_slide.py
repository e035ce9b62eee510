"""A classifier over a larger image: the map, the passes, and whether crops have the same scores."""

from math import prod
from types import ModuleType
from typing import Any

import pytest

import cnncalc
from cnncalc.graph import Graph
from cnncalc.rewrites import RewriteRefused, slide
from cnncalc.shape import Shape

# Without padding, four pixels between two scores.
PLAIN: list[Any] = [
    {"conv": {"filters": 6, "kernel": 5}}, "relu", {"maxpool": 2},
    {"conv": {"filters": 8, "kernel": 5}}, "relu", {"maxpool": 2},
    "flatten", {"fc": 10}, "relu", {"fc": 3},
]  # fmt: skip


def network(*layers: Any, input: str = "32x32x3") -> Graph:
    graph = cnncalc.load({"cnncalc": 1, "input": input, "layers": list(layers)})
    assert graph.ok, graph.diagnostics
    return graph


class TestTheNotesExample:
    """VGG-16 over 384x384: the numbers of the notes, and those that they leave out."""

    def test_map_and_scores(self) -> None:
        result = slide(cnncalc.load("vgg16"), Shape(3, (384, 384)))
        assert result.entering == ("stage5.maxpool1", Shape(512, (12, 12)))
        assert (result.scores, result.crops, result.strides) == (Shape(1000, (6, 6)), 36, (32, 32))

    def test_macs(self) -> None:
        result = slide(cnncalc.load("vgg16"), Shape(3, (384, 384)))
        assert (result.passes[0].macs, result.macs_of_a_crop) == (49_551_114_240, 15_470_264_320)

    def test_a_stride_of_16_takes_four_passes(self) -> None:
        result = slide(cnncalc.load("vgg16"), Shape(3, (384, 384)), 16)
        assert [prod(one_pass.places) for one_pass in result.passes] == [36, 30, 30, 25]
        assert result.places == 121 == ((384 - 224) // 16 + 1) ** 2
        # The notes' two passes: as it is, and moved along both axes.
        assert prod(result.passes[0].places) + prod(result.passes[-1].places) == 61

    def test_crops_are_not_equal_where_layers_pad(self) -> None:
        (reason,) = slide(cnncalc.load("vgg16"), Shape(3, (384, 384))).reasons
        assert "stage1.conv1 and 12 more layers pad" in reason


@pytest.mark.parametrize("stride", [1, 2, 4])
@pytest.mark.parametrize("size", [32, 35, 41, 44])
def test_places_are_those_of_all_crops_at_that_stride(size: int, stride: int) -> None:
    result = slide(network(*PLAIN), Shape(3, (size, 36)), stride)
    assert result.places == ((size - 32) // stride + 1) * ((36 - 32) // stride + 1)


def test_what_no_step_reaches_is_left_out() -> None:
    result = slide(network(*PLAIN), Shape(3, (39, 47)))
    assert (result.used, result.scores) == (Shape(3, (36, 44)), Shape(3, (2, 4)))


class TestByPyTorch:
    def test_crops_have_the_scores_of_the_map(self, torch: ModuleType) -> None:
        from cnncalc.pytorch.slid import check_slide

        graph = network(*PLAIN)
        result = slide(graph, Shape(3, (44, 40)))
        check = check_slide(graph, result)
        assert check.crops == result.crops == 12
        assert not result.reasons
        assert check.relative < 1e-4

    def test_padding_makes_them_differ(self, torch: ModuleType) -> None:
        from cnncalc.pytorch.slid import check_slide

        padded = [
            {"conv": {"filters": 6, "kernel": 3, "padding": 1}},
            "relu",
            {"maxpool": 2},
            "flatten",
            {"fc": 3},
        ]
        graph = network(*padded, input="8x8x3")
        result = slide(graph, Shape(3, (12, 12)))
        assert result.reasons
        assert check_slide(graph, result).relative > 0.01

    def test_a_gate_over_all_positions_makes_them_differ(self, torch: ModuleType) -> None:
        from cnncalc.pytorch.slid import check_slide

        gate: Any = {"mul": ["a", ["global_avgpool", {"conv": {"filters": 6, "kernel": 1}}, "sigmoid"]]}
        graph = network(
            {"conv": {"filters": 6, "kernel": 3}, "name": "a"}, gate, "flatten", {"fc": 3}, input="8x8x3"
        )
        result = slide(graph, Shape(3, (12, 12)))
        assert "reads all positions" in result.reasons[0]
        assert check_slide(graph, result).relative > 1e-4


@pytest.mark.parametrize(
    ("graph", "image", "stride", "reason"),
    [
        (network(*PLAIN), Shape(3, (31, 40)), None, "smaller than the network's input"),
        (network(*PLAIN), Shape(3, (40, 40)), 3, "divide it, and 3 does not"),
        (network(*PLAIN), Shape(1, (40, 40)), None, "the network reads 32x32x3"),
        (network({"conv": 4}), Shape(3, (40, 40)), None, "no fc layer"),
    ],
)
def test_refuses(graph: Graph, image: Shape, stride: int | None, reason: str) -> None:
    with pytest.raises(RewriteRefused, match=reason):
        slide(graph, image, stride)


def test_says_what_a_crop_has_at_its_border() -> None:
    """Zeros, or what the padding of a layer contains instead."""
    graph = network(
        {"conv": {"filters": 4, "kernel": 3, "padding": 1, "padding_mode": "circular"}},
        {"reflection_pad": 1},
        {"conv": {"filters": 4, "kernel": 3, "padding": 1}},
        "flatten",
        {"fc": 5},
        input="8x8x3",
    )
    reasons = slide(graph, Shape(3, (12, 12))).reasons
    assert [reason.partition(": a crop has ")[2].partition(" at its border")[0] for reason in reasons] == [
        "values of its other side",
        "its mirror image",
        "zeros",
    ]
