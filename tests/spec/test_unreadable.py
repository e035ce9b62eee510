"""What could not be read is unknown wherever it is used, and nothing but that is."""

from pathlib import Path

import pytest

import cnncalc
from cnncalc.diagnostic import Severity
from cnncalc.graph import Graph
from tests._each import each

HEAD = "cnncalc: 1\ninput: 16x16x4\n"
# Two layers that use nothing of what is broken in the tests: they read the input.
OTHERS = (
    "  - {depthwise_conv: {kernel: 3}, from: input, name: apart}\n  - {softmax: , from: input, name: other}\n"
)


def load(text: str) -> Graph:
    return cnncalc.load(text)


def errors(graph: Graph) -> list[str]:
    """The codes of all findings: no note may follow from a guess."""
    return [item.code for item in graph.diagnostics]


def unknown(graph: Graph) -> list[str]:
    return [
        node.name for node in graph.nodes if node.shape is None or (node.fit is None and not node.is_input)
    ]


CONV = "  - conv: {filters: 8, stride: 2}\n    name: uses\n"


@each(
    ("head", "layers", "codes"),
    [
        ("defaults: {conv: {kernel: 3x3}}\n", CONV, ["L003"]),
        ("defaults: {conv: {kernel: 3 / $zero}}\nparams: {zero: 0}\n", CONV, ["L010"]),
        ("defaults: {conv: {kernel: $nothing}}\n", CONV, ["L009"]),
        ("defaults: {conv: {kernal: 3}}\n", CONV, ["L001"]),
        ("defaults: {conv: {kernel: 010}}\n", CONV, ["Y015"]),
        ("defaults: {conv: {kernel: 3, kernel: 5}}\n", CONV, ["Y012"]),
        ("defaults: {conv: {kernel: 3}, conv: {kernel: 5}}\n", CONV, ["Y012"]),
        ("defaults: {conv: {act: rellu}}\n", CONV, ["L003"]),
        ("defaults: {conv: {norm: [bn]}}\n", CONV, ["L003"]),
        ("defaults: {conv: {norm: bn}, bn: {eps: small}}\n", CONV, ["L003"]),
        ("defaults: {conw: {kernel: 3, filters: 3}}\n", CONV, ["L002"]),
        ("params: {k: 1 / 0 }\n", "  - conv: {filters: 8, kernel: $k}\n    name: uses\n", ["L003"]),
        ("params: {k: 1 / min(0)}\n", "  - conv: {filters: 8, kernel: $k}\n    name: uses\n", ["L010"]),
        ("params: {k: $j + 1, j: 2}\n", "  - conv: {filters: 8, kernel: $k}\n    name: uses\n", ["L009"]),
        ("params: {k: 010}\n", "  - conv: {filters: 8, kernel: $k}\n    name: uses\n", ["Y015"]),
        ("parmas: {k: 3}\n", "  - conv: {filters: 8, kernel: $k}\n    name: uses\n", ["L001"]),
        ("params: [k]\n", "  - conv: {filters: 8, kernel: $k}\n    name: uses\n", ["L003"]),
        ("params: {k: 1 / min(0)}\n", "  - {relu: , repeat: $k, name: uses}\n", ["L010"]),
        ("params: {k: 1 / min(0)}\n", "  - {relu: , when: $k > 1, name: uses}\n", ["L010"]),
        ("", "  - {conv: 8, repeat: 3x3, name: uses}\n", ["L003"]),
        ("", "  - {conv: 8, when: maybe, name: uses}\n", ["L003"]),
        ("", "  - {conv: 8, only: inferrence, name: uses}\n", ["L003"]),
        ("", "  - {conv: 8, from: inptu, name: uses}\n", ["L011"]),
        ("", "  - {conv: {filters: 8, kernel: 010}, name: uses}\n", ["Y015"]),
        ("", "  - {conv: {filters: 8, act: relv}, name: uses}\n", ["L003"]),
        ("", "  - {conv: {filters: 8, norm: bm}, name: uses}\n", ["L003"]),
        ("", "  - {conv: 8, first: {stride: 2}, name: uses}\n", ["L023"]),
        ("", "  - {conv: 8, repeat: 1, first: {stride: two}, name: uses}\n", ["L003"]),
    ],
)  # fmt: skip
def test_is_unknown_where_it_is_used(head: str, layers: str, codes: list[str]) -> None:
    graph = load(f"{HEAD}{head}layers:\n{layers}    \n".replace("    \n", "") + "  - maxpool: 2\n" + OTHERS)
    assert errors(graph) == codes
    names = unknown(graph)
    assert [name.partition("_")[0].partition(".")[0] for name in names if "undetermined" not in name] == [
        "uses",
        "maxpool1",
    ]
    assert not {"apart", "other"} & set(names)
    totals = cnncalc.analyse(graph).totals
    assert (totals.params, totals.macs, totals.activations) == (None, None, None)
    assert totals.inexact["params"].at_least == 4 * 9 + 4
    with pytest.raises(ValueError, match="shape"):
        cnncalc.estimate(graph)


