"""Every loss, and where the loop frees gradients: the peak of a whole step is PyTorch's."""

from types import ModuleType

import pytest

import cnncalc
from benchmarks._step import Case
from benchmarks._tracker import FAKE
from cnncalc.analysis.kept import gradient_passes
from cnncalc.memory import BACKENDS, Estimate, Setup, impossible
from cnncalc.memory.allocated import losses
from cnncalc.memory.setup import ZERO_GRADS
from tests._depth import DEEP, long_but
from tests.differential._difference import loaded, runnable
from tests.differential._networks import network
from tests.memory.test_tracker import BLOCKS, WIDE, second_step

# So much of it is the output that the peak is in the loss.
SEGMENTS = """
cnncalc: 1
input: 24x24x3
layers:
  - conv: {filters: 4, kernel: 1}
  - relu
  - conv: {filters: 40, kernel: 1}
"""
TEXTS = {"segments": SEGMENTS, "wide": WIDE, "blocks": BLOCKS}
CASE = Case("", "training", "sgd", 4)
MOMENTUM = {"momentum": 0.9, "foreach": True}


def compare(torch: ModuleType, graph: cnncalc.Graph, setup: Setup) -> None:
    lower = setup.autocast and getattr(torch, setup.autocast)
    measured = second_step(
        torch,
        graph,
        CASE,
        optimizer_options=MOMENTUM,
        autocast=lower,
        loss=setup.loss,
        zero_grad=setup.gradients_freed,
        batches=setup.accumulate,
    )
    assert Estimate(graph, setup).peak(CASE.batch).nbytes == measured


@pytest.mark.parametrize("autocast", [None, "bfloat16"])
@pytest.mark.parametrize("loss", losses.names())
@pytest.mark.parametrize("text", long_but(("segments",), tuple(TEXTS)))
def test_every_loss(torch: ModuleType, text: str, loss: str, autocast: str | None) -> None:
    graph = cnncalc.load(TEXTS[text], mode="training")
    setup = Setup(backend=FAKE, options={"momentum": 0.9}, loss=loss, autocast=autocast)
    compare(torch, graph, setup)


@pytest.mark.parametrize("batches", [1, 2])
@pytest.mark.parametrize("zero_grad", ZERO_GRADS)
@pytest.mark.parametrize("text", ["wide", "blocks"])
def test_where_gradients_are_freed(torch: ModuleType, text: str, zero_grad: str, batches: int) -> None:
    graph = cnncalc.load(TEXTS[text], mode="training")
    setup = Setup(backend=FAKE, options={"momentum": 0.9}, zero_grad=zero_grad, accumulate=batches)
    compare(torch, graph, setup)


@pytest.mark.parametrize("seed", range(200 if DEEP else 12))
def test_networks_at_random(torch: ModuleType, seed: int) -> None:
    drawn = runnable(network(90_000 + seed), "training")
    graph = loaded(drawn, "training")
    if graph is None or not any(gradient_passes(graph)[output] for output in graph.outputs):
        pytest.skip("nothing learns in it")
    kinds = losses.names()
    # A gradient of `grn` is added to an earlier one an operation later than it is replayed.
    places = ZERO_GRADS[:2] if any(item.kind == "grn" for item in drawn.items) else ZERO_GRADS
    setup = Setup(
        backend=FAKE,
        options={"momentum": 0.9},
        loss=kinds[seed % len(kinds)],
        zero_grad=places[seed % len(places)],
        autocast="bfloat16" if seed % 2 else None,
    )
    compare(torch, graph, setup)


@pytest.mark.parametrize("loss", ["cross_entropy", "smoothed_cross_entropy"])
def test_logarithms_on_cuda_are_in_the_type_of_the_output(loss: str) -> None:
    """Autocast casts the logarithms there, and on a CPU the output. (The record of fake CUDA devices has the bytes.)"""
    graph = cnncalc.load(TEXTS["wide"], mode="training")
    setup = Setup(loss=loss, autocast="float16")
    for backend, narrow in (("cuda", True), ("cpu", False)):
        trace = Estimate(graph, setup._replace(backend=BACKENDS[backend])).trace
        widths = {
            tensor.name: tensor.each for tensor in trace.tensors if tensor.name.startswith("log_softmax")
        }
        if narrow:
            assert 2 * widths["log_softmax"] == widths["log_softmax in float32"]
        else:
            assert widths.keys() == {"log_softmax"}


def test_a_loss_or_a_place_that_there_is_not() -> None:
    assert "there is no loss hinge; there are bce_with_logits" in str(impossible(Setup(loss="hinge")))
    assert "not never" in str(impossible(Setup(zero_grad="never")))
    assert "for training only" in str(impossible(Setup(mode="inference", loss="mse")))


def test_the_allocator_frees_what_the_step_before_made() -> None:
    """In the first step there is nothing to free between the passes; in the second there is."""
    graph = cnncalc.load(WIDE, mode="training")
    plain, between, kept = (Estimate(graph, Setup(zero_grad=place)).reserved(4) for place in ZERO_GRADS)
    assert plain is not None
    assert between is not None
    assert kept is not None
    assert plain.allocated <= between.allocated <= kept.allocated
