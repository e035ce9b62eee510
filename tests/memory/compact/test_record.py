"""The record of runs: what is computed from it is what `Estimate` computes, for every batch and every set-up."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cnncalc
from cnncalc import zoo
from cnncalc.graph import Graph
from cnncalc.memory import BACKENDS, HOLDERS, Estimate, Setup, impossible
from cnncalc.memory.allocated import optimizers
from cnncalc.memory.compact import EXACT, compact_record
from cnncalc.memory.stretches import names, uses
from tests._depth import NETWORKS, cases, long_but
from tests._placed import two
from tests.memory.compact._read_record import as_json, peak_of, read_trace, read_traces

MOST = 512
NORM_OF_ONE_POSITION = "{cnncalc: 1, input: 8x8x3, layers: [{conv: 4}, global_avgpool, bn, {fc: 2}]}"
CASES = cases(25, 300)
# Quick to build, of every kind: with one image apart, with layers by mode, with shared weights, with several outputs.
SMALL = sorted(NETWORKS - {"fcn32s", "swin_t", "densenet121"})


def graph_of(name: str, mode: str) -> Graph:
    return cnncalc.load(name, mode=mode)


def check(estimate: Estimate, batch: int) -> None:
    data = as_json(compact_record([estimate], MOST))
    (run,) = data["runs"]
    nbytes, by_category = peak_of(data, run, batch)
    assert nbytes == estimate.peak(batch).nbytes
    assert by_category == {name: size for name, size in estimate.breakdown(batch).items() if size}


@st.composite
def runs(draw: st.DrawFn) -> Estimate:
    """A network of the zoo in a set-up that PyTorch accepts."""
    mode = draw(st.sampled_from(("inference", "training")))
    graph = graph_of(draw(st.sampled_from(SMALL)), mode)
    plain: dict[str, Any] = {
        "mode": mode,
        "backend": BACKENDS[draw(st.sampled_from(("cuda", "cpu")))],
        "dtype": draw(st.sampled_from(("float32", "bfloat16", "float64"))),
        "autocast": draw(st.sampled_from((None, "float16", "bfloat16"))),
        "prefetch": draw(st.sampled_from((0, 2))),
        "devices": draw(st.sampled_from((1, 1, 3))),
        "channels_last": draw(st.booleans()),
        "holders": draw(st.sampled_from(HOLDERS)),
        "capability": draw(st.sampled_from((None, (9, 0)))),
    }
    if mode == "training":
        blocks = names(graph)
        checkpointed = draw(st.booleans()) and bool(blocks)
        plain |= {
            "optimizer": draw(st.sampled_from(optimizers.names())),
            "implementation": draw(st.sampled_from((None, "single"))),
            "accumulate": draw(st.sampled_from((1, 2))),
            "frozen": draw(st.sampled_from((0, 5))),
            "checkpoint": tuple(uses(graph, draw(st.sampled_from(blocks)))) if checkpointed else (),
            "sharded": plain["devices"] > 1 and draw(st.booleans()),
        }
    if plain["dtype"] != "float32":
        plain["autocast"] = None
    setup = Setup(**plain)
    assert impossible(setup, graph) is None
    return Estimate(graph, setup)


@settings(max_examples=CASES)
@given(runs(), st.lists(st.integers(1, MOST), min_size=1, max_size=3))
def test_the_peak_of_every_batch_is_that_of_the_estimate(estimate: Estimate, batches: list[int]) -> None:
    for batch in (1, *batches):
        check(estimate, batch)


@pytest.mark.parametrize("name", long_but(NETWORKS, zoo.names()))
def test_every_network_in_training_and_in_inference(name: str) -> None:
    estimates = [Estimate(graph_of(name, mode), Setup(mode=mode)) for mode in ("inference", "training")]
    data = as_json(compact_record(estimates, MOST))
    for estimate, run in zip(estimates, data["runs"], strict=True):
        for batch in (1, 2, 37, MOST):
            assert peak_of(data, run, batch)[0] == estimate.peak(batch).nbytes


@pytest.mark.parametrize("name", ["resnet18", "vit_b_32", "alexnet_towers"])
def test_the_trace_that_is_read_is_the_trace_that_was_written(name: str) -> None:
    graph = graph_of(name, "training")
    estimate = Estimate(graph, Setup(optimizer="adam", autocast="float16"))
    data = as_json(compact_record([estimate], MOST))
    for batch in (1, 2):
        for trace, replay in zip(
            read_traces(data, data["runs"][0], batch), estimate.replays(batch), strict=True
        ):

            def name_of(node: int | None) -> str | None:
                return None if node is None else graph.nodes[node].name

            assert trace.events == list(replay.trace.events)
            assert trace.marks == [
                (mark.event, mark.phase, name_of(mark.node)) for mark in replay.trace.marks
            ]
            assert [tuple(tensor) for tensor in trace.tensors] == [
                (each.fixed, each.each, each.category, each.name, name_of(each.node), each.copies)
                for each in replay.trace.tensors
            ]


def test_of_several_devices_the_highest_peak_counts() -> None:
    estimate = Estimate(two("training"), Setup())
    data = as_json(compact_record([estimate], MOST))
    (run,) = data["runs"]
    assert run["places"] == list(estimate.graph.devices)
    assert len(run["traces"]) == 2
    for batch in (1, 4, 100):
        check(estimate, batch)


def test_runs_share_what_they_have_in_common() -> None:
    graph = graph_of("resnet18", "training")
    adam, adamw, sgd = (Estimate(graph, Setup(optimizer=name)) for name in ("adam", "adamw", "sgd"))
    record = compact_record([adam, adamw, sgd], MOST)
    first, second, third = (run.traces[0] for run in record.runs)
    assert first == second
    # The optimizer's state and its step differ; forward and backward do not.
    assert [record.phases[number][0] for number in set(first) & set(third)] == ["forward", "backward"]


def test_a_batch_that_pytorch_refuses_has_its_reason() -> None:
    graph = cnncalc.load(NORM_OF_ONE_POSITION, mode="training")
    estimate = Estimate(graph, Setup())
    (run,) = compact_record([estimate], MOST).runs
    refusal = estimate.refusal(1)
    assert refusal is not None
    assert (run.least, run.refusals) == (2, (refusal.reason, ""))


def test_batches_whose_bytes_are_no_exact_number_of_javascript_are_left_out() -> None:
    graph = cnncalc.load("{cnncalc: 1, input: 2000000x2000000x3, layers: [relu]}")
    estimate = Estimate(graph, Setup(mode="inference"))
    (run,) = compact_record([estimate], MOST).runs
    assert 0 < run.most < MOST
    assert estimate.peak(run.most).nbytes < EXACT <= estimate.peak(2 * run.most).nbytes


def test_no_size_is_written_twice() -> None:
    record = compact_record([Estimate(graph_of("resnet50", "training"), Setup())], MOST)
    pairs = list(zip(record.sizes[::2], record.sizes[1::2], strict=True))
    assert len(set(pairs)) == len(pairs)
    assert read_trace(as_json(record), list(record.runs[0].traces[0])).tensors
