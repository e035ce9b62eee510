"""Activations in the host's memory, as `save_on_cpu` puts them there; an optimizer that steps on the host."""

from types import ModuleType
from typing import Any

import pytest

import cnncalc
from benchmarks._step import Case
from benchmarks._tracker import FAKE
from cnncalc.analysis.kept import gradient_passes
from cnncalc.memory import BACKENDS, Estimate, Setup, impossible
from tests._depth import long_but
from tests.differential._difference import loaded, runnable
from tests.differential._networks import network
from tests.memory.test_tracker import BLOCKS, QUICK, WIDE, second_step

CASE = Case("", "training", "sgd", 4)


def saving(torch: ModuleType) -> Any:
    """As `torch.autograd.graph.save_on_cpu`, for tensors of the CPU: what is packed is no tensor."""

    class Saving(torch.nn.Module):  # type: ignore[name-defined, misc]
        def __init__(self, model: Any) -> None:
            super().__init__()
            self.model = model

        def forward(self, *images: Any) -> Any:
            with torch.autograd.graph.saved_tensors_hooks(
                lambda tensor: (tensor.shape, tensor.stride(), tensor.dtype),
                lambda packed: torch.empty_strided(packed[0], packed[1], dtype=packed[2]),
            ):
                return self.model(*images)

    return Saving


def figures(torch: ModuleType, graph: cnncalc.Graph, autocast: str | None) -> tuple[int, int]:
    """Ours, and PyTorch's."""
    measured = second_step(
        torch,
        graph,
        CASE,
        optimizer_options={"momentum": 0.9, "foreach": True},
        change=saving(torch),
        autocast=autocast and getattr(torch, autocast),
    )
    setup = Setup(backend=FAKE, options={"momentum": 0.9}, offload=("activations",), autocast=autocast)
    return Estimate(graph, setup).peak(CASE.batch).nbytes, measured


@pytest.mark.parametrize("autocast", [None, "bfloat16"])
@pytest.mark.parametrize(
    "spec",
    [BLOCKS, *long_but(QUICK[1:], ("resnet18", "mobilenet_v3_small", "squeezenet1_1", "unet", "vit_b_32"))],
)
def test_activations_are_on_the_host_until_their_operation(
    torch: ModuleType, spec: str, autocast: str | None
) -> None:
    ours, theirs = figures(torch, cnncalc.load(spec, mode="training"), autocast)
    assert ours == theirs


def test_a_bias_of_a_linear_layer_comes_when_the_copies_are_gone(torch: ModuleType) -> None:
    """`addmm` sums its gradient up later, which is not replayed: a bias is the most that this can be off."""
    ours, theirs = figures(torch, cnncalc.load(WIDE, mode="training"), None)
    assert 0 <= ours - theirs <= 4 * 500


@pytest.mark.parametrize("seed", range(20))
def test_networks_at_random_are_near(torch: ModuleType, seed: int) -> None:
    """A layer of several operations copies for each of them, and a view is copied alone."""
    graph = loaded(runnable(network(60_000 + seed), "training"), "training")
    if graph is None or not any(gradient_passes(graph)[output] for output in graph.outputs):
        pytest.skip("nothing learns in it")
    ours, theirs = figures(torch, graph, None)
    assert ours == pytest.approx(theirs, rel=0.25)


def test_an_optimizer_on_the_host_leaves_nothing_on_the_device() -> None:
    graph = cnncalc.load(WIDE, mode="training")
    plain, away = (
        Estimate(graph, Setup(optimizer="adam", offload=offload)) for offload in ((), ("optimizer",))
    )
    assert plain.breakdown(4)["optimizer"] > 0
    assert away.breakdown(4)["optimizer"] == 0
    assert not any(mark.phase == "step" for mark in away.trace.marks)


@pytest.mark.parametrize(
    ("setup", "said"),
    [
        (Setup(offload=("weights",)), "activations and optimizer can be offloaded, not weights"),
        (Setup(offload=("optimizer",), backend=BACKENDS["cpu"]), "where a run on the CPU has all"),
        (Setup(offload=("activations",), checkpoint=((0, 1),)), "leave out one of the two"),
        (Setup(offload=("optimizer",), mode="inference"), "for training only"),
    ],
)
def test_what_cannot_be_offloaded_is_a_sentence(setup: Setup, said: str) -> None:
    assert said in str(impossible(setup))
