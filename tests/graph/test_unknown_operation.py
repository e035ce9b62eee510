"""`unknown`: an operation that has no layer here, with the figures that a spec states of it."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

import cnncalc
from cnncalc.analysis import Inexact
from cnncalc.diagnostic import Severity
from cnncalc.graph import Graph
from cnncalc.render.expansion import expansion

Network: TypeAlias = Callable[..., Graph]
CONV = "- conv: 4\n"
KNOWN = "params: 100, buffers: 7, macs: 5000"


def errors(graph: Graph) -> list[tuple[str, str]]:
    return [(item.code, item.message) for item in graph.diagnostics if item.severity > Severity.INFO]


def checked(graph: Graph) -> tuple[cnncalc.Diagnostic, ...]:
    return cnncalc.findings(cnncalc.analyse(graph))


def totals(graph: Graph) -> cnncalc.Totals:
    return cnncalc.analyse(graph).totals


@pytest.mark.parametrize(
    ("item", "shape"),
    [
        ("unknown: RoPE", "8x8x4"),
        ("unknown: {op: RoPE}", "8x8x4"),
        ("unknown: {op: RoPE, shape: 2x3x5}", "2x3x5"),
        ('unknown: {op: RoPE, shape: {channels: "$in.channels * 2", height: 4, width: 4}}', "4x4x8"),
        ("unknown: {op: RoPE, shape: 10}", "10"),
        ("unknown: {op: RoPE, of: [prev, in]}", "8x8x4"),
        ("unknown: {op: RoPE, of: [in]}", "8x8x3"),
        ("unknown: {op: RoPE, of: [[conv: 9], prev]}", "8x8x9"),
    ],
)
def test_its_shape_is_trusted(network: Network, item: str, shape: str) -> None:
    graph = network(f"{CONV}- {item}\n- identity")
    assert errors(graph) == []
    assert str(graph["identity1"].shape) == shape
    assert [node.name for node in graph.opaque] == ["unknown1"]


def test_figures_that_are_stated_are_counted(network: Network) -> None:
    graph = network(f"{CONV}- unknown: {{op: x, {KNOWN}}}\n{CONV}")
    plain = totals(network(CONV + CONV))
    sums = totals(graph)
    assert (sums.params, sums.buffers, sums.macs) == (
        (plain.params or 0) + 100,
        (plain.buffers or 0) + 7,
        (plain.macs or 0) + 5000,
    )
    assert sums.inexact == {}
    assert sums.activations == (plain.activations or 0) + 256


@pytest.mark.parametrize(
    ("given", "unknown"),
    [
        ("params: 100, buffers: 7", ("work", "macs")),
        ("params: 100, buffers: 7, macs: unknown", ("work", "macs")),
        ("params: 100, macs: 5000", ("buffers", "buffer_bytes")),
        ("buffers: 7, macs: 5000", ("weights", "params", "trainable_params", "param_bytes")),
    ],
)
def test_a_figure_that_is_unknown_makes_the_total_unknown(
    network: Network, given: str, unknown: tuple[str, ...]
) -> None:
    graph = network(f"{CONV}- unknown: {{op: x, {given}}}")
    sums, known = totals(graph), totals(network(f"{CONV}- unknown: {{op: x, {KNOWN}}}"))
    assert set(sums.inexact) == set(unknown)
    for name in known._fields[:-1]:
        assert getattr(sums, name) == (None if name in unknown else getattr(known, name)), name
    plain = totals(network(CONV))
    for name in set(unknown) - {"work"}:
        assert sums.inexact[name] == Inexact("unknown", "unknown1", getattr(plain, name))


def test_what_is_known_of_several_is_a_lower_limit(network: Network) -> None:
    layers = "- unknown: {op: x, params: 1234, macs: 0}\n- unknown: {op: z, buffers: 3, macs: 0}\n"
    sums = totals(network(layers))
    assert sums.params is None
    assert sums.inexact["params"] == Inexact("unknown", "unknown2", 1234)
    assert sums.inexact["buffers"] == Inexact("unknown", "unknown1", 3)
    assert sums.macs == 0


def test_the_receptive_field_is_unknown_from_it_on(network: Network) -> None:
    figures = cnncalc.analyse(network(f"{CONV}- unknown: {{op: x, {KNOWN}}}\n{CONV}"))
    assert figures.receptive_fields[2:] == [None, None]
    assert figures.field_exactness[3] == Inexact("unknown", "unknown1")


def test_is_noted(network: Network) -> None:
    (note,) = network("- unknown: {op: RoPE, params: 0, note: see the paper}").diagnostics
    assert (note.code, note.severity, note.help) == ("S107", Severity.INFO, "see the paper")
    assert note.message == (
        "`unknown1` is `RoPE`, an operation without a layer here: its shape, 8x8x3, is not checked; "
        "its buffers and MACs are unknown"
    )


def test_the_note_can_be_accepted(network: Network) -> None:
    graph = network("- unknown: RoPE\n  allow: {S107: there is no layer}")
    assert graph.diagnostics == ()


def test_is_kept_by_expand(network: Network) -> None:
    item = "- unknown: {op: RoPE 2, of: [prev, in], shape: 4x4x4, params: 12, note: 'a: b'}\n  freeze: true\n"
    graph = network(CONV + item + CONV)
    again = cnncalc.load("".join(expansion(graph)))
    assert errors(again) == []
    assert totals(again) == totals(graph)
    assert again["unknown1"].fit is not None
    assert graph["unknown1"].fit is not None
    assert again["unknown1"].fit.layer == graph["unknown1"].fit.layer


def test_memory_and_models_refuse_it_by_name(network: Network) -> None:
    graph = network(f"- unknown: {{op: RoPE, {KNOWN}}}")
    with pytest.raises(ValueError, match="`unknown1` is an operation without a layer here"):
        cnncalc.estimate(graph)
    from cnncalc.pytorch.fitness import faults

    (fault,) = faults(graph)
    assert fault.message == "`unknown1` is `RoPE`, an operation without a layer here: PyTorch can't build it"


@pytest.mark.parametrize(
    ("budget", "code", "words"),
    [
        ("params: <= 1M", "C001", "the parameters of the network are not known (at least 16)"),
        ("macs: <= 1M", "C002", "the MACs of the network are not known (at least 768)"),
        ("memory: {inference: <= 1GiB, batch: 1}", "C004", "the memory is not known because of `unknown1`"),
        ("receptive_field: 3", "C005", "the receptive field is not known from `unknown1` on"),
    ],
)
def test_a_budget_that_can_not_be_checked_is_reported(
    network: Network, budget: str, code: str, words: str
) -> None:
    graph = network(f"{CONV}- unknown: RoPE", head=f"budget: {{{budget}}}\n")
    reports = [item for item in cnncalc.findings(cnncalc.analyse(graph)) if item.severity is Severity.ERROR]
    assert [item.code for item in reports] == [code]
    assert reports[0].message.startswith(words)


def test_a_budget_of_what_is_stated_is_checked(network: Network) -> None:
    layers = f"{CONV}- unknown: {{op: RoPE, {KNOWN}}}"
    assert all(
        item.severity is Severity.INFO
        for item in checked(network(layers, head="budget: {params: <= 1M, macs: <= 1M}\n"))
    )
    over = checked(network(layers, head="budget: {params: <= 50}\n"))
    assert any(item.code == "C001" and "116 parameters" in item.message for item in over)


@pytest.mark.parametrize(
    ("item", "code", "message"),
    [
        ("unknown:", "L003", "`unknown` must be the name of the operation, or a mapping with `op`"),
        ("unknown: {params: 3}", "L004", "`unknown` needs `op`"),
        ("unknown: {op: x, param: 3}", "L001", "`unknown` has no `param`"),
        (
            "unknown: {op: x, params: -1}",
            "L003",
            "`params` must be a whole number, 0 or more, or `unknown`, not -1",
        ),
        (
            "unknown: {op: x, macs: many}",
            "L003",
            "`macs` must be a whole number, 0 or more, or `unknown`, not many",
        ),
        ("unknown: {op: x, of: []}", "L003", "`of` must be a list of names and branches"),
        ("unknown: {op: x, of: [3]}", "L003", "`of` must be a list of names and branches"),
        ("unknown: {op: x, of: [nope]}", "L011", "no earlier layer is named `nope`"),
        ("unknown: {op: x, shape: 0x3x3}", "L007", ""),
        ("unknown: {op: [x]}", "L003", "`op` of `unknown` must be a text"),
        ("{unknown: x, share: a}", "L023", "`share` goes beside a layer or a block, not `unknown`"),
    ],
)
def test_what_is_wrong_in_it(network: Network, item: str, code: str, message: str) -> None:
    assert any(code == own and words.startswith(message) for own, words in errors(network(f"- {item}")))


def test_a_node_after_an_error_is_called_something_else(network: Network) -> None:
    graph = network("- convv: 3\n- conv: 4")
    assert [node.kind for node in graph.layers] == ["undetermined", "conv"]


def test_a_block_may_still_be_called_unknown(network: Network) -> None:
    graph = network("- unknown: 4", head="blocks: {unknown: {params: {n: 1}, layers: [conv: $n]}}\n")
    assert [node.name for node in graph.layers] == ["unknown1.conv1"]
