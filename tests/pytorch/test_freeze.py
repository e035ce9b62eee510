"""`freeze: true` in PyTorch: what is kept, allocated, multiplied and updated for layers that are not trained."""

import re
from types import ModuleType
from typing import Any

import pytest

import cnncalc
from benchmarks._tracker import setup
from cnncalc.analysis.kept import kept
from cnncalc.layers import layer_type, names
from cnncalc.memory import Estimate
from tests.layers.test_backward_macs import counter
from tests.memory._replayed import replayed
from tests.memory._watched import pytorch
from tests.memory.test_tracker import OPTIONS, SGD, second_step

torch: ModuleType = pytest.importorskip("torch")
BATCH = 3
VOLUME, TOKENS, SEQUENCE, FLAT = (
    "  - conv: {filters: 8, kernel: 1}\n",
    "  - conv: {filters: 8, kernel: 1}\n  - reshape: {length: 64, channels: 8}\n",
    "  - conv: {filters: 1, kernel: 1}\n  - reshape: {length: 8, channels: 8}\n",
    "  - flatten\n  - fc: 8\n",
)
LEARNED = {
    VOLUME: (
        "conv: {filters: 6, kernel: 3}",
        "conv_transpose: {filters: 6, kernel: 2, stride: 2}",
        "depthwise_conv: {kernel: 3}",
        "separable_conv: {filters: 6, kernel: 3}",
        "bn:",
        "gn: 2",
        "ln2d:",
        "instance_norm: {affine: true}",
        "prelu:",
        "layer_scale:",
        "linear: 6",
        "window_attention: {heads: 2, window: 4}",
        "grn:",
        "rms_norm:",
        "patch_embed: {filters: 6, patch: 4}",
        "locally_connected: {filters: 4, kernel: 3, padding: 1}",
        "self_attention: {heads: 2, over: width}",
        "attention: {of: prev, heads: 2, relative: offsets}",
        "attention: {of: [prev, in], heads: 2}",
        "attention: {of: [in, prev, in], heads: 3, relative: distances}",
        "add: [prev, [learned: 1x1x8]]",
    ),
    TOKENS: (
        *("class_token:", "position_embedding:", "self_attention: {heads: 2}", "ln:", "linear: 6"),
        "attention: {of: prev, heads: 2, causal: true}",
    ),
    SEQUENCE: ("lstm: {hidden: 4, layers: 2, bidirectional: true}", "gru: 4", "rnn: 4"),
    FLAT: ("fc: 5", "bn:", "ln:", "prelu:"),
}
CASES = [
    pytest.param(head, item, id=f"{name} {item}")
    for name, (head, items) in zip(("volume", "tokens", "sequence", "flat"), LEARNED.items(), strict=True)
    for item in items
]
# Without a gradient of the weights PyTorch multiplies tokens in another way, which allocates less for a moment.
LESS = ("self_attention: {heads: 2}", "linear: 6")


def test_every_layer_with_weights_is_frozen_here() -> None:
    weighted = {
        name
        for name in names()
        if any(
            layer_type(name)(**example.fields).weights(example.inputs)
            for example in layer_type(name).examples
        )
    }
    # The innermost: a branch of a sum, but no list of operands.
    written = {re.sub(r".*\[(?=\w+: \d)|:.*", "", item) for items in LEARNED.values() for item in items}
    assert written == weighted


def network(head: str, item: str) -> cnncalc.Graph:
    text = f"cnncalc: 1\ninput: 8x8x3\nlayers:\n{head}  - {item}\n    freeze: true\n"
    graph = cnncalc.load(text, mode="training")
    assert graph.ok
    return graph


@pytest.mark.parametrize(("head", "item"), CASES)
def test_what_is_kept_and_allocated(head: str, item: str) -> None:
    from cnncalc.pytorch.saved import Saved

    graph = network(head, item)
    model = cnncalc.pytorch.build(graph).train()
    saved = Saved(model)
    with saved.watched():
        model(torch.randn(BATCH, 3, 8, 8)).sum().backward()
    tensors = kept(graph, cnncalc.analyse(graph, batch=BATCH).storage)
    assert sum(tensor.nbytes(batch=BATCH, dtype="float32") for tensor in tensors or ()) == saved.nbytes
    ours, theirs = replayed(graph), pytorch(torch, graph)
    if head == TOKENS and item in LESS:
        assert ours.backward == theirs.backward
        assert theirs.forward <= ours.forward <= 1.1 * theirs.forward
    else:
        assert ours == theirs


@pytest.mark.parametrize(("head", "item"), CASES)
def test_multiply_adds_of_the_backward_pass(head: str, item: str) -> None:
    graph = network(head, item)
    model = cnncalc.pytorch.build(graph).train()
    # Kernels of attention compute the scores once more, to keep less: these are not counted.
    with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):
        output = model(torch.randn(BATCH, 3, 8, 8))
    with counter(torch) as counts:
        output.backward(torch.ones_like(output))
    macs = cnncalc.analyse(graph).backward_macs
    assert macs is not None
    assert macs.total == counts.get_total_flops() / 2 / BATCH


def test_frozen_parameters_need_no_gradient_and_buffers_still_update() -> None:
    graph = network(VOLUME, "conv: {filters: 6, norm: bn}")
    model = cnncalc.pytorch.build(graph).train()
    learns = {name for name, weight in model.named_parameters() if weight.requires_grad}
    assert learns == {"conv1.weight", "conv1.bias"}
    model(torch.randn(BATCH, 3, 8, 8)).sum().backward()
    assert dict(model.named_buffers())["conv2_bn.num_batches_tracked"] == 1
    assert sum(weight.numel() for weight in model.parameters() if weight.requires_grad) == (
        cnncalc.analyse(graph).totals.trainable_params
    )


BACKBONE = """\
cnncalc: 1
input: 16x16x3
blocks:
  stage:
    params: {n: required}
    layers:
      - conv: {filters: $n, kernel: 3, padding: 1, norm: bn, act: relu}
      - residual: [conv: {filters: $n, kernel: 3, padding: 1}]
layers:
"""
PLACES = {
    "the first part": "  - {stage: 4, freeze: true}\n  - stage: 8\n  - flatten\n  - fc: 10\n",
    "in the middle": "  - stage: 4\n  - {stage: 8, freeze: true}\n  - flatten\n  - fc: 10\n",
    "the last part": "  - stage: 4\n  - sequence: [flatten, fc: 10]\n    freeze: true\n",
    "all but norms": "  - stage: 4\n  - {conv: 4, freeze: true}\n  - bn\n  - flatten\n  - {fc: 10, freeze: true}\n",
}


@pytest.mark.parametrize("layers", PLACES.values(), ids=PLACES)
def test_a_training_step(layers: str) -> None:
    graph = cnncalc.load(BACKBONE + layers, mode="training")
    measured: Any = second_step(torch, graph, SGD, optimizer_options=OPTIONS)
    assert Estimate(graph, setup(SGD)).peak(SGD.batch).nbytes == measured


def test_adds_to_the_part_that_the_command_freezes() -> None:
    graph = cnncalc.load(BACKBONE + PLACES["the last part"], mode="training")
    first = setup(SGD)._replace(frozen=len(graph.nodes) - 2)
    whole = cnncalc.load(
        BACKBONE + "  - sequence: [stage: 4, flatten, fc: 10]\n    freeze: true\n", mode="training"
    )
    assert Estimate(graph, first).peak(2) == Estimate(whole, setup(SGD)).peak(2)
