"""Whole networks: branches, residuals, shared weights, several outputs, and gradients that meet."""

import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import cnncalc
from cnncalc.graph import Graph
from tests._depth import cases
from tests.memory._agreement import check
from tests.memory._watched import BATCH

CASES = cases(8, 100, of=10)
LAX = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]

pytestmark = pytest.mark.usefixtures("one_thread")

CONV = {"conv": {"filters": 4, "kernel": 3, "padding": "same"}}
# Networks by what is peculiar to them, each as its layers.
PECULIAR: dict[str, list[Any]] = {
    "the input is read twice": [{"concat": [[CONV], []]}, CONV],
    "one operand takes no gradient": [{"mul": [[CONV], [], [CONV]]}],
    "a gradient meets its own": [CONV, {"add": [[], []]}, {"mul": [[], [], []]}],
    "an identity between two readers": [CONV, {"add": [["identity", "tanh"], ["sigmoid"], []]}],
    "a layer that nothing reads": [CONV, {**CONV, "name": "a"}, "sigmoid", {"tanh": None, "from": "a"}],
    "only its size is read": [
        {**CONV, "name": "a"},
        {"avgpool": 2},
        {"resize_to": {"of": ["avgpool1", "a"], "mode": "bilinear"}},
    ],
    "weights of three layers": [
        {**CONV, "name": "a"},
        {"conv": CONV["conv"], "share": "a"},
        "relu",
        {"conv": CONV["conv"], "share": "a"},
    ],
    "a chunk is not written over": [CONV, {"chunk": {"of": 2, "index": 1}}, "relu", {"scale": 2}],
    "a part is written over": [CONV, {"crop": {"size": 4}}, "relu", {"scale": 2}],
    "a view is written over twice": [
        CONV,
        "instance_norm",
        {"dropout": {"inplace": True}},
        {"dropout2d": {"inplace": True}},
        CONV,
    ],
    "a view of what was written over": [
        CONV,
        {"dropout": {"inplace": True}},
        "flatten",
        {"dropout": {"inplace": True}},
        {"fc": 3},
    ],
    "a token of three layers": [
        {"patch_embed": {"filters": 4, "patch": 4}},
        {"class_token": None, "name": "a"},
        "ln",
        {"class_token": None, "share": "a"},
        {"class_token": None, "share": "a"},
        "ln",
    ],
    "outputs that another layer reads": [{**CONV, "name": "a"}, "relu", {**CONV, "name": "b"}],
    "an output that is handed on": [{**CONV, "name": "a"}, CONV, {"identity": None, "name": "b"}],
}


def loaded(layers: list[Any], mode: str) -> Graph:
    named = [item["name"] for item in layers if isinstance(item, dict) and "name" in item]
    outputs = {"outputs": named} if named == ["a", "b"] else {}
    text = json.dumps({"cnncalc": 1, "input": "8x8x4", **outputs, "layers": layers}, indent=1)
    graph = cnncalc.load(f"{text}\n", mode=mode)
    assert graph.ok, [item.message for item in graph.diagnostics]
    return graph


@pytest.mark.parametrize("mode", ["training", "inference"])
@pytest.mark.parametrize("what", PECULIAR)
def test_peculiar(torch: ModuleType, what: str, mode: str) -> None:
    graph = loaded(PECULIAR[what], mode)
    for batch in (1, BATCH):
        check(torch, graph, batch=batch)


@pytest.mark.fuzz
@given(data=st.data(), mode=st.sampled_from(("training", "training", "inference")))
@settings(max_examples=CASES, suppress_health_check=LAX)
def test_random(torch: ModuleType, random_network: Callable[[], Any], data: st.DataObject, mode: str) -> None:
    graph = sound(data.draw(random_network()), mode)
    check(torch, graph)


def sound(text: str, mode: str) -> Graph:
    """The graph of a network that can be built."""
    from cnncalc.pytorch.fitness import faults

    graph = cnncalc.load(text, mode=mode)
    assume(not faults(graph))
    assume(5 <= len(graph.layers) <= 40)
    return graph
