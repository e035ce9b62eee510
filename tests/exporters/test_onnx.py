"""The target `onnx`: a valid model that reads back as the same network."""

from types import ModuleType

import pytest

import cnncalc
from cnncalc.analysis import Analysis
from cnncalc.exporters import target
from cnncalc.importers import document
from cnncalc.importers.formats import ImportRequest
from cnncalc.importers.reading import read

pytestmark = pytest.mark.usefixtures("one_thread")

onnx = pytest.importorskip("onnx")

QUICK = ("three_convs",)
LONG = (
    "resnet20_cifar",
    "alexnet",
    "mobilenet_v2",
    "resnet18",
    "squeezenet1_1",
    "zfnet",
    "unet",
    "shufflenet_v2_x0_5",
    "mnasnet0_5",
)


@pytest.mark.parametrize("name", [*QUICK, *(pytest.param(name, marks=pytest.mark.long) for name in LONG)])
def test_a_network_reads_back_with_its_figures(name: str, torch: ModuleType) -> None:
    graph = cnncalc.load(name)
    content = target("onnx").write(graph)
    assert isinstance(content, bytes)
    onnx.checker.check_model(onnx.load_from_string(content))
    back = cnncalc.load(document(read(content, f"{name}.onnx", ImportRequest())))
    ours, theirs = Analysis(graph).totals, Analysis(back).totals
    assert (theirs.params, theirs.macs) == (ours.params, ours.macs)
    assert [back.nodes[index].shape for index in back.outputs] == [
        graph.nodes[index].shape for index in graph.outputs
    ]


def test_the_file_gives_the_outputs_of_the_module(torch: ModuleType) -> None:
    from onnx.reference import ReferenceEvaluator

    from cnncalc.pytorch import build

    graph = cnncalc.load("INPUT 12x12x3 -> CONV3-4 -> RELU -> POOL -> FC 5")
    content = target("onnx").write(graph)
    x = torch.randn(1, 3, 12, 12)
    (given,) = ReferenceEvaluator(onnx.load_from_string(content)).run(None, {"input": x.numpy()})
    with torch.no_grad():
        expected = build(graph, seed=0).eval()(x)
    assert torch.allclose(torch.tensor(given), expected, atol=1e-5)


def test_two_files_are_equal(torch: ModuleType) -> None:
    graph = cnncalc.load("three_convs")
    assert target("onnx").write(graph) == target("onnx").write(graph)
