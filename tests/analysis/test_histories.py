"""Inputs that are features of another network: strides and fields count from there."""

import pytest

import cnncalc
from cnncalc.graph import Graph
from cnncalc.render.expansion import expansion

BACKBONE = """\
  - conv: {filters: 8, kernel: 7, stride: 2, padding: half}
  - maxpool: {kernel: 3, stride: 2, padding: half}
  - conv: {filters: 8, kernel: 3, stride: 2, padding: half}
  - conv: {filters: 8, kernel: 3, stride: 2, padding: half}
    name: c4
  - conv: {filters: 8, kernel: 3, stride: 2, padding: half}
    name: c5
"""
HEAD = """\
  - {upsample: 2, from: c5}
  - add: [prev, c4]
  - conv: {filters: 8, kernel: 3, padding: 1}
    name: p4
  - {conv: {filters: 8, kernel: 3, stride: 2, padding: 1}, name: p5}
"""
OVER = "cnncalc: 1\ninputs:\n  c4: {c4}\n  c5: {c5}\nlayers:\n" + HEAD


def sizes(graph: Graph, name: str) -> list[tuple[int, int, int]] | None:
    fields = cnncalc.analyse(graph).receptive_fields[graph[name].index]
    return None if fields is None else [(field.size, field.largest, int(field.stride)) for field in fields]


def over(c4: str, c5: str) -> Graph:
    return cnncalc.load(OVER.replace("{c4}", c4).replace("{c5}", c5))


@pytest.mark.parametrize("name", ["upsample1", "p4", "p5"])
def test_fields_are_those_of_the_whole_network(name: str) -> None:
    whole = cnncalc.load(f"cnncalc: 1\ninput: 256x256x3\nlayers:\n{BACKBONE}{HEAD}")
    (c4, _, stride4), _ = sizes(whole, "c4") or []
    (c5, _, stride5), _ = sizes(whole, "c5") or []
    head = over(
        f"{{shape: 16x16x8, stride: {stride4}, field: {c4}}}",
        f"{{shape: 8x8x8, stride: {stride5}, field: {c5}}}",
    )
    assert sizes(head, name) == sizes(whole, name)


def test_a_field_is_unknown_unless_it_is_given() -> None:
    graph = over("{shape: 16x16x8, stride: 16, field: 91}", "{shape: 8x8x8, stride: 32}")
    assert sizes(graph, "c4") == [(91, 91, 16), (91, 91, 16)]
    assert sizes(graph, "p4") is None
    cause = cnncalc.analyse(graph).field_exactness[graph["p4"].index]
    assert cause is not None
    assert (cause.status, cause.layer) == ("unknown", "c5")


@pytest.mark.parametrize(
    ("c4", "c5", "count"),
    [
        ("{shape: 16x16x8, stride: 16}", "{shape: 8x8x8, stride: 32}", 0),
        ("{shape: 16x16x8, stride: 16}", "{shape: 8x8x8, stride: 64}", 1),
        ("{shape: 16x16x8, stride: 16}", "8x8x8", 0),
        ("16x16x8", "8x8x8", 0),
    ],
    ids=["agree", "disagree", "one without", "both without"],
)
def test_paths_from_inputs_are_compared_if_both_have_a_stride(c4: str, c5: str, count: int) -> None:
    nodes = {disagreement.node for disagreement in cnncalc.analyse(over(c4, c5)).disagreements}
    assert len(nodes) == count


def test_a_pair_is_one_number_for_each_axis() -> None:
    graph = over(
        "{shape: 16x8x8, stride: [16, 32], field: [91, 187]}", "{shape: 8x4x8, stride: [32, 64], field: 9}"
    )
    assert sizes(graph, "c4") == [(91, 91, 16), (187, 187, 32)]


def test_other_sizes_keep_the_history() -> None:
    text = OVER.replace("{c4}", "{shape: 16x16x8, stride: 16, field: 91}").replace("{c5}", "8x8x8")
    graph = cnncalc.load(text, input={"c4": "32x32x8", "c5": "16x16x8"})
    assert sizes(graph, "c4") == [(91, 91, 16), (91, 91, 16)]


def test_of_a_single_input_and_after_a_global_pool() -> None:
    graph = cnncalc.load(
        "cnncalc: 1\ninput: {shape: 4x4x8, stride: 8, field: 15}\nlayers: [global_avgpool]\n"
    )
    assert sizes(graph, "global_avgpool1") == [(39, 39, 32), (39, 39, 32)]


def test_expand_keeps_them() -> None:
    graph = over("{shape: 16x16x8, stride: 16, field: 91}", "{shape: 8x8x8, stride: 32}")
    again = cnncalc.load("".join(expansion(graph)))
    assert again.histories == graph.histories
    assert len(again.histories) == 2


@pytest.mark.parametrize(
    ("given", "code", "message"),
    [
        (
            "{shape: 16x16x8, stride: 0}",
            "L003",
            "`stride` of an input must be a whole number, 1 or more, or 2 numbers",
        ),
        ("{shape: 16x16x8, stride: [1, 2, 3]}", "L003", "not [1, 2, 3]"),
        ("{shape: 16x16x8, stride: 2.5}", "L003", "not 2.5"),
        (
            "{shape: 16x16x8, stride: 16, field: wide}",
            "L003",
            "`field` of an input must be a whole number, 1 or more",
        ),
        ("{shape: 16x16x8, field: 3}", "L004", "`field` needs `stride`"),
        ("{shape: 16x16x8, strid: 3}", "L001", "an input has no `strid`"),
        ("{stride: 3}", "L004", "an input needs `shape`"),
        (
            "{length: 24, channels: 8, stride: 3}",
            "L001",
            "the sizes of an input with a stride or a field stand in",
        ),
        ("{shape: 10, stride: 3}", "L003", "features have no `stride`"),
    ],
)
def test_bad_histories(given: str, code: str, message: str) -> None:
    diagnostics = over(given, "8x8x8").diagnostics
    assert any(item.code == code and message in item.message for item in diagnostics), diagnostics


def test_sizes_beside_a_stride_are_shown_in_their_place() -> None:
    (item,) = cnncalc.load(
        "cnncalc: 1\ninput: {length: 24, channels: 8, stride: 2}\nlayers:\n  - relu\n"
    ).diagnostics
    assert item.help == "write `shape: {length: 24, channels: 8}`"
    text = "cnncalc: 1\ninput: {shape: {length: 24, channels: 8}, stride: 2}\nlayers:\n  - relu\n"
    assert cnncalc.load(text).ok
