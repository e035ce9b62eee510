"""Residuals: the four shortcuts, and what `project` makes."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from cnncalc.diagnostic import Severity
from cnncalc.graph import Graph

Network: TypeAlias = Callable[..., Graph]


def faults(graph: Graph) -> list[str]:
    return [item.code for item in graph.diagnostics if item.severity > Severity.INFO]


def residual(body: str, shortcut: str = "") -> str:
    return f"- residual: [{body}]\n" + (f"  shortcut: {shortcut}\n" if shortcut else "")


def names(graph: Graph) -> list[str]:
    return [node.name for node in graph.layers]


class TestIdentity:
    @pytest.mark.parametrize("shortcut", ["", "identity", "[]"])
    def test_adds_the_input(self, network: Network, shortcut: str) -> None:
        graph = network(residual("conv: 3, relu", shortcut))
        assert names(graph) == ["conv1", "relu1", "add1"]
        assert graph.nodes[-1].inputs == (2, 0)

    def test_refuses_another_shape(self, network: Network) -> None:
        graph = network(residual("conv: 4"))
        assert faults(graph) == ["S008"]
        assert [fix.text for fix in graph.diagnostics[0].fixes] == ["shortcut: project"]


class TestProject:
    def test_is_the_identity_where_shapes_agree(self, network: Network) -> None:
        assert names(network(residual("conv: 3", "project"))) == ["conv1", "add1"]

    def test_fits_channels_and_stride(self, network: Network) -> None:
        body = (
            "conv: {filters: 5, kernel: 3, stride: 2, padding: 1}, conv: {filters: 6, kernel: 3, padding: 1}"
        )
        graph = network(residual(body, "project"), input="9x9x3")
        assert faults(graph) == []
        assert names(graph) == ["conv1", "conv2", "project1", "add1"]
        assert graph.nodes[3].inputs == (0,)
        fit = graph.nodes[3].fit
        assert fit is not None
        assert [(weight.name, weight.shape) for weight in fit.layer.weights(fit.inputs)] == [
            ("weight", (6, 3, 1, 1)),
            ("bias", (6,)),
        ]

    def test_has_the_norm_of_its_body(self, network: Network) -> None:
        body = "conv: {filters: 6, norm: {bn: {eps: 0.5}}, act: relu}"
        graph = network(residual(body, "project"))
        assert names(graph)[-3:] == ["project1", "project1.bn", "add1"]
        fits = [node.fit for node in graph.layers[-3:-1]]
        assert [len(fit.layer.weights(fit.inputs)) for fit in fits if fit] == [1, 2]
        assert getattr(fits[1].layer, "eps", None) == 0.5 if fits[1] else False

    def test_takes_a_stride_of_each_axis(self, network: Network) -> None:
        graph = network(residual("conv: {filters: 3, stride: [2, 1]}", "project"), input="9x8x3")
        assert faults(graph) == []
        assert str(graph.nodes[-1].shape) == "5x8x3"

    def test_counts_pooling_as_stride(self, network: Network) -> None:
        graph = network(residual("maxpool: 2, conv: {filters: 6}, maxpool: 2", "project"))
        assert faults(graph) == []
        assert str(graph.nodes[-1].shape) == "2x2x6"

    def test_of_features_is_fully_connected(self, network: Network) -> None:
        graph = network("- flatten\n" + residual("fc: {units: 20, act: relu}", "project"))
        assert faults(graph) == []
        assert [node.kind for node in graph.layers] == ["flatten", "fc", "relu", "fc", "add"]

    def test_can_not_undo_what_its_body_enlarges(self, network: Network) -> None:
        for body in ("upsample: 2", "conv_transpose: {filters: 3, kernel: 2, stride: 2}"):
            assert faults(network(residual(body, "project"))) == ["S008"]

    def test_can_not_undo_lost_borders(self, network: Network) -> None:
        assert faults(network(residual("conv: {filters: 3, kernel: 3}", "project"))) == ["S008"]

    def test_follows_the_body_through_structures(self, network: Network) -> None:
        body = "sequence: [conv: {filters: 6, stride: 2}], add: [[conv: 6], [conv: 6]]"
        graph = network(residual(body, "project"), input="9x9x3")
        assert faults(graph) == []
        assert str(graph.nodes[-1].shape) == "5x5x6"


class TestOptional:
    def test_adds_where_shapes_agree(self, network: Network) -> None:
        assert names(network(residual("conv: 3", "optional"))) == ["conv1", "add1"]

    def test_adds_nothing_where_they_differ(self, network: Network) -> None:
        graph = network(residual("conv: 4", "optional"))
        assert faults(graph) == []
        assert names(graph) == ["conv1"]


class TestLayers:
    def test_are_what_is_added(self, network: Network) -> None:
        graph = network(residual("maxpool: 2", "[avgpool: 2]"))
        assert names(graph) == ["maxpool1", "avgpool1", "add1"]
        assert [node.inputs for node in graph.layers] == [(0,), (0,), (1, 2)]

    def test_may_be_a_block(self, network: Network) -> None:
        head = "blocks:\n  half:\n    params: {by: 2}\n    layers: [avgpool: $by]\n"
        graph = network(residual("maxpool: 4", "[half: 4]"), head=head)
        assert names(graph) == ["maxpool1", "half1.avgpool1", "add1"]


@pytest.mark.parametrize(
    ("shortcut", "help"),
    [("projekt", "did you mean `project`?"), ("true", None), ("{conv: 3}", None), ("3", None)],
)
def test_another_shortcut(network: Network, shortcut: str, help: str | None) -> None:
    graph = network(residual("conv: 3", shortcut) + "- relu")
    assert faults(graph) == ["L003"]
    if help:
        assert graph.diagnostics[0].help == help


def test_a_residual_in_a_residual(network: Network) -> None:
    graph = network(
        "- residual:\n    - conv: 3\n    - residual: [conv: 3]\n  name: outer\n- relu:\n  from: outer"
    )
    assert faults(graph) == []
    assert [node.inputs for node in graph.layers] == [(0,), (1,), (2, 1), (3, 0), (4,)]
