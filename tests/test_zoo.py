"""The shipped specs: all are sound, and those that torchvision has too agree with it to the last figure."""

from types import ModuleType
from typing import Any

import pytest

import cnncalc
from cnncalc import zoo
from cnncalc.diagnostic import Severity
from cnncalc.graph import Graph
from tests._depth import LARGE, NETWORKS, long_but
from tests._each import each

CORE = [
    "alexnet", "alexnet_groups", "alexnet_towers", "all_cnn_c", "cifar_convnet", "conv_demo", "googlenet",
    "inception_bottleneck", "inception_naive", "lenet5", "mobilenet_v1", "nin", "resnet101", "resnet152", "resnet18",
    "resnet34", "resnet50", "three_convs", "vgg11", "vgg13", "vgg16", "vgg19", "zfnet",
]  # fmt: skip
# The networks of papers that torchvision does not have.
PAPERS = [
    "all_cnn_a", "all_cnn_b", "dilated_context", "dilated_context_large", "dilated_frontend_vgg16", "fcn16s",
    "fcn32s", "fcn8s", "fractalnet", "fractional_maxpool_net", "inception_resnet_v2", "inception_v4",
    "lenet5_original", "resnet101_v2", "resnet110_cifar", "resnet110_stochastic_depth", "resnet152_v2",
    "resnet200_v2", "resnet20_cifar", "resnet32_cifar", "resnet44_cifar", "resnet50_v2", "resnet56_cifar",
    "se_resnet50", "senet154", "unet", "vgg11_lrn", "wrn_28_10", "xception",
]  # fmt: skip
NAMES = zoo.names()
TWINS = ["vgg11", "vgg13", "vgg16", "vgg19", "resnet18", "resnet34", "resnet50", "resnet101", "resnet152"]

# Parameters, MACs of one image and the output of those without a twin: as published by their authors (nin 0.97M,
# all_cnn_c 1.4M, mobilenet_v1 4.2M and 569M), of a reference implementation (googlenet: Caffe's bvlc_googlenet), or
# counted by hand.
FIGURES = {
    "alexnet": (62_378_344, 1_135_256_096, "1000"),
    "alexnet_groups": (60_965_224, 724_406_816, "1000"),
    "alexnet_towers": (60_965_224, 724_406_816, "1000"),
    "all_cnn_c": (1_369_738, 270_798_336, "10"),
    "cifar_convnet": (6_440, 1_775_680, "10"),
    "conv_demo": (56, 486, "3x3x2"),
    "googlenet": (6_998_552, 1_582_671_872, "1000"),
    "lenet5": (61_706, 416_520, "10"),
    "mobilenet_v1": (4_231_976, 568_740_352, "1000"),
    "nin": (966_986, 222_486_528, "10"),
    "zfnet": (62_357_608, 1_168_032_896, "1000"),
}


def flaws(graph: Graph) -> list[str]:
    diagnostics = cnncalc.findings(cnncalc.analyse(graph))
    return [f"{item.code} {item.message}" for item in diagnostics if item.severity > Severity.INFO]


def test_is_whole() -> None:
    assert zoo.names() == sorted({*CORE, *PAPERS, *zoo.twins()})
    assert set(zoo.names()) >= NETWORKS


@pytest.mark.parametrize("mode", ["inference", "training"])
@pytest.mark.parametrize("name", long_but(NETWORKS, NAMES))
def test_is_sound(name: str, mode: str) -> None:
    graph = cnncalc.load(name, mode=mode)
    assert flaws(graph) == []
    assert graph.not_checked == 0
    assert graph.outputs


@each("name", NAMES)
def test_says_what_it_is_and_where_it_comes_from(name: str) -> None:
    spec = cnncalc.load(name).spec
    assert spec.name
    assert any(year in spec.origin for year in ("19", "20", "CS231n", "Géron"))
    text = next(iter(spec.sources.values())).text
    assert max(map(len, text.splitlines())) <= 120
    assert "\t" not in text


@pytest.mark.long
def test_large_are_those_of_more_than_20_billion_multiply_adds() -> None:
    macs = {name: cnncalc.analyse(cnncalc.load(name)).totals.macs for name in NAMES}
    assert {name for name, count in macs.items() if count is None or count > 20e9} == LARGE


@each("name", NAMES)
def test_states_its_volumes(name: str) -> None:
    assert any("expect:" in source.text for source in cnncalc.load(name).spec.sources.values())


