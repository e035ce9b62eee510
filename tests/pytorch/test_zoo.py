"""The shipped specs: all with nothing allocated; some run, most in `make test-all`, all in `make verify-zoo`."""

from pathlib import Path
from types import ModuleType

import pytest

import cnncalc
from cnncalc import zoo
from cnncalc.graph import Graph
from tests._depth import LARGE, NETWORKS, long_but

# Kernels of every kind: depthwise, grouped, attention, several branches, transposed, and what is dropped at random.
KINDS = ("alexnet", "lenet5", "mobilenet_v3_small", "shufflenet_v2_x0_5", "squeezenet1_1", "unet", "vit_b_32")
SMALL = ("cifar_convnet", "lenet5", "squeezenet1_1", "three_convs")
MODES = ("inference", "training")


def runnable(name: str, mode: str) -> Graph:
    """A shipped spec's graph. A network that PyTorch has no layers for is not skipped silently."""
    from cnncalc.pytorch.fitness import faults

    graph = cnncalc.load(name, mode=mode)
    assert not faults(graph), name
    return graph


def has_modes(name: str) -> bool:
    path = zoo.path(name)
    return path is not None and "only:" in Path(path).read_text(encoding="utf-8")


# What is one network in both modes is run in training below.
CASES = [(name, mode) for name in zoo.names() for mode in MODES if mode == "inference" or has_modes(name)]


@pytest.mark.parametrize(
    ("name", "mode"), long_but(NETWORKS - {"fcn32s", "unet", "vgg16", "densenet121"}, CASES)
)
def test_nothing_allocated(torch: ModuleType, name: str, mode: str) -> None:
    """Shapes, parameters, buffers, MACs, what is kept, and the receptive field."""
    from cnncalc.pytorch.verify import verify

    verification = verify(runnable(name, mode), device="meta", training=mode == "training")
    assert not [
        (layer.name, figure) for layer in verification.layers for figure in layer.figures if not figure.ok
    ]
    assert not [total for total in verification.totals if total.ok is False]
    assert all(total.ok for total in verification.totals[: 5 if mode == "training" else 3])


@pytest.mark.parametrize("name", long_but(KINDS, zoo.names()))
def test_kept_for_the_backward_pass(torch: ModuleType, name: str) -> None:
    """To the byte, in training at batch 2, by the kernels a CPU would use: fake tensors say which those are."""
    from torch._subclasses.fake_tensor import FakeTensorMode

    from cnncalc.analysis import Analysis
    from cnncalc.pytorch import build
    from cnncalc.pytorch.run import run

    graph = runnable(name, "training")
    with FakeTensorMode():
        shown = run(build(graph), graph, batch=2, training=True)
    kept = Analysis(graph, batch=2).kept
    assert kept is not None
    assert sum(tensor.nbytes(batch=2, dtype="float32") for tensor in kept) == shown.kept_bytes
    assert [shown.seen[node.index].shape for node in graph.layers] == [
        node.shape.torch for node in graph.layers if node.shape
    ]
    assert Analysis(graph).totals.macs == shown.macs


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", long_but(SMALL, zoo.names(), LARGE))
def test_run_on_the_cpu(torch: ModuleType, name: str, mode: str) -> None:
    """In inference with one image: that figures grow with the batch is compared above, where nothing is computed."""
    from cnncalc.pytorch.verify import verify

    training = mode == "training"
    verification = verify(runnable(name, mode), batch=2 if training else 1, training=training)
    assert verification.ok
    # A bound is compared with nothing: the field of fractional pooling, which draws its windows.
    compared = [total for total in verification.totals if total.ok is not None]
    assert all(total.ok for total in compared)
    assert len(compared) == len(verification.totals) or name == "fractional_maxpool_net"
    assert verification.run.seconds > 0


@pytest.mark.parametrize("dtype", ["float64", "bfloat16"])
@pytest.mark.parametrize("name", long_but((), zoo.names(), set(zoo.names()) - NETWORKS | LARGE))
def test_other_types(torch: ModuleType, name: str, dtype: str) -> None:
    """In other types too; where PyTorch has no kernel for one on a CPU, that is said before anything runs."""
    from cnncalc.pytorch.trial import refusals
    from cnncalc.pytorch.verify import verify

    graph = runnable(name, "training")
    refused = refusals(graph, device="cpu", dtype=dtype, batch=2, training=True)
    if refused:
        assert dtype != "float64"
        assert {item.code for item in refused} == {"T003"}
    else:
        assert verify(graph, dtype=dtype, training=True).ok
