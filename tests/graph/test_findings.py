"""Each error is reported once, with its origin and how often it occurs; what is allowed is not reported."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

import cnncalc
from cnncalc.diagnostic import Severity, edited
from cnncalc.graph import Graph

Network: TypeAlias = Callable[..., Graph]
LOSES = "conv: {filters: 4, kernel: 3, stride: 2}"


def faults(graph: Graph) -> list[tuple[str, int]]:
    return [(item.code, item.span.line) for item in graph.diagnostics if item.severity > Severity.INFO]


def corrected(graph: Graph) -> list[list[str]]:
    """Of every fix of every diagnostic, the codes that are left at the diagnostic's place."""
    text = next(iter(graph.sources.values())).text
    left = []
    for item in graph.diagnostics:
        for fix in item.fixes:
            after = cnncalc.load(edited(text, fix)).diagnostics
            left += [
                [
                    diagnostic.code
                    for diagnostic in after
                    if (diagnostic.code, diagnostic.span.start) == (item.code, item.span.start)
                ]
            ]
    return left


class TestOnce:
    HEAD = f"blocks:\n  unit:\n    params: {{by: 1}}\n    layers:\n      - {LOSES}\n      - upsample: $by\n"

    def test_in_a_block_with_its_uses(self, network: Network) -> None:
        graph = network("- unit\n- unit: 4\n  from: input\n- unit:\n  from: input",
                        input="10x10x3", head=self.HEAD)  # fmt: skip
        (item,) = [diagnostic for diagnostic in graph.diagnostics if diagnostic.code == "S001"]
        assert item.span.line == 7
        assert item.notes[-1].text == "in block `unit` (by=1), used at line 10 and at 2 more places"
        assert item.notes[-1].span is not None

    def test_in_a_repetition(self, network: Network) -> None:
        graph = network(f"- {LOSES[:-1]}, padding: 1}}\n  repeat: 2", input="12x12x3")
        (item,) = graph.diagnostics
        assert item.notes[-1].text == "and in 1 more repetition"

    def test_of_two_axes(self, network: Network) -> None:
        graph = network(f"- {LOSES}", input="10x12x3")
        (item,) = graph.diagnostics
        assert item.message == "height: (W - F + 2P)/S + 1 = (10 - 3 + 0)/2 + 1 = 4.5"
        assert "width: (W - F + 2P)/S + 1 = (12 - 3 + 0)/2 + 1 = 5.5" in [note.text for note in item.notes]

    def test_in_the_order_of_the_text(self, network: Network) -> None:
        head = f"blocks:\n  unit:\n    layers:\n      - {LOSES}\n"
        layers = f"- {LOSES}\n- unit:\n  from: input\n- maxpool: 3\n  from: input"
        graph = network(layers, input="22x22x3", head=head)
        lines = [item.span.line for item in graph.diagnostics]
        assert lines == sorted(lines)
        assert len(lines) == 3