@pytest.mark.parametrize(
    ("head", "code"), [("defualts: {conv: {kernel: 3}}\n", "L001"), ("defaults: [conv]\n", "L003")]
)
def test_where_all_defaults_are_lost_no_layer_is_known(head: str, code: str) -> None:
    graph = load(f"{HEAD}{head}layers:\n{CONV}{OTHERS}")
    assert errors(graph) == [code]
    assert unknown(graph) == ["uses", "apart", "other"]


BLOCK = """blocks:
  unit:
    params: {k: PARAMETER, filters: 8}
    layers:
      - conv: {filters: $filters, kernel: 1}
        name: first
      - conv: {filters: $filters, kernel: $k}
        name: uses
      - maxpool: 2
"""


@pytest.mark.parametrize(
    ("parameter", "use", "codes"),
    [
        ("1 / min(0)", "unit", ["L010"]),
        ("010", "unit", ["Y015"]),
        ("$nothing", "unit", ["L009"]),
        ("required", "unit: {k: 1 / min(0)}", ["L010"]),
        ("required", "unit: {k: 010}", ["Y015"]),
        ("required", "unit: {k: $nothing}", ["L009"]),
        ("required", "unit: $nothing", ["L009"]),
        ("3", "{unit: , repeat: 1, first: {k: 1 / min(0)}}", ["L010"]),
    ],
)
def test_of_a_block_what_uses_it_is_unknown(parameter: str, use: str, codes: list[str]) -> None:
    graph = load(f"{HEAD}{BLOCK.replace('PARAMETER', parameter)}layers:\n  - {use}\n{OTHERS}")
    assert errors(graph) == codes
    assert unknown(graph) == ["unit1.uses", "unit1.maxpool1"]
    assert graph.not_checked >= 1


def test_an_argument_replaces_a_default_that_can_not_be_read() -> None:
    graph = load(f"{HEAD}{BLOCK.replace('PARAMETER', '1 / min(0)')}layers:\n  - unit: {{k: 3}}\n{OTHERS}")
    assert errors(graph) == []
    assert unknown(graph) == []


def test_a_value_that_is_set_replaces_one_that_can_not_be_read() -> None:
    text = f"{HEAD}params: {{k: 1 / min(0)}}\nlayers:\n  - conv: {{filters: 8, kernel: $k}}\n"
    graph = cnncalc.load(text, values={"k": 3})
    assert graph.ok
    assert unknown(graph) == []


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("extends: base.yaml\nparams: {widht: 8}\n", ["L001"]),
        ("extends: base.yaml\nparams: {width: 1 / min(0)}\n", ["L010"]),
        ("extends: base.yaml\nparams: [width]\n", ["L003"]),
        ("extends: base.yaml\nparmas: {width: 8}\n", ["L001"]),
        ("extends: base.yaml\nparams: {width: 010}\n", ["Y015"]),
        ("extends: base.yaml\ninput: 8*8*4\n", ["L007"]),
        ("extends: base.yaml\ninptu: 8x8x4\n", ["L001"]),
    ],
)
def test_of_a_spec_that_extends_another(tmp_path: Path, text: str, codes: list[str]) -> None:
    base = f"{HEAD}params: {{width: 4}}\nlayers:\n  - conv: $width\n  - maxpool: 2\n"
    (tmp_path / "base.yaml").write_text(base, encoding="utf-8")
    (tmp_path / "net.yaml").write_text(f"cnncalc: 1\n{text}", encoding="utf-8")
    graph = cnncalc.load(tmp_path / "net.yaml")
    assert errors(graph) == codes
    assert unknown(graph)[-2:] == ["conv1", "maxpool1"]
    assert cnncalc.analyse(graph).totals.params is None


@pytest.mark.parametrize(
    ("inputs", "codes"),
    [
        ("inputs: {left: 8*8*4, right: 8x8x4}\n", ["L007"]),
        ("inputs: {left: 010, right: 8x8x4}\n", ["Y015"]),
        ("inputs: {left: 8x8x4, left: 8x8x3, right: 8x8x4}\n", ["Y012"]),
    ],
)
def test_of_several_inputs_the_others_are_known(inputs: str, codes: list[str]) -> None:
    layers = "layers:\n  - {conv: 4, from: left}\n  - {tanh: , from: right}\n  - concat: [conv1, tanh1]\n"
    graph = load(f"cnncalc: 1\n{inputs}{layers}")
    assert errors(graph) == codes
    assert unknown(graph) == ["left", "conv1", "concat1"]


