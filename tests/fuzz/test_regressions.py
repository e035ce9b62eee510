"""What fuzz tests have found: each test is named for the behaviour that was missing."""

import json
from pathlib import Path

import pytest

import cnncalc
from cnncalc.diagnostic import Diagnostic, edited
from cnncalc.graph import Graph
from cnncalc.render.expansion import expansion
from cnncalc.render.report import ReportPage
from cnncalc.render.report.json import render
from cnncalc.report import Report
from cnncalc.shape import Shape, Window
from cnncalc.text import from_text, load
from tests._depth import DEEP
from tests._work import at_most
from tests.fuzz._hold import UNSAFE
from tests.fuzz._hostile import HEAD, layers

TWO = "cnncalc: 1\ninputs: {left: 8x8x4, right: 8x8x4}\n"


def built(*items: str, head: str = HEAD) -> Graph:
    return cnncalc.load(layers(*items, head=head))


def codes(graph: Graph) -> list[str]:
    return [item.code for item in graph.diagnostics]


def only(graph: Graph) -> Diagnostic:
    (diagnostic,) = graph.diagnostics
    return diagnostic


@pytest.mark.parametrize("expression", ["min(8)", "max(8)", "min(9, 8)"])
def test_min_and_max_take_any_count_of_numbers(expression: str) -> None:
    graph = built(f"conv: {expression}")
    assert graph.ok
    assert graph.nodes[-1].shape == Shape(8, (32, 32))


@pytest.mark.parametrize("item", ["{upsample: 10, repeat: 5000}", "{concat: [prev, prev], repeat: 5000}"])
def test_sizes_end_at_18_digits(item: str) -> None:
    graph = built(item)
    assert codes(graph) == ["S104"]
    assert max(max(node.shape.torch) for node in graph.nodes if node.shape) < 10**18


def test_a_receptive_field_beyond_all_bounds_is_not_reported() -> None:
    graph = built("{conv: {filters: 1, kernel: 1, stride: 2, padding: 1}, repeat: 300}")
    fields = cnncalc.analyse(graph).receptive_fields
    assert graph.ok
    assert fields[100] is not None
    assert fields[-1] is None


def test_a_network_that_is_not_complete_has_no_totals() -> None:
    graph = cnncalc.load(layers("conv: 4", "{relu: , repeat: 100}"), max_nodes=50)
    assert codes(graph) == ["L018"]
    assert cnncalc.analyse(graph).totals.params is None


@pytest.mark.parametrize(
    "item",
    [
        "{concat: [left, right], when: $in.channels > 1}",
        "{concat: [left, right], repeat: $in.channels}",
        "{concat: [left, right], expect: {channels: 2 * $in.channels, height: 8, width: 8}}",
    ],
)
def test_using_what_enters_is_an_error_where_nothing_enters(item: str) -> None:
    assert codes(built(item, head=TWO)) == ["L020"]


def test_a_block_that_uses_what_enters_needs_an_input() -> None:
    head = TWO + "blocks: {unit: {params: {k: $in.channels}, layers: [concat: [left, right], conv: $k]}}\n"
    assert codes(built("unit", head=head)) == ["L020"]


@pytest.mark.parametrize("item", ["{relu: , when: false}", "{relu: , repeat: 0}", "{relu: , only: training}"])
def test_a_network_without_layers_is_a_fault(item: str) -> None:
    assert "every layer is left out" in only(built(item)).message


@pytest.mark.parametrize("name", ['"3"', '"true"', '"null"', '"0x1F"', '"1e3"', '"010"', "conv1", "a.b-c"])
def test_a_layer_of_any_name_is_written_out(name: str) -> None:
    graph = built(f"{{relu: , name: {name}}}", "conv: 8", f"concat: [{name}, prev]")
    text = "".join(expansion(graph))
    assert [node.name for node in cnncalc.load(text).nodes] == [node.name for node in graph.nodes]


