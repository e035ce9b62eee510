"""Gradients that meet at one tensor: PyTorch adds them in place, or in a new tensor, as is replayed.

Its profiler counts in a run of real tensors: under a dispatch mode all would be added in new ones.
"""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import cnncalc
from cnncalc.graph import Graph
from cnncalc.layers import layer_type, names
from cnncalc.memory import BACKENDS
from tests._depth import cases
from tests._each import each
from tests.memory._replayed import network, replay

CASES = cases(3, 20, of=100)
LAX = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
# Values of an input at most, of those that are computed.
SMALL = 10_000
SMALL_EXAMPLES = [
    pytest.param(layer_type(name)(**example.fields), example.inputs, id=f"{name}-{index}")
    for name in names()
    for index, example in enumerate(layer_type(name).examples)
    if layer_type(name)(**example.fields).torch(example.inputs)
    if example.inputs and max(shape.size for shape in example.inputs) < SMALL
]

pytestmark = pytest.mark.usefixtures("one_thread")


def check(torch: ModuleType, graph: Graph) -> None:
    trace, _ = replay(graph, BACKENDS["cpu"])
    ours, theirs = sum(tensor.name == "gradient" for tensor in trace.tensors), added(torch, graph)
    assert ours == theirs, (
        f"sums of gradients in new tensors: {ours} are replayed, PyTorch makes {theirs}; "
        f"the layers: {', '.join(node.kind for node in graph.layers)}"
    )


def added(torch: ModuleType, graph: Graph) -> int:
    """How many sums a backward pass makes in new tensors."""
    from torch.profiler import ProfilerActivity, profile

    from cnncalc.pytorch import build

    model = build(graph).train()
    outputs = model(*(torch.randn(2, *node.shape.torch) for node in graph.inputs if node.shape))
    ends = [
        tensor for tensor in (outputs if isinstance(outputs, tuple) else (outputs,)) if tensor.requires_grad
    ]
    if not ends:
        return 0
    gradients = [torch.randn_like(output) for output in ends]
    with profile(activities=[ProfilerActivity.CPU]) as run:
        torch.autograd.backward(ends, gradients)
    return sum(event.name == "aten::add" for event in run.events())


@each(("layer", "inputs"), SMALL_EXAMPLES)
def test_a_layer_s_gradient_comes_first(torch: ModuleType, layer: Any, inputs: Any) -> None:
    """Another layer reads what it reads, and was there before it."""
    check(torch, network(layer, inputs, "training", "conv", None, beside="tanh"))


@pytest.mark.fuzz
@given(data=st.data())
@settings(max_examples=CASES, suppress_health_check=LAX)
def test_random(torch: ModuleType, random_network: Callable[[], Any], data: st.DataObject) -> None:
    from cnncalc.pytorch.fitness import faults

    graph = cnncalc.load(data.draw(random_network()), mode="training")
    assume(not faults(graph))
    check(torch, graph)