class TestFixes:
    """A fix is offered only if it works."""

    @pytest.mark.parametrize(
        "layers",
        [
            f"- {LOSES}",
            f"- sequence: [{LOSES}, relu]",
            f"- concat: [[{LOSES}], [maxpool: 2]]",
            "- conv: {filters: 4, kernel: 3x3}",
            "- conv: {filters: 4, kernel: 12}",
            "- conv: {filters: 4, kernel: 4, padding: half}",
            "- conv: {filters: 6, groups: 2}",
            "- fc: 10",
            "- [fc: 10]\n".replace("[", "{").replace("]", "}"),
            "- sequence:\n    - fc: 10",
            "- sequence: [relu, fc: 10]",
            "- sequence: [{fc: 10, name: a}]",
            "- name: a\n  fc: 10",
            "- concat:\n    - - fc: 10\n    - [flatten]",
            "- residual: [conv: 4]",
            "- residual:\n    - conv: 4\n  name: a",
            "- name: a\n  residual:\n    - conv: 4",
            "- {residual: [conv: 4], name: a}",
            "- sequence: [{residual: [conv: 4]}]",
            "- conv: 4\n  expect: 8x8x8",
            "- conv: {filter: 4}",
            "- conv: 4\n  name: stem\n- relu:\n  from: stemm",
            "- conv: 4\n  name: my stem",
            "- relu:\n  only: train",
        ],
    )
    def test_every_fix_works(self, network: Network, layers: str) -> None:
        graph = network(layers, input="10x10x3")
        left = corrected(graph)
        assert left
        assert left == [[]] * len(left)

    @pytest.mark.parametrize(
        "layers",
        [
            f"- {LOSES}\n  repeat: 2",
            f"- sequence:\n    - {LOSES}\n  repeat: 2",
            "- fc: 10\n  from: input",
            "- unit: 3\n- unit: 3",
            "- unit: 3\n- unit: 2",
        ],
    )
    def test_no_fix_for_only_one_of_several_uses(self, network: Network, layers: str) -> None:
        head = "blocks:\n  unit:\n    params: {k: required}\n    layers:\n"
        head += "      - conv: {filters: 3, kernel: $k, stride: 2}\n"
        graph = network(layers, input="10x10x3", head=head if "unit" in layers else "")
        assert graph.diagnostics
        assert corrected(graph) == []

    def test_in_a_block_that_is_used_once(self, network: Network) -> None:
        head = f"blocks:\n  unit:\n    layers:\n      - {LOSES}\n"
        graph = network("- unit", input="10x10x3", head=head)
        assert corrected(graph) == [[]] * 5

    def test_help_stands_where_no_fix_does(self, network: Network) -> None:
        graph = network(f"- {LOSES}\n  repeat: 2", input="10x10x3")
        assert graph.diagnostics[0].help is not None


class TestAllow:
    @pytest.mark.parametrize(
        "layers",
        [
            f"- {LOSES}\n  allow: {{S001: as published}}",
            f"- sequence: [{LOSES}]\n  allow: {{S001: as published}}",
            "- unit:\n  allow: {S001: as published}",
        ],
    )
    def test_accepts_what_stands_in_it(self, network: Network, layers: str) -> None:
        head = f"blocks:\n  unit:\n    layers: [{LOSES}]\n" if "unit" in layers else ""
        graph = network(layers, input="10x10x3", head=head)
        assert graph.diagnostics == ()
        assert str(graph.nodes[-1].shape) == "4x4x4"

    def test_ends_with_its_item(self, network: Network) -> None:
        graph = network(f"- {LOSES}\n  allow: {{S001: as published}}\n- {LOSES}", input="22x22x3")
        assert faults(graph) == [("S001", 6)]

    def test_is_of_the_code_it_names(self, network: Network) -> None:
        assert faults(network(f"- {LOSES}\n  allow: {{S002: why not}}", input="10x10x3")) == [("S001", 4)]

    @pytest.mark.parametrize(
        "layers",
        [
            "- conv: {filters: 4, kernel: 11}\n  allow: {S005: please}",
            "- relu:\n  from: nothing\n  allow: {L011: please}",
            "- add: [prev, [conv: 4]]\n  allow: {S008: please}",
            "- conv: 0\n  allow: {L003: please}",
        ],
    )
    def test_can_not_accept_what_leaves_the_network_unknown(self, network: Network, layers: str) -> None:
        graph = network(layers, input="10x10x3")
        assert len(faults(graph)) == 1

    @pytest.mark.parametrize(
        "allow", ["[S001]", "S001", "{S001: }", '{S001: ""}', "{stride: as published}", "{S1: as published}"]
    )
    def test_needs_a_code_and_a_reason(self, network: Network, allow: str) -> None:
        graph = network(f"- {LOSES}\n  allow: {allow}", input="10x10x3")
        codes = [code for code, _ in faults(graph)]
        assert codes.count("L022") == 1
        # A reason that lacks is one fault, not two.
        assert ("S001" in codes) == ("S001" not in allow)


def test_a_use_with_many_arguments_is_reported_by_the_first_of_them(network: Network) -> None:
    parameters = ", ".join(f"p{index}: {index}" for index in range(1000))
    head = f"blocks:\n  b:\n    params: {{{parameters}}}\n    layers: [conv: {{filters: 2, kernel: 9}}]\n"
    graph = network("- b", head=head)
    note = next(item for item in graph.diagnostics if item.code == "S005").notes[-1]
    assert note.text == (
        "in block `b` (p0=0, p1=1, p2=2, p3=3, p4=4, p5=5, p6=6, p7=7, and 992 more), used at line 8"
    )