@pytest.mark.parametrize(
    "name", ["Net 🚀", "'a: b'", "'a # b'", "été", '"a\\tb"', "a\u202eb", "null ", '"null"']
)
def test_a_network_of_any_name_is_written_out(name: str) -> None:
    graph = built("relu", head=f"name: {name}\n{HEAD}")
    again = cnncalc.load("".join(expansion(graph)))
    assert again.ok
    assert again.spec.name == graph.spec.name


@pytest.mark.parametrize(
    "text",
    [
        "cnncalc: 1\ninput: [0]\nlayers: [relu]\n",
        "cnncalc: 1\ninput: [a, b]\nlayers: [relu]\n",
        "cnncalc: 1\ninput: [8, 8, 3]\nlayers: [relu]\n",
        "cnncalc:\ninput: 8x8x3\nlayers: [relu]\n",
        layers('bn: {momentum: "3"}'),
        layers('bn: {momentum: "0.5"}'),
        layers("conv: {filters: 8, kernel: ٣x٣}"),
        layers("maxpool: {kernel: 5, dilation: $in.height // 2}", head="cnncalc: 1\ninput: 10x12x4\n"),
        layers(
            *["cell"] * 2,
            head=HEAD
            + "blocks: {cell: {layers: [{relu: , when: $in.channels < 9}, {tanh: , from: tanh}, conv: 16]}}\n",
        ),
    ],
)
def test_a_fix_is_offered_only_where_it_works(text: str) -> None:
    for item in cnncalc.load(text).diagnostics:
        for fix in item.fixes:
            after = cnncalc.load(edited(text, fix)).diagnostics
            assert (item.code, item.span.start) not in [(other.code, other.span.start) for other in after]


def test_digits_of_other_scripts_are_not_sizes() -> None:
    assert codes(built("relu", head="cnncalc: 1\ninput: ٨x٨x٣\n")) == ["L007"]


@pytest.mark.parametrize(
    "text", ["{a:?  1}\n", "[a:? 1]\n", "[b, {a|b:?}]\n", "{a:\n  b:? 1}\n", "a:? b\n", "[a?b, ?c]\n"]
)
def test_the_parsers_agree_on_question_marks(text: str) -> None:
    source, _ = from_text(text)
    assert source is not None
    fast, slow = load(source), load(source, pure=True)
    assert repr(fast[0]) == repr(slow[0])
    assert fast[1] == slow[1]


def test_only_the_first_fc_reads_what_was_flattened() -> None:
    graph = built("flatten", "fc: 192", "fc: 5", head="cnncalc: 1\ninput: 8x8x3\n")
    rows = list(Report(cnncalc.analyse(graph), fold=False).rows())
    assert [row.weights_formula for row in rows[2:]] == ["8*8*3*192", "192*5"]


def test_a_name_with_controls_is_escaped_in_json() -> None:
    graph = built("relu", head=f'name: "\\x9b31m\\x7f"\n{HEAD}')
    text = "".join(render(Report(cnncalc.analyse(graph)), ReportPage()))
    assert not UNSAFE.search(text)
    assert json.loads(text)["name"] == "\x9b31m\x7f"


def test_a_parameter_is_made_of_those_before_it_also_where_it_is_overridden(tmp_path: Path) -> None:
    base = layers("conv: $a + $b + $c", head=HEAD + "params: {a: 1, b: 2, c: 3}\n")
    (tmp_path / "base.yaml").write_text(base)
    for value, expected in (("$a + 5", []), ("$c", ["L009"]), ("$b", ["L009"])):
        (tmp_path / "net.yaml").write_text(f"cnncalc: 1\nextends: base.yaml\nparams: {{b: {value}}}\n")
        assert codes(cnncalc.load(tmp_path / "net.yaml")) == expected


def test_exact_windows_are_found_at_once() -> None:
    huge = Window(10**17 + 7, 10**16, 10**9, 3, 3, dilation=10**3)
    for name, changed in huge.exact():
        assert changed.remainder == 0, name


