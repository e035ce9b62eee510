"""Peaks of whole networks, against PyTorch's own tracker on fake tensors, run live."""

from types import ModuleType
from typing import Any

import pytest

import cnncalc
from benchmarks._step import Case, prepare
from benchmarks._tracker import FAKE, setup, tracked
from cnncalc.graph import Graph
from cnncalc.memory import Estimate, Setup, stretches
from tests._depth import long_but
from tests.memory._watched import watched

NETWORKS = (
    "alexnet",
    "convnext_tiny",
    "fcn32s",
    "mobilenet_v3_small",
    "resnet18",
    "resnet20_cifar",
    "shufflenet_v2_x0_5",
    "squeezenet1_1",
    "unet",
    "vgg11_bn",
    "vit_b_32",
)
QUICK = ("alexnet", "squeezenet1_1", "unet")
# All that an optimizer keeps and makes shows in a network of parameters and little else.
WIDE = """
cnncalc: 1
input: 64
layers:
  - fc: {units: 300, act: relu}
  - fc: {units: 500, act: relu}
  - fc: 10
"""
BLOCKS = """
cnncalc: 1
input: 24x24x8
blocks:
  stage:
    layers:
      - conv: {filters: 8, kernel: 3, padding: half, norm: bn}
      - sigmoid
      - conv: {filters: 8, kernel: 3, padding: half, norm: bn}
      - tanh
layers:
  - conv: {filters: 8, kernel: 1}
  - stage:
    repeat: 3
  - global_avgpool
  - fc: 10
"""


@pytest.mark.parametrize("optimizer", ["", "sgd", "adam"], ids=["inference", "sgd", "adam"])
@pytest.mark.parametrize("spec", long_but(QUICK, NETWORKS))
def test_the_peak_is_the_tracker_s_to_the_byte(torch: ModuleType, spec: str, optimizer: str) -> None:
    case = Case(spec, "training" if optimizer else "inference", optimizer, 3)
    graph = cnncalc.load(spec, mode=case.mode)
    assert Estimate(graph, setup(case)).peak(case.batch).nbytes == tracked(torch, graph, case)


def load(text: str) -> Graph:
    graph = cnncalc.load(text, mode="training")
    assert graph.ok, graph.diagnostics
    return graph


@pytest.mark.parametrize("foreach", [True, False], ids=["foreach", "single"])
@pytest.mark.parametrize(
    ("optimizer", "recorded"),
    [
        ("sgd", {}),
        ("sgd", {"momentum": 0.9}),
        ("sgd", {"weight_decay": 1e-4}),
        ("sgd", {"momentum": 0.9, "weight_decay": 1e-4}),
        ("sgd", {"momentum": 0.9, "nesterov": True}),
        ("sgd", {"momentum": 0.9, "nesterov": True, "weight_decay": 1e-4}),
        ("adam", {}),
        ("adam", {"weight_decay": 1e-4}),
        ("adam", {"amsgrad": True}),
        ("adamw", {}),
        ("adamw", {"amsgrad": True, "weight_decay": 0.0}),
        ("rmsprop", {}),
        ("rmsprop", {"momentum": 0.9, "weight_decay": 1e-4}),
        ("rmsprop", {"centered": True}),
        ("adagrad", {}),
        ("adagrad", {"weight_decay": 1e-4}),
    ],
)
def test_every_optimizer(torch: ModuleType, optimizer: str, recorded: dict[str, Any], foreach: bool) -> None:
    graph = load(WIDE)
    case = Case("wide", "training", optimizer, 2)
    implementation = "foreach" if foreach else "single"
    ours = Setup(backend=FAKE, optimizer=optimizer, options=recorded, implementation=implementation)
    measured = tracked(torch, graph, case, optimizer_options={**recorded, "foreach": foreach})
    assert Estimate(graph, ours).peak(2).nbytes == measured


@pytest.mark.parametrize("batches", [2, 3])
@pytest.mark.parametrize("text", [WIDE, BLOCKS], ids=["wide", "blocks"])
def test_gradients_that_are_added_up(torch: ModuleType, text: str, batches: int) -> None:
    graph = load(text)
    ours = setup(Case("", "training", "sgd", 4))._replace(accumulate=batches)
    measured = tracked(torch, graph, Case("", "training", "sgd", 4), batches=batches)
    assert Estimate(graph, ours).peak(4).nbytes == measured


def second_step(torch: ModuleType, graph: Graph, case: Case, **recorded: Any) -> int:
    """The peak of the second step, of all storages that operations make.

    The tracker itself does not follow modules whose parameters don't learn, nor what is checkpointed.
    """
    from torch._subclasses import FakeTensorMode

    with FakeTensorMode(allow_non_fake_inputs=True):
        ready = prepare(torch, graph, case, **recorded)
        known = [*ready.model.parameters(), *ready.model.buffers(), *ready.batch]
        with watched(torch, known, str) as tally:
            ready.step()
            tally[1] = 0
            ready.step()
        return tally[1]


SGD = Case("", "training", "sgd", 4)
OPTIONS = {"momentum": 0.9, "foreach": True}


