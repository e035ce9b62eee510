"""What a report or an answer needs is computed once for each run and batch: counted, not timed."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

import cnncalc
from cnncalc.memory import Estimate, Setup, estimate, replay
from cnncalc.memory.advice import advise, inference_of, suggestions
from cnncalc.memory.advice.remedies import RemedyCase
from cnncalc.memory.allocated import Trace
from cnncalc.memory.report import figures
from tests.commands._program import run

GIB = 2**30


class Calls:
    """How often each computation runs, and how often with the same trace and the same number of images."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count: Counter[str] = Counter()
        self.sized: Counter[tuple[int, int]] = Counter()
        self.traced: Counter[tuple[object, ...]] = Counter()
        # A trace that is gone may leave its address to another.
        self._alive: list[object] = []

        def count(module: Any, name: str, note: Callable[..., None] = lambda *given, **named: None) -> None:
            original = getattr(module, name)

            def counted(*given: Any, **named: Any) -> Any:
                self.count[name] += 1
                note(*given, **named)
                return original(*given, **named)

            monkeypatch.setattr(module, name, counted)

        count(estimate, "training_trace", self._trace)
        count(estimate, "inference_trace", self._trace)
        count(estimate, "refusal")
        count(replay, "sizes", self._sizes)
        count(replay, "reserved")
        count(replay, "held")
        count(replay.Replay, "_totals")

    def _trace(self, graph: object, setup: Setup, *, alone: bool) -> None:
        self._alive.append(graph)
        # More than two batches allocate what two do.
        accumulate = min(2, setup.accumulate)
        same = setup._replace(options=tuple(setup.options.items()), accumulate=accumulate)  # type: ignore[arg-type]
        self.traced[id(graph), same, alone] += 1

    def _sizes(self, tensors: object, images: int, rounding: int = 1) -> None:
        self._alive.append(tensors)
        self.sized[id(tensors), images] += 1


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    return Calls(monkeypatch)


@pytest.mark.parametrize("batch", [1, 4])
@pytest.mark.parametrize("backend", ["cuda", "cpu"])
@pytest.mark.parametrize("mode", ["training", "inference"])
def test_a_report_replays_a_step_once(calls: Calls, mode: str, backend: str, batch: int) -> None:
    line = f"memory resnet18 --mode {mode} --backend {backend} --batch {batch}"
    assert run(*line.split()).status == 0
    # With the least and the most workspaces, and a prediction with other holders.
    runs = 1 + (backend == "cuda") + (mode == "inference")
    once = {f"{mode}_trace": runs, "refusal": 1, "sizes": runs}
    if backend == "cuda":
        once["reserved"] = runs
    # The totals once for each peak and once for the timeline, what is held once for what is alive at the peak.
    assert calls.count == {**once, "_totals": runs + 1, "held": 1}


def test_a_question_asked_again_computes_nothing(calls: Calls) -> None:
    known = Estimate(cnncalc.load("resnet18", mode="training"), Setup())
    first = figures(known, 8)
    assert known.refusal(8) is None
    before = dict(calls.count)
    assert (known.peak(8).nbytes, known.breakdown(8)) == (first.peak, first.breakdown)
    assert len(known.alive(8)) >= len(first.largest)
    assert known.reserved(8)
    assert known.timeline(8)
    # What no two images are refused for, no more are.
    assert known.refusal(8) is None is known.refusal(9)
    assert calls.count == before


@pytest.mark.parametrize("batch", [None, 64, 100_000])
def test_an_answer_traces_a_run_once_and_sizes_a_batch_once(calls: Calls, batch: int | None) -> None:
    graph = cnncalc.load("resnet18", mode="training")
    setup = Setup(optimizer="adam")
    estimates = [
        Estimate(graph, setup),
        Estimate(cnncalc.load("resnet18"), inference_of(setup)),
    ]
    answer = advise(estimates, GIB, batch=batch, always=True)
    assert answer.remedies
    assert calls.traced
    assert max(calls.traced.values()) == 1
    assert max(calls.sized.values()) == 1


def test_the_remedy_of_a_smaller_batch_needs_no_trace_of_its_own(calls: Calls) -> None:
    known = Estimate(cnncalc.load("lenet5", mode="training"), Setup())
    case = RemedyCase(known, 100_000, 2**26)
    smaller = [item for item in suggestions(case) if item.name == "smaller_batch"]
    assert [item.outcome.estimate for item in smaller] == [known]


def test_replays_of_few_batches_are_kept_of_a_long_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estimate, "KEPT_EVENTS", 0)
    known = Estimate(cnncalc.load("lenet5"), Setup(mode="inference"))
    peaks = [known.peak(batch).nbytes for batch in (2, 3, 2)]
    assert peaks[0] == peaks[2] < peaks[1]
    assert isinstance(known.trace, Trace)
    assert len(known._replays) <= 1
