"""A spec and what it is asked for: inputs, outputs, parameters, modes."""

from collections.abc import Callable
from fractions import Fraction
from textwrap import indent
from typing import Any, TypeAlias

import pytest

import cnncalc
from cnncalc.diagnostic import Severity, edited
from cnncalc.graph import Graph
from tests.commands._program import run

Network: TypeAlias = Callable[..., Graph]


def faults(graph: Graph) -> list[tuple[str, int]]:
    return [(item.code, item.span.line) for item in graph.diagnostics if item.severity > Severity.INFO]


class TestInputs:
    @pytest.mark.parametrize(
        ("written", "shape"),
        [
            ("224x224x3", "224x224x3"),
            ("200×300×3", "200x300x3"),
            ("100x8", "100x8"),
            ("16x32x32x1", "16x32x32x1"),
            ("784", "784"),
            ("{channels: 3, height: 4, width: 5}", "4x5x3"),
            ("{width: 5, height: 4, channels: 3}", "4x5x3"),
            ("{channels: 3, length: 9}", "9x3"),
            ("{channels: 3, depth: 2, height: 4, width: 5}", "2x4x5x3"),
            ("{features: 10}", "10"),
            ("{channels: 3, height: $size * 2, width: $size}", "10x5x3"),
            ("$size", "5"),
            ("3x4x4x5", "3x4x4x5"),
            ("3x224x225", "3x224x225"),
        ],
    )
    def test_shapes(self, network: Network, written: str, shape: str) -> None:
        head = "params: {size: 5}\n" if "$" in written else ""
        graph = network("- relu", input=written, head=head)
        assert faults(graph) == []
        assert str(graph.nodes[0].shape) == shape

    @pytest.mark.parametrize(
        "written",
        ["224 x 224 x 3", "224*224*3", "[224, 224, 3]", "(224, 224, 3)", "224X224X3"],
    )
    def test_what_reads_like_a_shape_is_offered(self, network: Network, written: str) -> None:
        graph = network("- relu", input=f'"{written}"' if written[0] != "[" else written)
        (item,) = graph.diagnostics
        assert item.code == "L007"
        assert [fix.edits[0].text for fix in item.fixes] == ["224x224x3"]

    @pytest.mark.parametrize(
        "written",
        ["0x4x3", "wide", "4x", "1x2x3x4x5", "-3", "1.5", "true", "{channels: 3}", "{height: 3, width: 3}",
         "{channels: 0, length: 4}", "{channels: 3, length: 4, width: 4}", "{}", "null", "[]"],
    )  # fmt: skip
    def test_no_shapes(self, network: Network, written: str) -> None:
        graph = network("- conv: 3\n- fc: 3", input=written)
        assert [code for code, _ in faults(graph)] == ["L007"]
        assert graph.not_checked == 2

    @pytest.mark.parametrize("written", ["3x224x224", "1x28x28", "4x84x84"])
    def test_channels_first_is_an_error(self, network: Network, written: str) -> None:
        graph = network("- conv: {filters: 8, kernel: 3}\n- flatten", input=written)
        assert faults(graph) == [("S101", 2)]
        channels, _, side = written.split("x")
        assert [fix.edits[0].text for fix in graph.diagnostics[0].fixes] == [f"{side}x{side}x{channels}"]

    def test_channels_first_is_accepted_as_a_mapping(self, network: Network) -> None:
        graph = network("- conv: 8", input="{height: 3, width: 224, channels: 224}")
        assert faults(graph) == []

    def test_several_have_names(self, network: Network) -> None:
        head = "inputs: {left: 8x8x3, right: 8x8x4}\n"
        graph = network("- concat: [left, right]\n- conv: 5\n  from: right", input="", head=head)
        assert faults(graph) == []
        assert [node.name for node in graph.inputs] == ["left", "right"]
        assert [str(node.shape) for node in graph.layers] == ["8x8x7", "8x8x5"]

    def test_with_several_the_first_item_has_no_input(self, network: Network) -> None:
        head = "inputs: {left: 8x8x3, right: 8x8x3}\n"
        for item in ("conv: 3", "relu", "residual: [relu]", "add: [prev, left]", "add: [[relu], left]"):
            graph = network(f"- {item}\n- relu", input="", head=head)
            assert faults(graph)[0] == ("L020", 4)
            assert len(faults(graph)) == 1

    def test_one_may_have_a_name(self, network: Network) -> None:
        graph = network("- conv: 3\n- add: [prev, image]", input="", head="inputs: {image: 8x8x3}\n")
        assert faults(graph) == []

    @pytest.mark.parametrize("inputs", ["{}", "[8x8x3]", "8x8x3"])
    def test_inputs_is_a_mapping(self, network: Network, inputs: str) -> None:
        assert faults(network("- relu", input="", head=f"inputs: {inputs}\n")) == [("L003", 2)]

    def test_input_and_inputs_exclude_each_other(self, network: Network) -> None:
        assert faults(network("- relu", head="inputs: {image: 8x8x3}\n")) == [("L023", 2)]

    def test_a_layer_may_not_have_an_inputs_name(self, network: Network) -> None:
        assert faults(network("- conv: 3\n  name: input")) == [("L012", 5)]


