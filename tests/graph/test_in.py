"""`in`: the node that enters a block, the same throughout it; at the top level the one input."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

import cnncalc
from cnncalc.diagnostic import edited
from cnncalc.graph import Graph
from cnncalc.render.expansion import expansion

Network: TypeAlias = Callable[..., Graph]


def block(body: str, *, params: str = "") -> str:
    """The head of a spec with one block, `b`."""
    inside = "".join(f"      {line}\n" for line in body.strip().split("\n"))
    given = f"    params: {params}\n" if params else ""
    return f"blocks:\n  b:\n{given}    layers:\n{inside}"


def reads(graph: Graph, name: str) -> list[str]:
    """The names of what a layer reads, in the spec and in what `expand` writes of it."""
    assert graph.ok, graph.diagnostics
    own, again = (
        [graph.nodes[source].name for source in graph.nodes[graph.by_name[name]].inputs]
        for graph in (graph, cnncalc.load("".join(expansion(graph))))
    )
    assert own == again
    return own


@pytest.mark.parametrize(
    ("body", "name", "read"),
    [
        ("- conv: 3\n- add: [prev, in]", "b1.add1", ["b1.conv1", "relu1"]),
        ("- conv: 3\n- concat: [in, prev]", "b1.concat1", ["relu1", "b1.conv1"]),
        ("- conv: 3\n- concat: {of: [in, prev]}", "b1.concat1", ["relu1", "b1.conv1"]),
        ("- conv: 3\n- conv: 3\n  from: in", "b1.conv2", ["relu1"]),
        ("- conv: 3\n- sequence:\n    - relu\n    - add: [prev, in]", "b1.add1", ["b1.relu1", "relu1"]),
        ("- conv: 3\n- sequence:\n    - conv: 3\n  from: in", "b1.conv2", ["relu1"]),
        ("- conv: 3\n- residual:\n    - conv: 3\n    - mul: [prev, in]", "b1.mul1", ["b1.conv2", "relu1"]),
        (
            "- conv: 3\n- residual: [conv: 3]\n  shortcut: [{conv: 3, from: in}]",
            "b1.conv3",
            ["relu1"],
        ),
        ("- conv: 3\n- add: [prev, [conv: 3, {add: [prev, in]}]]", "b1.add1", ["b1.conv2", "relu1"]),
        ("- conv: 3\n- add: [prev, [{conv: 3, from: in}]]", "b1.conv2", ["relu1"]),
        ("- conv: 3\n- add: [prev, [{conv: 3, from: in, when: false}]]", "b1.add1", ["b1.conv1", "relu1"]),
        ("- conv: 3\n- relu:\n  repeat: 2\n  from: in", "b1.relu1", ["relu1"]),
        ("- conv: $in.channels\n- add: [prev, in]", "b1.add1", ["b1.conv1", "relu1"]),
    ],
)
def test_is_what_enters_the_block(network: Network, body: str, name: str, read: list[str]) -> None:
    assert reads(network("- conv: 3\n- relu\n- b", head=block(body)), name) == read


def test_is_what_enters_each_repetition(network: Network) -> None:
    graph = network("- b:\n  repeat: 2", head=block("- conv: 3\n- add: [prev, in]"))
    assert reads(graph, "b1.add1") == ["b1.conv1", "input"]
    assert reads(graph, "b2.add1") == ["b2.conv1", "b1.add1"]


def test_is_what_from_beside_the_block_names(network: Network) -> None:
    head = block("- conv: 3\n- add: [prev, in]")
    graph = network("- conv: 3\n  name: a\n- relu\n- b:\n  from: a", head=head)
    assert reads(graph, "b1.add1") == ["b1.conv1", "a"]


@pytest.mark.parametrize("use", ["- add: [prev, in]", "- sequence: [{add: [prev, in]}]"])
def test_is_the_one_input_at_the_top_level(network: Network, use: str) -> None:
    assert reads(network(f"- conv: 3\n{use}"), "add1") == ["conv1", "input"]


def test_may_be_the_output(network: Network) -> None:
    graph = network("- conv: 3\n  name: a", head="outputs: [a, in]\n")
    assert [graph.nodes[output].name for output in graph.outputs] == ["a", "input"]


class TestArguments:
    HEAD = (
        "blocks:\n"
        "  unit:\n    params: {skip: required}\n    layers:\n      - conv: 3\n      - add: [prev, $skip]\n"
        "  outer:\n    params: {skip: required}\n    layers:\n      - conv: 3\n      - unit: {skip: $skip}\n"
        "  own:\n    layers:\n      - conv: 3\n      - relu\n      - unit: {skip: in}\n"
        "  default:\n    params: {skip: in}\n    layers:\n      - conv: 3\n      - add: [prev, $skip]\n"
    )

    @pytest.mark.parametrize(
        ("use", "name", "read"),
        [
            ("- unit: {skip: in}", "unit1.add1", "input"),
            ("- outer: {skip: in}", "outer1.unit1.add1", "input"),
            ("- outer: {skip: in}\n  repeat: 2", "outer2.unit1.add1", "input"),
            ("- own", "own1.unit1.add1", "conv1"),
            ("- default", "default1.add1", "conv1"),
            ("- default: in", "default1.add1", "input"),
        ],
    )
    def test_keep_the_scope_of_the_caller(self, network: Network, use: str, name: str, read: str) -> None:
        assert reads(network(f"- conv: 3\n{use}", head=self.HEAD), name)[1] == read

    def test_as_a_word_is_a_word(self, network: Network) -> None:
        head = block("- conv: {filters: 3, act: $act}", params="{act: required}")
        (fault,) = network("- b: in", head=head).diagnostics
        assert "not in" in fault.message


def test_weights_of_what_enters_can_be_shared(network: Network) -> None:
    head = block("- conv: 3\n  share: in")
    graph = network("- conv: {filters: 3, norm: bn}\n  name: a\n- b", head=head)
    assert [item.code for item in graph.diagnostics] == ["S103"]
    graph = network("- conv: {filters: 3, act: relu}\n  name: a\n- b", head=head)
    assert graph.nodes[graph.nodes[graph.by_name["b1.conv1"]].owner].name == "a"


class TestSeveralInputs:
    HEAD = "inputs: {left: 8x8x3, right: 8x8x3}\n"

    @pytest.mark.parametrize("layers", ["- relu:\n  from: in", "- concat: [in, left]"])
    def test_are_named(self, network: Network, layers: str) -> None:
        (fault,) = network(layers, input="", head=self.HEAD).diagnostics
        assert fault.code == "L020"
        assert "`left`" in (fault.help or "")
        assert "`right`" in (fault.help or "")

    def test_inside_a_block_nothing_enters(self, network: Network) -> None:
        head = self.HEAD + block("- conv: 3\n  from: left\n- add: [prev, in]")
        (fault,) = network("- b\n- concat: [prev, right]", input="", head=head).diagnostics
        assert (fault.code, "nothing enters `b1`" in fault.message) == ("L020", True)
        assert network("- b:\n  from: right", input="", head=head).ok


class TestAsAName:
    @pytest.mark.parametrize(
        "text",
        [
            "input: 8x8x3\nlayers:\n  - conv: 3\n    name: in\n  - relu\n  - add: [prev, in]\n",
            "inputs: {in: 8x8x3}\nlayers:\n  - conv: 3\n  - add: [prev, in]\n",
            "input: 8x8x3\noutputs: [in]\nlayers:\n  - conv: 3\n    name: in\n  - conv: 3\n    share: in\n",
            "input: 8x8x3\nblocks:\n  b:\n    layers:\n      - conv: 3\n        name: in\n      - relu\n"
            "      - add: [prev, in]\nlayers:\n  - b\n",
        ],
    )
    def test_is_renamed_with_what_refers_to_it(self, text: str) -> None:
        whole = f"cnncalc: 1\n{text}"
        (fault,) = cnncalc.load(whole).diagnostics
        assert fault.code == "L017"
        assert edited(whole, fault.fixes[0]) == whole.replace(" in\n", " in1\n").replace(
            "in]", "in1]"
        ).replace("{in:", "{in1:")
        assert not fault.fixes[0].safe

    def test_has_no_fix_where_a_reference_may_mean_either(self) -> None:
        text = (
            "cnncalc: 1\ninput: 8x8x3\nblocks:\n  b:\n    layers:\n      - conv: 3\n      - add: [prev, in]\n"
            "layers:\n  - conv: 3\n    name: in\n  - b\n"
        )
        (fault,) = cnncalc.load(text).diagnostics
        assert (fault.code, fault.fixes) == ("L017", ())

    def test_is_not_a_block_either(self, network: Network) -> None:
        graph = network("- relu", head="blocks:\n  in: {layers: [conv: 3]}\n")
        assert [item.code for item in graph.diagnostics] == ["L017"]


def test_sizes_of_the_item_stay_what_they_were(network: Network) -> None:
    graph = network("- conv: 5\n- b", head=block("- conv: $in.channels * 2\n- conv: $in.channels * 2"))
    assert [str(node.shape) for node in graph.layers] == ["8x8x5", "8x8x10", "8x8x20"]
