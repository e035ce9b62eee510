"""A setup in words: options that are not PyTorch's defaults, and those that always matter."""

from collections.abc import Iterator, Mapping
from typing import Any

from cnncalc.exact import counted
from cnncalc.graph import Graph
from cnncalc.memory import Setup, attention_kernels, kernels_in_words
from cnncalc.vocabulary.torch_versions import NEWEST, written

IMPLEMENTATIONS = {"foreach": "foreach", "single": "one parameter after another", "fused": "fused"}
ZERO_GRAD = {
    "backward": "gradients of the last step freed before the backward pass",
    "zeros": "gradients kept from step to step",
}
BACKENDS = {"cuda": "CUDA", "cpu": "CPU"}


def describe_setup(setup: Setup, graph: Graph) -> tuple[str, ...]:
    """The setup in short phrases; the mode comes first."""
    return tuple(_phrases(setup, graph))


def _phrases(setup: Setup, graph: Graph) -> Iterator[str]:
    yield setup.mode
    yield f"{setup.dtype}, autocast to {setup.autocast}" if setup.autocast else setup.dtype
    if setup.mode == "training":
        yield _optimizer(setup)
        if setup.frozen:
            first = graph.nodes[setup.frozen].name if setup.frozen < len(graph.nodes) else None
            yield f"frozen before {first}" if first else "all frozen"
        if frozen := sum(node.frozen and node.index >= setup.frozen for node in graph.layers):
            yield f"{counted(frozen, 'layer')} frozen by the spec"
        if setup.checkpoint:
            yield f"{_counted(len(setup.checkpoint), 'stretch', 'stretches')} checkpointed"
        if setup.loss != "cross_entropy":
            yield f"loss {setup.loss}"
        if setup.gradients_freed != "forward":
            yield ZERO_GRAD[setup.gradients_freed]
        if setup.ema:
            yield "with a moving average"
        if setup.offload:
            yield f"{' and '.join(setup.offload)} on the host"
        if setup.accumulate > 1:
            yield f"gradients of {setup.accumulate} batches added up"
    if setup.sync_bn:
        yield "batch norm over all devices"
    if setup.grad:
        yield "gradients on"
    if setup.prefetch:
        yield f"{_counted(setup.prefetch, 'batch waits', 'batches wait')} on the device"
    if setup.devices > 1:
        how = f"ZeRO {setup.zero}" if setup.zero else "sharded" if setup.sharded else ""
        view = "gradients in its buckets" if setup.bucket_view else ""
        yield ", ".join(filter(None, (f"one of {counted(setup.devices, 'device')}", how, view)))
    if setup.channels_last:
        yield "channels last"
    if setup.expandable_segments:
        yield "expandable segments"
    if setup.torch != NEWEST:
        known = f" (as {written(NEWEST)}, the newest that is known)" if setup.torch > NEWEST else ""
        yield f"PyTorch {written(setup.torch)}{known}"
    if setup.holders == "modules":
        yield "held by module calls"
    yield BACKENDS[setup.backend.name]
    if kernels := attention_kernels(graph, setup):
        yield kernels_in_words(kernels)


def _optimizer(setup: Setup) -> str:
    """`sgd with momentum 0.9, fused`."""
    text = optimizer_with_options(setup.optimizer, setup.options)
    return f"{text}, {IMPLEMENTATIONS[setup.implementation]}" if setup.implementation else text


def optimizer_with_options(name: str, options: Mapping[str, Any]) -> str:
    """`sgd with momentum 0.9`: the options that are set."""
    words = [
        option.replace("_", " ") + ("" if isinstance(value, bool) else f" {value:g}")
        for option, value in options.items()
        if value
    ]
    return name + (f" with {' and '.join(words)}" if words else "")


def _counted(number: int, singular: str, plural: str) -> str:
    return f"{number} {singular if number == 1 else plural}"