@pytest.mark.parametrize("until", ["conv1", "stage2", "stage3", "fc1"])
def test_a_part_that_does_not_learn(torch: ModuleType, until: str) -> None:
    graph = load(BLOCKS)
    count = stretches.until(graph, until)
    assert count is not None
    owners = {graph.nodes[index].name.replace(".", "_") for index in range(count)}

    def freeze(model: Any) -> Any:
        for name, parameter in model.named_parameters():
            parameter.requires_grad = name.rpartition(".")[0].replace(".", "_") not in owners
        return model

    ours = setup(SGD)._replace(frozen=count)
    measured = second_step(torch, graph, SGD, optimizer_options=OPTIONS, change=freeze)
    assert Estimate(graph, ours).peak(SGD.batch).nbytes == measured


@pytest.mark.parametrize("block", ["stage", "stage2", "stage3"])
def test_blocks_that_are_computed_again(torch: ModuleType, block: str) -> None:
    from torch.utils.checkpoint import checkpoint

    graph = load(BLOCKS)
    uses = stretches.uses(graph, block)
    again = {graph.nodes[start].name.partition(".")[0] for start, _ in uses}

    def stage(part: Any, x: Any) -> Any:
        for name in ("conv1", "conv1_bn", "sigmoid1", "conv2", "conv2_bn", "tanh1"):
            x = getattr(part, name)(x)
        return x

    class Checkpointed(torch.nn.Module):  # type: ignore[name-defined, misc]
        def __init__(self, model: Any) -> None:
            super().__init__()
            self.model = model

        def forward(self, x: Any) -> Any:
            x = self.model.conv1(x)
            for name in ("stage1", "stage2", "stage3"):
                part = getattr(self.model, name)
                x = checkpoint(stage, part, x, use_reentrant=False) if name in again else stage(part, x)
            return self.model.fc1(self.model.fc1_flatten(self.model.global_avgpool1(x)))

    ours = setup(SGD)._replace(checkpoint=tuple(uses))
    measured = second_step(torch, graph, SGD, optimizer_options=OPTIONS, change=Checkpointed)
    assert Estimate(graph, ours).peak(SGD.batch).nbytes == measured


@pytest.mark.parametrize(
    "spec",
    long_but(
        ("squeezenet1_1",),
        ("resnet18", "vgg11_bn", "mobilenet_v3_small", "unet", "squeezenet1_1", "vit_b_32"),
    ),
)
@pytest.mark.parametrize("mode", ["inference", "training"])
def test_autocast(torch: ModuleType, spec: str, mode: str) -> None:
    graph = cnncalc.load(spec, mode=mode)
    case = Case(spec, mode, "sgd" if mode == "training" else "", 4)
    ours = setup(case)._replace(autocast="bfloat16")
    measured = second_step(torch, graph, case, optimizer_options=OPTIONS, autocast=torch.bfloat16)
    assert Estimate(graph, ours).peak(4).nbytes == measured


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        ("maxpool: 2", "8x16x16x4"),
        ("avgpool: 2", "8x16x16x4"),
        ("adaptive_maxpool: 4", "8x16x16x4"),
        ("global_avgpool", "8x16x16x4"),
        ("reflection_pad: 1", "32x32x4"),
        ("replication_pad: 1", "32x32x4"),
        ("fractional_maxpool: {kernel: 2, output_size: 8}", "32x32x4"),
        ("maxpool: 2", "32x32x4"),
        ("patch_merging", "32x32x4"),
    ],
)
@pytest.mark.parametrize("mode", ["inference", "training"])
def test_autocast_on_a_cpu_has_a_list_of_its_own(
    torch: ModuleType, layer: str, shape: str, mode: str
) -> None:
    text = f"cnncalc: 1\ninput: {shape}\nlayers:\n  - conv: {{filters: 16, kernel: 3, padding: 1}}\n  - {layer}\n"
    graph = cnncalc.load(text + "  - conv: {filters: 8, kernel: 1}\n  - flatten\n  - fc: 10\n", mode=mode)
    case = Case("", mode, "sgd" if mode == "training" else "", 4)
    measured = second_step(torch, graph, case, optimizer_options=OPTIONS, autocast=torch.bfloat16)
    ours = Estimate(graph, setup(case)._replace(autocast="bfloat16"))
    assert ours.peak(4).nbytes == measured


def test_gradients_of_weights_are_cast_in_their_order(torch: ModuleType) -> None:
    """First the weight's, then the bias's: the peak is where the weight has its gradient in both types."""
    fc = "cnncalc: 1\ninput: 1024\nlayers:\n  - fc: {units: 300}\n  - fc: 7\n"
    graph = load(fc)
    measured = second_step(torch, graph, SGD, optimizer_options=OPTIONS, autocast=torch.bfloat16)
    ours = Estimate(graph, setup(SGD)._replace(autocast="bfloat16")).peak(SGD.batch)
    assert (ours.nbytes, ours.phase) == (measured, "backward")


@pytest.mark.parametrize(
    "spec", long_but(("alexnet", "resnet18"), ("vgg11_bn", "alexnet", "resnet18", "squeezenet1_1"))
)
def test_channels_last(torch: ModuleType, spec: str) -> None:
    graph = cnncalc.load(spec, mode="training")
    case = Case(spec, "training", "sgd", 4)
    ours = setup(case)._replace(channels_last=True)
    measured = second_step(torch, graph, case, optimizer_options=OPTIONS, channels_last=True)
    assert Estimate(graph, ours).peak(4).nbytes == measured