# Layers or parameters of a long network. The bound on the work is in proportion to them.
MANY = 50_000 if DEEP else 10_000
MANY_PARAMETERS = ", ".join(f"p{index}: 1" for index in range(MANY * 2 // 5))


@pytest.mark.parametrize(
    "text",
    [
        layers(f"{{relu: , repeat: {MANY}}}"),
        layers("flatten", f"{{fc: 10, repeat: {MANY * 2 // 5}}}"),
        layers(
            *(f"{{relu: , name: a{index}}}" for index in range(MANY // 5)),
            head=HEAD + f"outputs: [a1, a{MANY // 5 - 1}]\n",
        ),
        HEAD
        + "params:\n"
        + "".join(f"  p{index}: 1\n" for index in range(MANY * 4 // 5))
        + "layers: [relu]\n",
        HEAD + f"blocks: {{a: {{params: {{{MANY_PARAMETERS}}}, layers: [relu]}}}}\nlayers: [a]\n",
    ],
    ids=["layers in place", "fcs", "named layers", "params", "a block's params"],
)
def test_the_work_is_in_proportion_to_the_network(text: str) -> None:
    """Each of these took minutes where each layer, or parameter, went over all the others."""
    with at_most(400 * MANY):
        analysis = cnncalc.analyse(cnncalc.load(text))
        assert analysis.totals.params is not None
        assert sum(1 for _ in Report(analysis).rows())


def test_a_message_about_a_word_holds_no_control_sequence() -> None:
    graph = cnncalc.load(HEAD + 'params: {a: "\\u202e"}\nlayers:\n  - conv: 2904 / $a\n')
    assert [item.message for item in graph.diagnostics] == ["`/` needs two numbers, not 2904 and \\u202e"]


@pytest.mark.parametrize(
    "text", ["  input: 8x8x3\n", "{input: 8x8x3}\n", "{}\n", "---\ninput: 8x8x3\n", "# a net\n? a\n: b\n"]
)
def test_the_version_is_put_where_the_keys_are(text: str) -> None:
    missing = next(
        item for item in cnncalc.load(text).diagnostics if "format version, is missing" in item.message
    )
    after = cnncalc.load(edited(text, missing.fixes[0])).diagnostics
    assert not {"Y005", "Y011"} & {item.code for item in after}
    assert not [item for item in after if "format version" in item.message]


@pytest.mark.parametrize("value", ["'a\u202eb'", '"\\x1b[31m"', "'\u2066'"])
@pytest.mark.parametrize("expression", ["$a + 1", "ceil($a)", "-$a", "not $a", "$a / 0", "round_to($a, 0)"])
def test_a_value_in_a_message_is_escaped(value: str, expression: str) -> None:
    graph = built(f"conv: {expression}", head=f"{HEAD}params: {{a: {value}}}\n")
    assert "L010" in codes(graph)
    assert not any(UNSAFE.search(item.message) for item in graph.diagnostics)


def test_a_path_in_a_message_is_escaped(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text("cnncalc: 1\nextends: a\u202eb.yaml\n")
    diagnostic = only(cnncalc.load(tmp_path / "net.yaml"))
    assert diagnostic.code == "L019"
    assert not UNSAFE.search(diagnostic.message)


@pytest.mark.parametrize(
    "item",
    ["{conv: 3, share: input}", "{conv: 3, name: a, share: a}", "{conv: 3, name: a, share: a, repeat: 2}"],
)
def test_only_an_earlier_layer_has_weights_to_share(item: str) -> None:
    graph = built(item)
    assert codes(graph) == ["S103"]


def test_a_first_repetition_lacks_what_the_others_lack() -> None:
    graph = built("{conv: {kernel: 1}, repeat: 2, first: {groups: 1}}")
    assert codes(graph) == ["L004"]