class TestOutputs:
    def test_the_last_layer_by_default(self, network: Network) -> None:
        assert network("- conv: 3\n- relu").outputs == (2,)

    def test_are_named(self, network: Network) -> None:
        layers = "- conv: 3\n  name: a\n- conv: {filters: 3, act: relu}\n  name: b\n- conv: 3"
        graph = network(layers, head="outputs: [b, a, b, prev]\n")
        assert [graph.nodes[output].name for output in graph.outputs] == ["b.relu", "a", "conv1"]

    def test_may_be_one_word(self, network: Network) -> None:
        assert network("- conv: 3\n  name: a\n- relu", head="outputs: a\n").outputs == (1,)

    def test_must_exist(self, network: Network) -> None:
        graph = network("- conv: 3\n  name: stem", head="outputs: [stemm]\n")
        assert faults(graph) == [("L011", 3)]
        assert graph.diagnostics[0].help == "did you mean `stem`?"

    @pytest.mark.parametrize("outputs", ["[]", "[3]", "{a: b}"])
    def test_is_a_list_of_names(self, network: Network, outputs: str) -> None:
        assert faults(network("- relu", head=f"outputs: {outputs}\n")) == [("L003", 3)]


class TestValues:
    HEAD = "params: {width: 4, double: $width * 2}\n"

    def test_are_the_specs_own(self, network: Network) -> None:
        graph = network("- conv: $width\n- conv: $double", head=self.HEAD)
        assert [str(node.shape) for node in graph.layers] == ["8x8x4", "8x8x8"]
        assert graph.values == {"width": 4, "double": 8}

    @pytest.mark.parametrize(
        ("given", "channels"),
        [
            ({"width": 6}, [6, 12]),
            ({"double": 5}, [4, 5]),
            ({"width": 2.5}, None),
            ({"width": 3.0, "double": 1}, [3, 1]),
            ({"width": Fraction(3)}, [3, 6]),
        ],
    )
    def test_may_be_set(self, network: Network, given: dict[str, Any], channels: list[int] | None) -> None:
        graph = network("- conv: $width\n- conv: $double", head=self.HEAD, values=given)
        if channels is None:
            assert faults(graph) == [("L003", 5)]
        else:
            assert [node.shape.channels for node in graph.layers if node.shape] == channels

    def test_may_be_a_share(self, network: Network) -> None:
        layers = '- conv: "round_to(32 * $width, 8)"'
        for width, channels in ((1.0, 32), (0.35, 16), (1.4, 48)):
            graph = network(layers, head="params: {width: 1.0}\n", values={"width": width})
            assert str(graph.nodes[1].shape) == f"8x8x{channels}"

    def test_of_the_wrong_type_are_reported_where_they_are_used(self, network: Network) -> None:
        graph = network("- conv: $width", head="params: {width: 4}\n", values={"width": "wide"})
        assert faults(graph) == [("L003", 5)]

    def test_are_made_of_those_before(self, network: Network) -> None:
        graph = network("- conv: $a + $b", head="params: {a: $b, b: 2}\n")
        assert faults(graph) == [("L009", 3)]

    def test_without_a_value(self, network: Network) -> None:
        graph = network("- conv: $b", head="params: {a: 0, b: 1 / $a}\n")
        assert faults(graph) == [("L010", 3)]

    @pytest.mark.parametrize("name", ["in", "i", "2nd", "a-b", "ä"])
    def test_have_plain_names(self, network: Network, name: str) -> None:
        assert faults(network("- relu", head=f"params: {{{name}: 3}}\n")) == [("L017", 3)]


