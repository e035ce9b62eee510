"""Networks at random are built, run and compared: every prediction of every one."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

import cnncalc
from cnncalc.graph import Graph
from tests._depth import cases

CASES = cases(10, 150, of=10)
LAX = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


def loaded(text: str, mode: str) -> Graph:
    """The graph of a network that cnncalc has nothing against, and PyTorch has layers for."""
    from cnncalc.pytorch.fitness import faults

    graph = cnncalc.load(text, mode=mode)
    assume(not faults(graph))
    assume(5 <= len(graph.layers) <= 40)
    return graph


@pytest.mark.fuzz
@given(data=st.data(), mode=st.sampled_from(("inference", "training", "training")))
@settings(max_examples=CASES, suppress_health_check=LAX)
def test_everything_is_as_predicted(
    torch: ModuleType, random_network: Callable[[], Any], data: st.DataObject, mode: str
) -> None:
    from cnncalc.pytorch.verify import verify

    text = data.draw(random_network())
    graph = loaded(text, mode)
    verification = verify(graph, training=mode == "training")
    wrong = [
        (layer.name, figure) for layer in verification.layers for figure in layer.figures if not figure.ok
    ]
    assert not wrong
    assert not [total for total in verification.totals if total.ok is False]
    # Only fields may go unmeasured, where there is no volume or no pixel that reaches the centre.
    assert {total.what for total in verification.totals if total.ok is None} <= {"receptive field"}
    event(
        "field inside the image"
        if len(verification.totals) > 5 + 2 * (mode == "training")
        else "field at the border"
    )
    assert verify(graph, training=mode == "training", device="meta").ok


@pytest.mark.fuzz
@given(data=st.data())
@settings(max_examples=CASES // 3, suppress_health_check=LAX)
def test_the_forward_is_its_code(
    torch: ModuleType, random_network: Callable[[], Any], data: st.DataObject
) -> None:
    """Called as a module, run step by step, or traced again: the same; and what is built can be trained."""
    from cnncalc.pytorch import build

    graph = loaded(data.draw(random_network()), "inference")
    model = build(graph, seed=1).eval()
    images = [torch.randn(2, *node.shape.torch) for node in graph.inputs if node.shape]
    with torch.no_grad():
        called = model(*images)
        stepped = torch.fx.Interpreter(model).run(*images)
        traced = torch.fx.symbolic_trace(model)(*images)
    for first, other in ((called, stepped), (called, traced)):
        torch.testing.assert_close(first, other, rtol=0, atol=0)
    outputs = model.train()(*images)
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    loss = sum(output.sum() for output in outputs)
    if loss.requires_grad:
        loss.backward()
