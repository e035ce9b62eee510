"""What PyTorch's tracker itself holds, for its statistics of modules: why peaks are measured without these hooks."""

import weakref
from contextlib import nullcontext
from types import ModuleType
from typing import Any

import pytest

import benchmarks._tracker
import cnncalc
from benchmarks._step import Case
from benchmarks._tracker import setup, tracked
from cnncalc.memory import Estimate
from tests.memory.test_tracker import second_step

STEP = Case("", "training", "sgd", 3)
# The gradient of `late` comes before that of `early`, whose size alone is read.
TWO_GRADIENTS = """
cnncalc: 1
input: 7x5x6
layers:
  - linear: 40
    name: early
  - tanh
  - hardsigmoid: {}
    name: late
  - resize_to: [late, early]
  - global_maxpool
  - fc: 2
"""
# No gradient reaches `side`: only its size is read.
UNREACHED = """
cnncalc: 1
input: 7x5x6
layers:
  - conv: {filters: 40, kernel: 1}
    name: main
  - tanh: {}
    name: side
  - resize_to: [main, side]
  - global_maxpool
  - fc: 2
"""


@pytest.mark.parametrize("hooked", [False, True], ids=["alone", "hooked"])
def test_a_hook_for_several_gradients_holds_the_first_until_the_last(torch: ModuleType, hooked: bool) -> None:
    early = torch.ones(3, requires_grad=True) * 1
    between = early * 1
    late = between * 1
    if hooked:
        torch.autograd.graph.register_multi_grad_hook([late, early], lambda gradients: None)
    gradients: list[Any] = []
    late.register_hook(lambda gradient: gradients.append(weakref.ref(gradient.untyped_storage())))
    held: list[bool] = []
    between.register_hook(lambda _: held.append(gradients[0]() is not None))
    (late * 2).sum().backward()
    assert held == [hooked]


@pytest.mark.parametrize("text", [TWO_GRADIENTS, UNREACHED], ids=["two_gradients", "unreached"])
def test_only_the_tracker_s_hooks_hold_more(
    torch: ModuleType, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    graph = cnncalc.load(text, mode="training")
    storages = second_step(torch, graph, STEP, optimizer_options={"momentum": 0.9, "foreach": True})
    assert tracked(torch, graph, STEP) == storages == Estimate(graph, setup(STEP)).peak(STEP.batch).nbytes
    monkeypatch.setattr(benchmarks._tracker, "without_gradient_hooks", nullcontext)
    assert tracked(torch, graph, STEP) > storages
