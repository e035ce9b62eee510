"""Whether a spec is still its source's network; every single change of it is found, and said."""

import pytest

import cnncalc
from cnncalc.comparison import Agreement, agreement
from cnncalc.render.comparison_words import differences

SPEC = """
cnncalc: 1
input: 32x32x3
outputs: [a, end]
layers:
  - conv: {filters: 8, kernel: 3, padding: half, norm: bn, act: relu}
    name: stem
  - conv: {filters: 8, kernel: 3, padding: 1}
    name: a
  - conv: {filters: 8, kernel: 3, padding: 1}
    name: b
  - conv: {filters: 8, kernel: 3, padding: 1}
    name: c
    from: a
    share: a
  - concat: [b, c]
    name: both
  - maxpool: 2
  - global_avgpool
  - fc: 10
    name: end
"""


def against(source: str) -> Agreement:
    graphs = [cnncalc.load(text) for text in (SPEC, source)]
    assert all(graph.ok for graph in graphs), [graph.diagnostics for graph in graphs]
    return agreement(*graphs, source_name="net.py:Net")


def words(result: Agreement) -> dict[str, list[str]]:
    return {
        change.either.name: differences(change)
        for change in result.comparison.changes
        if change.what in ("changed", "added", "removed")
    }


@pytest.mark.parametrize(
    "change",
    [
        ("name: stem", "name: first"),
        ("padding: half", "padding: [1, 1]"),
        ("name: both", "name: joined"),
        ("maxpool: 2", "maxpool: {kernel: [2, 2], stride: 2}"),
    ],
)
def test_other_words_agree(change: tuple[str, str]) -> None:
    assert SPEC.replace(*change) != SPEC
    assert against(SPEC.replace(*change)).ok


B = "conv: {filters: 8, kernel: 3, padding: 1}\n    name: b"
FOUND = {
    "width": (B, B.replace("8", "16"), "b", "filters 8 -> 16"),
    "kernel": (B, B.replace("kernel: 3, padding: 1", "kernel: 5, padding: 2"), "b", "kernel 3 -> 5"),
    "stride": ("maxpool: 2", "maxpool: {kernel: 2, stride: 1}", "maxpool1", "stride 2 -> 1"),
    "dilation": (B, B.replace("padding: 1", "padding: 2, dilation: 2"), "b", "dilation 1 -> 2"),
    "groups": (B, B.replace("padding: 1", "padding: 1, groups: 2"), "b", "groups 1 -> 2"),
    "bias": (B, B.replace("padding: 1", "padding: 1, bias: false"), "b", "bias true -> false"),
    "eps": ("norm: bn", "norm: {bn: {eps: 0.001}}", "stem.bn", "eps 1e-05 -> 0.001"),
    "activation": ("act: relu", "act: gelu", "stem.gelu", ""),
    "sharing": ("    share: a\n", "    share: b\n", "c", "shares the weights of b, no longer those of a"),
    "no sharing": ("    share: a\n", "", "c", "has its own weights, no longer those of a"),
    "operands": ("concat: [b, c]", "concat: [c, b]", "both", "reads other layers"),
    "order": ("  - maxpool: 2\n", "", "maxpool1", ""),
    "input": ("32x32x3", "32x32x4", "input", "32x32x3 -> 32x32x4"),
    "size": ("32x32x3", "34x34x3", "input", "32x32x3 -> 34x34x3"),
}


@pytest.mark.parametrize("what", FOUND)
def test_a_change_is_found(what: str) -> None:
    old, new, layer, fact = FOUND[what]
    source = SPEC.replace(old, new)
    assert source != SPEC
    result = against(source)
    assert not result.ok
    changed = words(result)
    assert layer in changed
    assert not fact or fact in changed[layer]


def test_outputs_in_another_order_are_found() -> None:
    result = against(SPEC.replace("[a, end]", "[end, a]"))
    assert words(result) == {}
    assert result.comparison.others == ("outputs in another order: a, end -> end, a",)
    result = against(SPEC.replace("[a, end]", "[b, end]"))
    assert result.comparison.others == ("outputs: a, end -> b, end",)


def test_names_are_those_of_the_spec() -> None:
    wider = B.replace("8", "16").replace("name: b", "name: other")
    comparison = against(SPEC.replace(B, wider).replace("[b, c]", "[other, c]")).comparison
    changed = [change.either.name for change in comparison.changes if change.what == "changed"]
    assert changed == [
        "b",
        "both",
        "maxpool1",
        "global_avgpool1",
        "end",
    ]
    assert comparison.counts["renamed"] == 0
    assert comparison.new.file == "net.py:Net"