class TestStrict:
    STEM = "- conv: {filters: 4, kernel: 3, stride: 2, padding: 1}"

    def test_makes_every_remainder_an_error(self, network: Network) -> None:
        assert network(self.STEM).ok
        assert faults(network(self.STEM, head="strict: true\n")) == [("S002", 5)]
        assert faults(network(self.STEM, strict=True)) == [("S002", 4)]
        assert network(self.STEM, head="strict: false\n").ok

    def test_also_of_subsampling_and_of_rounding_up(self, network: Network) -> None:
        graph = network(
            "- conv: {filters: 4, stride: 2}\n- maxpool: {kernel: 3, rounding: ceil}", strict=True
        )
        assert faults(graph) == [("S003", 4), ("S004", 5)]

    def test_can_be_accepted(self, network: Network) -> None:
        assert network(f"{self.STEM}\n  allow: {{S002: as published}}", strict=True).ok

    def test_must_be_true_or_false(self, network: Network) -> None:
        assert faults(network("- relu", head="strict: 1\n")) == [("L003", 3)]


def test_a_fix_of_the_input_is_for_the_whole_network(network: Network) -> None:
    graph = network("- conv: {filters: 4, kernel: 3, stride: 2}", input="10x12x3")
    (item,) = graph.diagnostics
    fixes = ["padding: 1", "padding: {bottom: 1, right: 1}", "kernel: 2", "kernel: 4", "stride: 1"]
    assert [fix.text for fix in item.fixes] == fixes
    (item,) = cnncalc.findings(cnncalc.analyse(graph))
    texts = [fix.edits[0].text for fix in item.fixes if fix.text.startswith("input")]
    assert texts == ["9x11x3", "11x13x3"]
    source = graph.sources[item.span.file].text
    assert edited(source, item.fixes[-1]).splitlines()[1] == "input: 11x13x3"


class TestNoOutput:
    """That no output is left is an error of that mode, whichever command asks."""

    LEFT_OUT = (
        "- conv: 4\n- sequence: [relu]\n  name: late\n  only: inference",
        "- conv: 4\n- relu:\n  name: late\n  only: inference",
        "- conv: 4\n- add: [prev, input]\n  name: late\n  only: inference",
    )

    @pytest.mark.parametrize("layers", LEFT_OUT)
    def test_that_are_all_left_out_are_an_error(self, network: Network, layers: str) -> None:
        graph = network(layers, input="8x8x4", head="outputs: [late]\n", mode="training")
        (item,) = graph.diagnostics
        assert item.code == "L026"
        assert item.message == (
            "the network has no output in training: `late` of `outputs` is left out of it (`only` or `when`)"
        )
        assert graph.outputs == ()
        assert not graph.whole
        assert network(layers, input="8x8x4", head="outputs: [late]\n").ok

    @pytest.mark.parametrize("layers", LEFT_OUT)
    @pytest.mark.parametrize(
        "command", ["memory --mode training", "fit --memory 1GiB", "expand --mode training", "validate"]
    )
    def test_no_command_goes_on_without_one(self, layers: str, command: str) -> None:
        text = "cnncalc: 1\ninput: 8x8x4\nbudget: {memory: {training: <= 1MiB, batch: 1}}\noutputs: [late]\n"
        ended = run(*command.split(), "-", stdin=f"{text}layers:\n{indent(layers, '  ')}\n")
        assert ended.status == 1
        assert "L026" in ended.out + ended.err
        assert "cnncalc: 1\n" not in ended.out

    def test_one_of_two_is_enough(self, network: Network) -> None:
        layers = "- conv: 4\n  name: a\n- relu:\n  name: late\n  only: inference"
        graph = network(layers, head="outputs: [late, a]\n", mode="training")
        assert graph.ok
        assert [graph.nodes[output].name for output in graph.outputs] == ["a"]

    def test_a_network_that_ends_at_its_input_has_none(self, network: Network) -> None:
        graph = network("- conv: 4\n- relu:\n  from: input\n  repeat: 0")
        assert [item.code for item in graph.diagnostics] == ["L026"]
