"""What is replayed grows with the network, and with nothing else: counted, not timed."""

import json

import pytest

import cnncalc
from cnncalc.graph import Graph
from cnncalc.memory import Estimate, Setup, two_steps
from cnncalc.memory.advice import largest
from tests._work import at_most

DEEP = """
cnncalc: 1
input: 8x8x4
layers:
  - conv: {filters: 4, kernel: 3, padding: 1, act: relu}
    repeat: %d
"""


def deep(count: int) -> Graph:
    return cnncalc.load(DEEP % count, mode="training")


def test_batches_that_wait_are_one_entry() -> None:
    graph = deep(2)
    few, many = (Estimate(graph, Setup(prefetch=count)) for count in (2, 10**6))
    assert len(few.trace.events) == len(many.trace.events)
    none = Estimate(graph, Setup()).peak(3).nbytes
    # Of each image 8*8*4 floats and of each target 8*8 integers, rounded up to 512 bytes for a batch.
    assert many.peak(3).nbytes - none == 10**6 * (3 * 1024 + 3 * 512)
    reserved = many.reserved(3)
    assert reserved is not None
    assert reserved.allocated >= many.peak(3).nbytes


@pytest.mark.parametrize("prefetch", [1, 2, 50])
def test_batches_that_wait_are_allocated_each(prefetch: int) -> None:
    graph = deep(2)
    reserved = Estimate(graph, Setup(prefetch=prefetch)).reserved(3)
    assert reserved is not None
    assert reserved.allocated == Estimate(graph, Setup(prefetch=prefetch)).peak(3).nbytes


@pytest.mark.parametrize("kind", ["add", "mul", "concat"])
def test_events_grow_with_the_operands(kind: str) -> None:
    def events(count: int) -> int:
        layers = [{"conv": {"filters": 1}, "name": "a"}, {kind: ["a"] * count}]
        text = json.dumps({"cnncalc": 1, "input": "4x4x1", "layers": layers}, indent=1)
        return len(Estimate(cnncalc.load(text, mode="training"), Setup()).trace.events)

    # As much more from 400 to 800 as from 200 to 400, twice.
    assert events(800) - events(400) == 2 * (events(400) - events(200))


def test_units_of_sharding_look_up_their_own_parameters() -> None:
    def events(count: int) -> int:
        return len(Estimate(deep(count), Setup(devices=2, sharded=True)).trace.events)

    assert events(400) - events(200) == 2 * (events(200) - events(100))


def test_few_batches_are_replayed_for_the_largest(monkeypatch: pytest.MonkeyPatch) -> None:
    from cnncalc.memory import replay

    replays = 0
    original = two_steps.reserved

    def counted(*given: object, **named: object) -> object:
        nonlocal replays
        replays += 1
        return original(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(replay, "reserved", counted)
    estimate = Estimate(deep(50), Setup())
    most = largest(estimate, 2**30)
    assert most > 1000
    assert 0 < replays <= 30


@pytest.mark.parametrize("kind", ["concat", "mul"])
def test_work_grows_with_the_branches(kind: str) -> None:
    names = [f"b{index}" for index in range(2000)]
    branches = [{"conv": {"filters": 1}, "name": name, "from": "stem"} for name in names]
    layers = [{"conv": {"filters": 1}, "name": "stem"}, *branches, {kind: names}]
    spec = json.dumps({"cnncalc": 1, "input": "4x4x1", "layers": layers}, indent=1)
    graph = cnncalc.load(spec, mode="training")
    # About 1,100 calls for each branch; each operand looking at all others would be 4,000,000 more.
    with at_most(3_000_000):
        assert Estimate(graph, Setup()).trace.events
