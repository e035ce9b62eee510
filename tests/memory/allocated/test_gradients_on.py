"""A prediction without `torch.no_grad()`: in `eval()` most layers keep what they keep in training."""

import warnings
from types import ModuleType

import pytest

import cnncalc
from benchmarks._tracker import FAKE
from cnncalc.graph import Graph
from cnncalc.memory import Estimate, Setup, impossible
from tests._depth import DEEP, long_but
from tests.differential._difference import loaded, runnable
from tests.differential._networks import network
from tests.memory._watched import watched
from tests.memory.test_tracker import BLOCKS, QUICK, WIDE

BATCH = 3
PARTS = """
cnncalc: 1
input: 12x12x6
layers:
  - conv: {filters: 8, kernel: 3, norm: bn, act: relu6}
  - dropout: 0.2
  - instance_norm: {affine: true, track: true}
  - %s
  - maxpool: 2
  - flatten
  - dropout: {p: 0.5, inplace: true}
  - fc: 10
"""


def measured(torch: ModuleType, graph: Graph, autocast: str | None = None) -> int:
    from torch._subclasses import FakeTensorMode

    from cnncalc.pytorch import build

    with warnings.catch_warnings(), FakeTensorMode(allow_non_fake_inputs=True):
        warnings.simplefilter("ignore")
        model = build(graph).eval()
        images = [torch.empty(BATCH, *node.shape.torch) for node in graph.inputs if node.shape]
        with watched(torch, [*model.parameters(), *model.buffers(), *images], str) as tally:
            lower = getattr(torch, autocast or "bfloat16")
            with torch.autocast("cpu", lower, enabled=autocast is not None):
                outputs = model(*images)
            assert outputs is not None
            return tally[1]


def compare(torch: ModuleType, graph: Graph, autocast: str | None = None) -> None:
    setup = Setup(mode="inference", backend=FAKE, grad=True, autocast=autocast)
    assert Estimate(graph, setup).peak(BATCH).nbytes == measured(torch, graph, autocast)


@pytest.mark.parametrize("autocast", [None, "bfloat16"])
@pytest.mark.parametrize(
    "text",
    [
        WIDE,
        BLOCKS,
        *(
            PARTS % layer
            for layer in ("gn: {groups: 2}", "ln2d", "stochastic_depth: 0.3", "bn: {track: false}")
        ),
    ],
)
def test_layers(torch: ModuleType, text: str, autocast: str | None) -> None:
    compare(torch, cnncalc.load(text, mode="inference"), autocast)


@pytest.mark.parametrize("spec", long_but(QUICK, (*QUICK, "resnet18", "vit_b_32", "mobilenet_v3_small")))
def test_networks(torch: ModuleType, spec: str) -> None:
    compare(torch, cnncalc.load(spec, mode="inference"))


@pytest.mark.parametrize("seed", range(300 if DEEP else 20))
def test_networks_at_random(torch: ModuleType, seed: int) -> None:
    drawn = runnable(network(70_000 + seed), "inference")
    graph = loaded(drawn, "inference")
    if graph is None:
        pytest.skip("it cannot be built")
    compare(torch, graph, "bfloat16" if seed % 3 == 0 else None)


def test_it_is_for_a_prediction() -> None:
    assert "in training gradients are on" in str(impossible(Setup(grad=True)))
    assert impossible(Setup(mode="inference", grad=True)) is None