@pytest.mark.parametrize("inputs", ["inputs: [left, right]\n", "inputs: left\n"])
def test_of_inputs_that_are_none_nothing_is_known(inputs: str) -> None:
    graph = load(f"cnncalc: 1\n{inputs}layers:\n  - {{conv: 4, from: left}}\n  - {{tanh: , from: right}}\n")
    assert errors(graph) == ["L003"]


def test_of_a_block_that_is_there_twice_neither_is_taken() -> None:
    blocks = "blocks:\n  unit:\n    layers: [conv: 3]\n  unit:\n    layers: [conv: 5]\n"
    graph = load(f"{HEAD}{blocks}layers:\n  - unit\n{OTHERS}")
    assert errors(graph) == ["Y012"]
    assert len(unknown(graph)) == 1


class TestWeights:
    """A layer whose shared weights are not found has a shape, but its parameters are unknown."""

    def test_of_a_layer_that_is_not_there(self) -> None:
        graph = load(f"{HEAD}layers:\n  - {{conv: 4, name: a}}\n  - {{conv: 4, share: b}}\n  - maxpool: 2\n")
        analysis = cnncalc.analyse(graph)
        assert unknown(graph) == []
        assert analysis.parameters[2] is None
        assert analysis.totals.params is None
        assert analysis.totals.inexact["params"].layer == "conv1"

    def test_of_what_may_be_followed_by_a_norm(self) -> None:
        graph = load(f"{HEAD}layers:\n  - conv: 4\n  - bnn\n")
        analysis = cnncalc.analyse(graph)
        assert analysis.parameters[1] is None
        assert analysis.totals.inexact["params"].at_least == 0

    def test_a_written_bias_is_known(self) -> None:
        analysis = cnncalc.analyse(load(f"{HEAD}layers:\n  - conv: {{filters: 4, bias: true}}\n  - bnn\n"))
        assert analysis.totals.inexact["params"].at_least == 20


class TestNames:
    """Names that could not be read may be what a reference means, and no reference is a fault because of them."""

    @pytest.mark.parametrize(
        "layers",
        [
            "  - {conv: 4, name: my stem}\n  - {relu: , from: stem}\n",
            "  - {conv: 4, name: 010}\n  - {relu: , from: stem}\n",
            "  - {sequence: [{conv: 4, name: stem}], nope: 3}\n  - {relu: , from: stem}\n",
            "  - {sequence: [{conv: 4, name: stem}], repeat: three}\n  - {relu: , from: stem}\n",
            "  - {conv: 4, repeat: three}\n  - conv: 8\n  - {relu: , from: conv1}\n",
            "  - {cnv: 4, name: stem}\n  - {relu: , from: stem}\n",
            "  - {relu: , name: a}\n  - {tanh: , name: a}\n  - {relu: , from: a}\n",
            "  - {unit: 3, repeat: $x}\n  - {relu: , from: unit2.conv1}\n",
        ],
    )
    def test_are_unknown(self, layers: str) -> None:
        graph = load(
            f"{HEAD}blocks:\n  unit:\n    params: {{k: 3}}\n    layers: [conv: $k]\nlayers:\n  - unit\n{layers}"
        )
        assert len([code for code in errors(graph) if code != "L015"]) == 1, errors(graph)
        assert graph.nodes[-1].shape is None

    @pytest.mark.parametrize(
        "blocks",
        [
            "blocks:\n  my block:\n    layers: [relu]\n",
            "blocks:\n  3:\n    layers: [relu]\n",
            "blocks: [unit]\n",
        ],
    )
    def test_of_blocks(self, blocks: str) -> None:
        graph = load(f"{HEAD}{blocks}layers:\n  - stage_of_it\n  - scal\n  - relu\n")
        assert len(errors(graph)) == 1, errors(graph)


@pytest.mark.parametrize(
    "line",
    [
        "strict: maybe",
        "budget: {params: <= 25B}",
        "name: [a]",
        "source: {a: b}",
        "description: text",
        "cnncalc_version: 3",
    ],
)
def test_what_no_figure_depends_on_leaves_them_exact(line: str) -> None:
    graph = load(f"{HEAD}{line}\nlayers:\n  - conv: 4\n    expect: 3*3\n  - relu:\n    allow: [S001]\n")
    assert not graph.ok
    assert cnncalc.analyse(graph).totals.params == 20
    assert all(item.severity is Severity.ERROR for item in graph.diagnostics)
