"""What autocast casts of layers that pad first, or compute their filters first: replayed as PyTorch allocates it."""

from types import ModuleType
from typing import Any

import pytest

from cnncalc.graph import Graph
from cnncalc.layers import layer_type
from cnncalc.memory import Setup
from cnncalc.memory.allocated.backward import arrive, backward
from cnncalc.memory.allocated.forward import forward
from cnncalc.memory.allocated.run import Run
from cnncalc.memory.replay import sizes
from cnncalc.shape import Shape
from cnncalc.vocabulary.values import Standardization
from tests.memory._replayed import FAKE, network
from tests.memory._watched import BATCH, Held, watched

VOLUME = Shape(6, (8, 8))
CASES: list[tuple[str, dict[str, Any], Shape]] = [
    ("conv", {"padding": "causal"}, VOLUME),
    ("conv", {"padding": 1, "padding_mode": "circular"}, VOLUME),
    ("conv", {"padding": "causal", "padding_mode": "circular"}, VOLUME),
    ("conv", {"standardize": Standardization()}, VOLUME),
    ("conv", {"standardize": Standardization(gain=True), "padding": "causal"}, VOLUME),
    (
        "conv",
        {"standardize": Standardization(gain=True), "padding": 1, "padding_mode": "circular"},
        VOLUME,
    ),
    ("conv", {"parametrize": "weight_norm"}, VOLUME),
    ("conv", {"parametrize": "spectral_norm"}, VOLUME),
    ("depthwise_conv", {"parametrize": "weight_norm", "padding": "causal"}, VOLUME),
    ("conv_transpose", {"parametrize": "spectral_norm"}, VOLUME),
    ("fc", {"parametrize": "weight_norm"}, Shape(30)),
]


def replayed(graph: Graph) -> Held:
    run = Run(graph, Setup(mode=graph.mode, backend=FAKE, autocast="bfloat16"))
    recorder = run.recorder
    for weight in run.weights:
        recorder.make(weight.values * run.width(None), "params", weight.node, weight.name)
    for node in graph.layers:
        for item in node.fit.layer.buffers(node.fit.inputs) if node.fit else ():
            recorder.make(item.size * run.width(item.dtype), "buffers", node.index, item.name)
    for node in graph.inputs:
        size = run.shape(node.index).size * run.width(None)
        run.variables[node.index] = recorder.hold(
            recorder.make(size, "input", node.index, node.name, batched=True)
        )
    everything = range(len(graph.nodes))
    forward(run, everything, keep=run.training)
    run.leave_autocast()
    half = len(recorder.trace().events)
    for output in graph.outputs if run.training else ():
        size = run.shape(output).size * run.width(run.types[output].computes)
        number = recorder.hold(recorder.make(size, "grads", output, "given", batched=True))
        if arrive(run, output, number):
            recorder.drop(number)
    if run.training:
        backward(run, everything)
    trace, held = recorder.trace(), [0]
    nbytes = sizes(trace.tensors, BATCH)
    for event in trace.events:
        held.append(held[-1] + (nbytes[event] if event >= 0 else -nbytes[~event]))
    return Held(max(held[: half + 1]), max(held[half:])) if run.training else Held(max(held))


def pytorch(torch: ModuleType, graph: Graph) -> Held:
    from torch._subclasses import FakeTensorMode

    from cnncalc.pytorch import build

    training = graph.mode == "training"
    with FakeTensorMode(allow_non_fake_inputs=True):
        model = build(graph).train(training)
        images = [torch.empty(BATCH, *node.shape.torch) for node in graph.inputs if node.shape]
        with watched(torch, [*model.parameters(), *model.buffers(), *images], str) as tally:
            with torch.set_grad_enabled(training), torch.autocast("cpu", dtype=torch.bfloat16):
                output = model(*images)
            top = tally[1]
            if not training:
                return Held(top)
            tally[1] = tally[0]
            torch.autograd.backward(output, torch.ones_like(output))
            return Held(top, tally[1])


@pytest.mark.parametrize("mode", ["training", "inference"])
@pytest.mark.parametrize("before", ["conv", "ln2d", None])
@pytest.mark.parametrize(("key", "fields", "shape"), CASES, ids=str)
def test_is_replayed_as_pytorch_casts(
    torch: ModuleType, key: str, fields: dict[str, Any], shape: Shape, before: str | None, mode: str
) -> None:
    """After what gives the lower type, and after what gives float32, which is cast after it is padded."""
    size = {"fc": {"units": 8}, "depthwise_conv": {"kernel": 3}}.get(key, {"filters": 8, "kernel": 3})
    layer: Any = layer_type(key)
    graph = network(layer(**size, **fields), (shape,), mode, before, None)
    assert replayed(graph) == pytorch(torch, graph)