@each(("name", "figures"), FIGURES.items())
def test_figures(name: str, figures: tuple[int, int, str]) -> None:
    graph = cnncalc.load(name)
    totals = cnncalc.analyse(graph).totals
    assert (totals.params, totals.macs, str(graph.nodes[graph.outputs[0]].shape)) == figures


def test_googlenets_heads_are_in_training_only() -> None:
    graph = cnncalc.load("googlenet", mode="training")
    assert cnncalc.analyse(graph).totals.params == 13_378_280
    assert [str(graph.nodes[output].shape) for output in graph.outputs] == ["1000", "1000", "1000"]
    assert len(cnncalc.load("googlenet").outputs) == 1


@each(
    ("name", "values", "params"),
    [
        # The paper's table 7: 2.6M, 1.3M and 0.5M.
        ("mobilenet_v1", {"width": 0.75}, 2_585_560),
        ("mobilenet_v1", {"width": 0.5}, 1_331_592),
        ("mobilenet_v1", {"width": 0.25}, 470_072),
        ("alexnet", {"groups": 2}, 60_965_224),
        ("zfnet", {"conv3": 512, "conv4": 1024, "conv5": 512}, 107_627_624),
    ],
)
def test_variants_by_set(name: str, values: dict[str, Any], params: int) -> None:
    graph = cnncalc.load(name, values=values)
    assert flaws(graph) == []
    assert cnncalc.analyse(graph).totals.params == params


@pytest.fixture(scope="module")
def twins(torch: ModuleType, torchvision: ModuleType) -> dict[str, Any]:
    """torchvision's models without their weights' values."""
    with torch.device("meta"):
        return {name: getattr(torchvision.models, name)(weights=None).eval() for name in TWINS}


def tensors(graph: Graph, kind: str) -> list[tuple[str, tuple[int, ...]]]:
    """Name within its layer, and shape, of every parameter or buffer, in the order of the graph."""
    fits = [node.fit for node in graph.layers if node.fit]
    return [(tensor.name, tensor.shape) for fit in fits for tensor in getattr(fit.layer, kind)(fit.inputs)]


@each("name", TWINS)
def test_parameters_and_buffers_are_torchvisions(name: str, twins: dict[str, Any]) -> None:
    """The same tensors in the same order; sums of shapes could agree by accident."""
    graph, twin = cnncalc.load(name), twins[name]
    for kind, theirs in (("weights", twin.named_parameters()), ("buffers", twin.named_buffers())):
        shapes = [(path.rpartition(".")[2], tuple(tensor.shape)) for path, tensor in theirs]
        assert tensors(graph, kind) == shapes
    totals = cnncalc.analyse(graph).totals
    assert totals.params == sum(tensor.numel() for tensor in twin.parameters())
    assert totals.buffers == sum(tensor.numel() for tensor in twin.buffers())
    sizes = {str(tensor.dtype): tensor.element_size() for tensor in [*twin.parameters(), *twin.buffers()]}
    assert totals.buffer_bytes == sum(tensor.numel() * sizes[str(tensor.dtype)] for tensor in twin.buffers())


@each("name", TWINS)
def test_macs_and_output_are_torchvisions(name: str, twins: dict[str, Any], torch: ModuleType) -> None:
    from torch.utils.flop_counter import FlopCounterMode

    graph = cnncalc.load(name)
    image = graph.nodes[0].shape
    last = graph.nodes[graph.outputs[0]].shape
    assert image is not None
    assert last is not None
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        output = twins[name](torch.empty(1, *image.torch, device="meta"))
    assert tuple(output.shape) == (1, *last.torch)
    assert cnncalc.analyse(graph).totals.macs == counter.get_total_flops() // 2


@each("name", TWINS)
def test_volumes_are_torchvisions(name: str, twins: dict[str, Any], torch: ModuleType) -> None:
    """Of every layer with parameters, and every pooling, in the order in which torchvision's layers are registered."""
    graph, twin = cnncalc.load(name), twins[name]
    image = graph.nodes[0].shape
    assert image is not None
    ours = [
        node.shape.torch
        for node in graph.layers
        if node.shape and node.fit and node.fit.layer.weights(node.fit.inputs)
    ]
    shapes: dict[str, tuple[int, ...]] = {}
    for path, module in twin.named_modules():
        if list(module.parameters(recurse=False)):
            shapes[path] = ()
            module.register_forward_hook(
                lambda module, inputs, output, path=path: shapes.update({path: tuple(output.shape[1:])})
            )
    with torch.no_grad():
        twin(torch.empty(1, *image.torch, device="meta"))
    assert ours == list(shapes.values())
