"""Arguments to layers: expressions, defaults, `norm` and `act`, and when a bias is left out."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from cnncalc.diagnostic import Severity
from cnncalc.graph import Graph

Network: TypeAlias = Callable[..., Graph]


def faults(graph: Graph) -> list[str]:
    return [item.code for item in graph.diagnostics if item.severity > Severity.INFO]


def messages(graph: Graph) -> list[str]:
    return [item.message for item in graph.diagnostics]


def biased(graph: Graph) -> list[bool]:
    """Of every convolution and fully-connected layer whether it has a bias."""
    return [
        "bias" in [weight.name for weight in node.fit.layer.weights(node.fit.inputs)]
        for node in graph.layers
        if node.fit and node.fit.layer.family in ("convolution", "linear")
    ]


class TestExpressions:
    @pytest.mark.parametrize(
        ("written", "channels"),
        [
            ("$in.channels * 2", 12),
            ("$in.height + $in.width", 18),
            ("$k", 7),
            ("$k // 2 + $k % 2", 4),
            ("(3 + $k) / 2", 5),
            ("-3 + $k", 4),
            ("max(4, $k)", 7),
            ("min($k, $in.channels, 9)", 6),
            ("floor($k / 2)", 3),
            ("ceil($k / 2)", 4),
            ("abs(2 - $k)", 5),
            ("round_to(32 * 0.35, 8)", 16),
            ("round_to(67, 8)", 64),
            ("round_to($k / 7, 8)", 8),
        ],
    )
    def test_give_a_number(self, network: Network, written: str, channels: int) -> None:
        graph = network(f'- conv: "{written}"\n- conv: $k', input="8x10x6", head="params: {k: 7}\n")
        assert faults(graph) == []
        shape = graph.nodes[1].shape
        assert shape is not None
        assert shape.channels == channels

    @pytest.mark.parametrize(
        ("spatial", "asks"),
        [("20", "length"), ("8x10", "height"), ("8x10", "width"), ("4x8x10", "depth")],
    )
    def test_know_the_axes_of_what_enters(self, network: Network, spatial: str, asks: str) -> None:
        graph = network(f"- conv: $in.{asks}", input=f"{spatial}x3")
        assert faults(graph) == []

    def test_know_features(self, network: Network) -> None:
        assert str(network("- flatten\n- fc: $in.features / 2").nodes[-1].shape) == "96"

    def test_an_axis_that_is_not_there(self, network: Network) -> None:
        graph = network("- flatten\n- fc: $in.height")
        assert messages(graph) == ["`$in.height`: the input (192 features) has no height"]
        assert graph.diagnostics[0].help == "write `$in.features`"

    def test_a_quotient_must_be_exact_where_a_whole_number_is_wanted(self, network: Network) -> None:
        graph = network("- conv: $in.channels / 2")
        assert messages(graph) == ["`filters` must be a whole number, 1 or more, not 1.5"]
        assert "round_to" in (graph.diagnostics[0].help or "")

    def test_may_be_parts_of_lists_and_mappings(self, network: Network) -> None:
        head = "params: {k: 3}\n"
        graph = network("- conv: {filters: 4, kernel: [$k, 1], padding: [$k // 2, 0]}", head=head)
        assert str(graph.nodes[1].shape) == "8x8x4"
        graph = network("- conv: {filters: 4, kernel: 3, padding: {top: $k - 1, right: 2}}", head=head)
        assert str(graph.nodes[1].shape) == "8x8x4"

    def test_may_be_words(self, network: Network) -> None:
        head = "params: {how: ceil, pad: same}\n"
        graph = network(
            "- maxpool: {kernel: 3, stride: 2, rounding: $how}\n- conv: {filters: 4, kernel: 3, padding: $pad}",
            head=head,
        )
        assert [str(node.shape) for node in graph.layers] == ["4x4x3", "4x4x4"]

    def test_division_by_zero_has_no_value(self, network: Network) -> None:
        graph = network("- conv: 8 / ($in.channels - 3)\n- relu")
        assert messages(graph) == ["8 / 0: division by zero"]
        assert graph.not_checked == 1

    def test_huge_products_have_no_value(self, network: Network) -> None:
        big = " * ".join(["$big"] * 40)
        graph = network(f"- conv: {big}", head="params: {big: 999999999999999999}\n")
        assert faults(graph) == ["L010"]

    def test_a_computed_value_is_checked_by_its_field(self, network: Network) -> None:
        graph = network("- conv: {filters: 4, kernel: $k}", head="params: {k: 0}\n")
        assert faults(graph) == ["L003"]

    def test_what_is_unknown_is_reported_once(self, network: Network) -> None:
        graph = network("- conv: {filters: 4, kernel: 9}\n- conv: $in.channels\n- fc: $in.features")
        assert faults(graph) == ["S005"]
        assert graph.not_checked == 2


class TestDefaults:
    def test_are_for_every_layer_of_a_type(self, network: Network) -> None:
        head = "defaults: {conv: {kernel: 3, padding: 1, act: relu}, maxpool: {kernel: 2}}\n"
        graph = network("- conv: 4\n- maxpool\n- conv: {filters: 5, kernel: 1, padding: 0}", head=head)
        assert [node.kind for node in graph.layers] == ["conv", "relu", "maxpool", "conv", "relu"]
        assert [str(node.shape) for node in graph.layers[1:4]] == ["8x8x4", "4x4x4", "4x4x5"]

    def test_may_be_a_scalar(self, network: Network) -> None:
        assert str(network("- maxpool", head="defaults: {maxpool: 4}\n").nodes[-1].shape) == "2x2x3"

    def test_are_overridden_by_null(self, network: Network) -> None:
        graph = network("- conv: {filters: 4, kernel: null}", head="defaults: {conv: {kernel: 3}}\n")
        assert str(graph.nodes[1].shape) == "8x8x4"

    def test_may_be_computed(self, network: Network) -> None:
        head = "params: {k: 3}\ndefaults: {conv: {kernel: $k, filters: $in.channels * 2}}\n"
        assert [str(node.shape) for node in network("- conv\n- conv", head=head).layers] == [
            "6x6x6",
            "4x4x12",
        ]

    def test_apply_to_the_layers_of_norm_and_act(self, network: Network) -> None:
        for conv in ("conv", "depthwise_conv"):
            head = f"defaults: {{{conv}: {{kernel: 1, norm: bn, act: leaky_relu}}, bn: {{eps: 0.5}}, "
            head += "leaky_relu: {negative_slope: 0.3}}\n"
            graph = network(f"- {conv}: 3", head=head)
            layers = [node.fit.layer for node in graph.layers if node.fit]
            assert (getattr(layers[1], "eps", None), getattr(layers[2], "negative_slope", None)) == (0.5, 0.3)

    def test_of_an_unknown_layer(self, network: Network) -> None:
        graph = network("- relu", head="defaults: {cnv: {kernel: 3}}\n")
        assert [(item.code, item.help) for item in graph.diagnostics] == [("L002", "did you mean `conv`?")]

    def test_are_reported_once_where_they_are_unfit(self, network: Network) -> None:
        graph = network("- conv: 4\n- conv: 5", head="defaults: {conv: {kernel: 3x3}}\n")
        assert [(item.code, item.span.line) for item in graph.diagnostics] == [("L003", 3)]


class TestSugar:
    def test_stands_for_the_layers_that_follow(self, network: Network) -> None:
        graph = network("- conv: {filters: 4, norm: bn, act: relu}\n- flatten\n- fc: {units: 5, act: tanh}")
        names = ["conv1", "conv1.bn", "conv1.relu", "flatten1", "fc1", "fc1.tanh"]
        assert [node.name for node in graph.layers] == names

    def test_may_hold_arguments(self, network: Network) -> None:
        graph = network("- conv: {filters: 4, norm: {bn: {eps: 0.25}}, act: {leaky_relu: 0.2}}")
        fits = [node.fit for node in graph.layers]
        assert [getattr(fit.layer, "eps", None) for fit in fits if fit] == [None, 0.25, None]
        assert [getattr(fit.layer, "negative_slope", None) for fit in fits if fit] == [None, None, 0.2]

    @pytest.mark.parametrize("none", ["none", "null"])
    def test_none_overrides_a_default(self, network: Network, none: str) -> None:
        head = "defaults: {conv: {norm: bn, act: relu}}\n"
        graph = network(f"- conv: {{filters: 4, norm: {none}, act: {none}}}", head=head)
        assert [node.name for node in graph.layers] == ["conv1"]
        assert biased(graph) == [True]

    def test_may_be_computed(self, network: Network) -> None:
        head = "params: {act: relu, norm: bn}\n"
        layers = "- conv: {filters: 4, norm: $norm, act: $act}"
        assert [node.kind for node in network(layers, head=head).layers] == ["conv", "bn", "relu"]
        other = network(layers, head=head, values={"act": "tanh", "norm": "none"})
        assert [node.kind for node in other.layers] == ["conv", "tanh"]
        assert (biased(network(layers, head=head)), biased(other)) == ([False], [True])

    def test_computed_has_its_defaults(self, network: Network) -> None:
        head = "params: {act: leaky_relu}\ndefaults: {leaky_relu: {negative_slope: 0.3}}\n"
        graph = network("- conv: {filters: 4, act: $act}", head=head)
        assert graph.nodes[2].fit is not None
        assert getattr(graph.nodes[2].fit.layer, "negative_slope", None) == 0.3

    def test_computed_to_no_such_layer(self, network: Network) -> None:
        graph = network("- conv: {filters: 4, act: $act}\n- relu", head="params: {act: relo}\n")
        assert faults(graph) == ["L003"]
        assert graph.diagnostics[0].help == "did you mean `relu`?"
        assert graph.not_checked == 1

    def test_computed_to_a_layer_that_lacks_an_argument(self, network: Network) -> None:
        head = "params: {norm: lrn}\n"
        assert faults(network("- conv: {filters: 4, norm: $norm}", head=head)) == ["L004"]
        head += "defaults: {lrn: 5}\n"
        assert faults(network("- conv: {filters: 4, norm: $norm}", head=head)) == []

    @pytest.mark.parametrize(
        "sugar", ["norm: relu", "act: bn", "act: conv", "act: 3", "act: [relu]", "norm: bm"]
    )
    def test_must_be_of_its_family(self, network: Network, sugar: str) -> None:
        assert faults(network(f"- conv: {{filters: 4, {sugar}}}")) == ["L003"]

    def test_is_not_a_parameter_of_other_layers(self, network: Network) -> None:
        assert faults(network("- maxpool: {kernel: 2, act: relu}")) == ["L001"]


class TestBias:
    """`bias` defaults to true unless a norm follows."""

    @pytest.mark.parametrize(
        ("layers", "biases"),
        [
            ("- conv: 4", [True]),
            ("- conv: {filters: 4, norm: bn}", [False]),
            ("- conv: {filters: 4, norm: bn, bias: true}", [True]),
            ("- conv: {filters: 4, bias: false}", [False]),
            ("- conv: 4\n- bn", [False]),
            ("- conv: {filters: 4, bias: true}\n- bn", [True]),
            ("- conv: {filters: 4, norm: none}\n- bn", [False]),
            ("- conv: 4\n- relu\n- bn", [True]),
            ("- conv: {filters: 4, act: relu}\n- bn", [True]),
            ("- conv: 4\n- bn:\n  when: 1 > $zero", [True]),
            ("- conv: 4\n- bn:\n  only: training", [True]),
            ("- conv: 4\n- bn:\n  from: input", [True]),
            ("- conv: 4\n  repeat: 2\n- bn", [True, False]),
            ("- conv: {filters: 4, norm: bn}\n  repeat: 2", [False, False]),
            ("- conv: {filters: 4, norm: bn}\n  repeat: 2\n  first: {norm: none}", [True, False]),
            ("- sequence: [conv: 4, bn]\n- conv: 5", [False, True]),
            ("- flatten\n- fc: {units: 4, norm: bn}\n- fc: 5\n- bn", [False, False]),
            ("- depthwise_conv: {norm: bn}\n- conv_transpose: {filters: 3, norm: bn}", [False, False]),
        ],
    )
    def test_default(self, network: Network, layers: str, biases: list[bool]) -> None:
        head = "params: {zero: 0}\n" if "$zero" in layers else ""
        graph = network(layers, head=head)
        assert faults(graph) == []
        assert biased(graph) == biases
