"""Layers that fix the input size: built by PyTorch at another size, they and no others have other weights."""

from collections.abc import Callable
from typing import TypeAlias

import pytest
from torch import nn

import cnncalc
from cnncalc.analysis import Analysis, fixed_input
from cnncalc.analysis.fixed_input import fixing_input
from cnncalc.pytorch import build as build_module

Figures: TypeAlias = Callable[..., Analysis]
VALID = "- conv: {filters: 4, kernel: 3, stride: 2}\n- flatten\n- fc: 10"
SEVERAL = "- locally_connected: {filters: 2, kernel: 3}\n- flatten\n- fc: {units: 6, act: relu}\n- fc: 10"


def names(analysis: Analysis) -> list[str] | None:
    fixing = analysis.fixing_input
    return None if fixing is None else [node.name for node in fixing]


def shapes(module: nn.Module) -> dict[str, tuple[int, ...]]:
    return {name: tuple(weight.shape) for name, weight in module.named_parameters()}


@pytest.mark.parametrize(("spec", "other"), [("lenet5", 36), ("cifar_convnet", 64), ("resnet20_cifar", 64)])
def test_are_those_whose_weights_pytorch_makes_otherwise(spec: str, other: int) -> None:
    graph = cnncalc.load(spec)
    own, larger = shapes(build_module(graph)), shapes(build_module(cnncalc.load(spec, input=other)))
    differing = {name.rpartition(".")[0] for name in own if own[name] != larger[name]}
    assert differing == set(names(cnncalc.analyse(graph)) or ())


class TestLayers:
    def test_after_windows_that_fit_few_sizes(self, figures: Figures) -> None:
        assert names(figures(VALID, input="9x9x3")) == ["fc1"]

    def test_only_the_first_of_several_fcs(self, figures: Figures) -> None:
        assert names(figures(SEVERAL)) == ["locally_connected1", "fc1"]

    def test_that_read_sequences(self, figures: Figures) -> None:
        assert names(figures("- conv: 4\n- flatten\n- fc: 2", input="16x3")) == ["fc1"]

    def test_that_mix_positions_as_channels(self, figures: Figures) -> None:
        mixer = "- permute: [channels, width, height]\n- linear: 8"
        assert names(figures(mixer, input="8x4x3")) == ["linear1"]

    @pytest.mark.parametrize(
        "layers",
        [
            "- conv: 4\n- global_avgpool\n- fc: 10",
            "- conv: 4\n- adaptive_avgpool: 2\n- flatten\n- fc: 10",
            "- conv: {filters: 4, kernel: 3}\n- conv: 10",
            "- conv: 4\n- flatten",
        ],
    )
    def test_none_where_the_weights_stay(self, figures: Figures, layers: str) -> None:
        assert names(figures(layers)) == []

    def test_none_of_features(self, figures: Figures) -> None:
        assert names(figures("- fc: 10", input="100")) == []


class TestExpressions:
    def test_of_the_input_can_leave_the_weights_as_they_are(self, figures: Figures) -> None:
        pooled = "- conv: 4\n- avgpool: {kernel: $in.height}\n- flatten\n- fc: 10"
        assert names(figures(pooled)) == []

    def test_of_a_parameter_for_the_side_too(self, figures: Figures) -> None:
        head = "params: {side: 8}\ninput: {height: $side, width: $side, channels: 3}\n"
        pooled = "- conv: 4\n- avgpool: {kernel: $side}\n- flatten\n- fc: 10"
        assert names(figures(pooled, input="", head=head)) == []
        assert names(figures("- flatten\n- fc: 10", input="", head=head, values={"side": 16})) == ["fc1"]

    def test_of_a_parameter_for_channels_are_not_sizes(self, figures: Figures) -> None:
        head = "params: {c: 3}\ninput: {height: 8, width: 8, channels: $c}\n"
        assert names(figures("- conv: 4\n- global_avgpool\n- fc: 10", input="", head=head)) == []


class TestUnknown:
    def test_after_an_error(self, figures: Figures) -> None:
        assert names(figures("- conv: {filters: 8, kernel: 9}\n- flatten\n- fc: 2", sound=False)) is None

    def test_networks_without_such_layers_are_not_built_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("cnncalc.analysis.fixed_input.build", None)
        assert fixing_input(cnncalc.analyse(cnncalc.load("resnet50"))) == []


def test_what_stands_beside_an_expect_in_one_line_is_read(figures: Figures) -> None:
    spec = "- {\n  expect: 9x9x9, conv: {filters: $in.height}}\n- global_avgpool\n- fc: 2"
    assert names(figures(spec, input="9x9x3")) == ["conv1", "fc1"]


@pytest.mark.parametrize("spec", ["vgg16", "vit_b_32", "squeezenet1_1", "swin_t", "lenet5", "resnet50"])
def test_carrying_shapes_through_a_network_answers_as_building_it_again(
    spec: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = names(cnncalc.analyse(cnncalc.load(spec)))
    monkeypatch.setattr(fixed_input, "_carried", lambda graph, larger: None)
    assert names(cnncalc.analyse(cnncalc.load(spec))) == answer
