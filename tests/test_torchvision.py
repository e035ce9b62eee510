"""Every spec of a network that torchvision has too is that network: the same tensors, work, shapes and outputs.

Nothing here is a recorded figure: both sides are computed as the test runs. A dozen networks are compared in `make
test`, all others in `make test-all`.
"""

from collections.abc import Iterable
from functools import cache
from types import ModuleType
from typing import Any, NamedTuple

import pytest

import cnncalc
from cnncalc import zoo
from cnncalc.graph import Graph
from cnncalc.pytorch import build
from tests._depth import LARGE, long_but


class Twin(NamedTuple):
    """How torchvision builds the network of a spec.

    `late` are modules and parameters that torchvision registers before others which the spec has before them: they are
    taken last of what they are registered in, and `early` ones first, so that both sides' tensors have one order. Those
    of `after` come after the module that each names.
    """

    builder: str
    arguments: dict[str, Any] = {}  # noqa: RUF012
    training: dict[str, Any] | None = None  # the arguments with which it has heads in training only
    late: tuple[str, ...] = ()
    early: tuple[str, ...] = ()
    after: dict[str, str] = {}  # noqa: RUF012
    differs: str = ""  # why its outputs may differ in the last bits
    side: int | None = None  # of the images whose outputs are compared; left out, the spec's


GOOGLENET = {"init_weights": False, "transform_input": False}
GELU = "PyTorch's gelu rounds by how its input lies in memory: channels last here, no axis moved there"
ATTENTION = "torchvision's attention is one fused kernel, cnncalc's is written out as two products"
SEGMENTATION = {"weights_backbone": None}
SAME = [
    *(f"vgg{depth}{norm}" for depth in (11, 13, 16, 19) for norm in ("", "_bn")),
    *(f"resnet{depth}" for depth in (18, 34, 50, 101, 152)),
    *("resnext50_32x4d", "resnext101_32x8d", "resnext101_64x4d", "wide_resnet50_2", "wide_resnet101_2"),
    *(f"densenet{depth}" for depth in (121, 161, 169, 201)),
    *("squeezenet1_0", "squeezenet1_1"),
    *("mobilenet_v2", "mobilenet_v3_large", "mobilenet_v3_small"),
    *(f"mnasnet{width}" for width in ("0_5", "0_75", "1_0", "1_3")),
    *(f"shufflenet_v2_x{width}" for width in ("0_5", "1_0", "1_5", "2_0")),
    *(f"efficientnet_b{size}" for size in range(8)),
]
REGNETS = [
    *(f"regnet_x_{size}" for size in ("400mf", "800mf", "1_6gf", "3_2gf", "8gf", "16gf", "32gf")),
    *(f"regnet_y_{size}" for size in ("400mf", "800mf", "1_6gf", "3_2gf", "8gf", "16gf", "32gf", "128gf")),
]
# Of images whose outputs are compared: shapes and work are compared at the spec's size, and the arithmetic is the same.
SIDE = 128
# Their linear layers take one size alone.
FIXED = {f"vgg{depth}{norm}" for depth in (11, 13, 16, 19) for norm in ("", "_bn")}
TWINS = {
    **{name: Twin(name, side=None if name in FIXED else SIDE) for name in SAME},
    **{name: Twin(name, side=SIDE) for name in REGNETS},
    "alexnet_owt": Twin("alexnet"),
    "googlenet_bn": Twin(
        "googlenet",
        {**GOOGLENET, "aux_logits": False},
        {**GOOGLENET, "aux_logits": True},
        after={"aux1": "inception4a", "aux2": "inception4d"},
    ),
    "inception_v3": Twin(
        "inception_v3", {**GOOGLENET, "aux_logits": False}, {**GOOGLENET, "aux_logits": True}
    ),
    **{f"efficientnet_v2_{size}": Twin(f"efficientnet_v2_{size}", side=SIDE) for size in "sml"},
    **{
        f"convnext_{size}": Twin(f"convnext_{size}", late=("layer_scale",), differs=GELU, side=SIDE)
        for size in ("tiny", "small", "base", "large")
    },
    **{
        name: Twin(name, early=("conv_proj",), differs=ATTENTION)
        for name in ("vit_b_16", "vit_b_32", "vit_l_16")
    },
    **{f"swin_{size}": Twin(f"swin_{size}", late=("reduction",), differs=GELU) for size in "tsb"},
    "fcn_resnet50": Twin(
        "fcn_resnet50", SEGMENTATION, {**SEGMENTATION, "aux_loss": True}, side=136
    ),  # the module enlarges eightfold, whatever the image
    "deeplabv3_resnet50": Twin("deeplabv3_resnet50", SEGMENTATION, {**SEGMENTATION, "aux_loss": True}),
}
NAMES = {"layer_scale": "weight"}


def test_the_zoo_page_names_these_twins() -> None:
    assert {name: twin.builder for name, twin in TWINS.items()} == zoo.twins()


CASES = [
    *((name, "inference") for name in TWINS),
    *((name, "training") for name, twin in TWINS.items() if twin.training is not None),
]
HEADS = dict(CASES)  # the last of each

# The networks that are compared in `make test`: small ones, each of another family.
QUICK = {
    "alexnet_owt", "efficientnet_b0", "googlenet_bn", "mnasnet1_0", "mobilenet_v2", "mobilenet_v3_small",
    "regnet_y_400mf", "resnet18", "shufflenet_v2_x0_5", "squeezenet1_1", "swin_t", "vit_b_32",
}  # fmt: skip
# Those whose outputs are compared there.
QUICK_OUTPUTS = {"alexnet_owt", "mobilenet_v3_small", "squeezenet1_1"}
# Where there are heads, the network in training has all the outputs.
RUNS = [
    pytest.param(
        name,
        mode,
        marks=pytest.mark.zoo
        if name in LARGE
        else ()
        if name in QUICK_OUTPUTS and mode == HEADS[name]
        else pytest.mark.long,
    )
    for name, mode in CASES
]


@cache
def graph_of(name: str, mode: str) -> Graph:
    return cnncalc.load(name, mode=mode)


def twin_of(torchvision: ModuleType, name: str, mode: str) -> Any:
    """torchvision's model on the device of the context, as in inference but for the heads that it has in training."""
    twin = TWINS[name]
    arguments = twin.arguments if mode == "inference" else twin.training
    assert arguments is not None
    model = torchvision.models.get_model(twin.builder, weights=None, **arguments).eval()
    model.training = mode == "training"  # of the model alone: its norms and dropouts stay as in inference
    return model


def ordered(named: Iterable[tuple[str, Any]], twin: Twin) -> list[tuple[str, Any]]:
    """torchvision's parameters or buffers in the order of the spec."""
    tensors = list(named)

    def place(index: int) -> tuple[int, int]:
        path = tensors[index][0].split(".")
        if (before := twin.after.get(path[0])) is not None:
            return max(other for other, (name, _) in enumerate(tensors) if name.startswith(f"{before}.")), 1
        for depth, part in enumerate(path):
            if part in (*twin.late, *twin.early):
                around = [other[0].split(".")[:depth] == path[:depth] for other in tensors]
                first, last = around.index(True), len(around) - 1 - around[::-1].index(True)
                return (last, 1) if part in twin.late else (first, -1)
        return index, 0

    return [tensors[index] for index in sorted(range(len(tensors)), key=place)]


@pytest.fixture(scope="module")
def twins(torch: ModuleType, torchvision: ModuleType) -> Any:
    """By name and mode, torchvision's models without their weights' values."""
    widths = torchvision.models.regnet.BlockParams
    compute = widths.from_init_params

    def computed(**numbers: Any) -> Any:
        with torch.device("cpu"):  # RegNet's widths are sums of tensors, which are no use without values
            return compute(**numbers)

    @cache
    def model(name: str, mode: str) -> Any:
        with torch.device("meta"), pytest.MonkeyPatch.context() as patch:
            patch.setattr(widths, "from_init_params", computed)
            return twin_of(torchvision, name, mode)

    return model


def named_shapes(graph: Graph, kind: str) -> list[tuple[str, tuple[int, ...]]]:
    """Name within its layer, and shape, of every parameter or buffer, in the order of the graph."""
    fits = [node.fit for node in graph.layers if node.fit]
    return [
        (called(tensor.name), tensor.shape) for fit in fits for tensor in getattr(fit.layer, kind)(fit.inputs)
    ]


def called(path: str) -> str:
    """A tensor's name within its module; what is no module in torchvision has its parameter's name there."""
    return NAMES.get(path.rpartition(".")[2], path.rpartition(".")[2])


def listed(output: Any) -> list[Any]:
    """A model's outputs in the order of the spec: scores, then the heads from the front of the network to its end."""
    if isinstance(output, dict):
        return list(output.values())
    if isinstance(output, tuple):
        scores, *heads = output
        return [scores, *(heads[::-1] if hasattr(output, "aux_logits1") else heads)]
    return [output]


@pytest.mark.parametrize(("name", "mode"), long_but(QUICK, CASES))
def test_tensors_are_torchvisions(name: str, mode: str, twins: Any) -> None:
    graph, twin = graph_of(name, mode), twins(name, mode)
    for kind, named in (("weights", twin.named_parameters()), ("buffers", twin.named_buffers())):
        theirs = ordered(named, TWINS[name])
        assert named_shapes(graph, kind) == [(called(path), tuple(tensor.shape)) for path, tensor in theirs]
    totals = cnncalc.analyse(graph).totals
    assert totals.params == sum(parameter.numel() for parameter in twin.parameters())
    assert totals.buffers == sum(buffer.numel() for buffer in twin.buffers())
    assert totals.buffer_bytes == sum(buffer.numel() * buffer.element_size() for buffer in twin.buffers())


@pytest.mark.parametrize(("name", "mode"), long_but(QUICK, CASES))
def test_work_and_shapes_are_torchvisions(name: str, mode: str, twins: Any, torch: ModuleType) -> None:
    from torch.utils.flop_counter import FlopCounterMode

    graph = graph_of(name, mode)
    (image,) = (node.shape for node in graph.inputs)
    assert image is not None
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        outputs = listed(twins(name, mode)(torch.empty(1, *image.torch, device="meta")))
    shapes = [graph.nodes[output].shape for output in graph.outputs]
    assert [tuple(tensor.shape) for tensor in outputs] == [(1, *shape.torch) for shape in shapes if shape]
    assert cnncalc.analyse(graph).totals.macs == counter.get_total_flops() // 2


def shake(torch: ModuleType, model: Any) -> None:
    """Random values for what torchvision initialises to one number: norms and their statistics, biases, scales.

    Left at 0 and 1 they could be exchanged, or left out, and nothing would change.
    """
    for tensor in model.parameters():
        first, last = tensor.flatten()[0], tensor.flatten()[-1]
        # Most of the large ones differ at their ends: they need not be read.
        if first == last and (tensor == first).all():
            tensor.uniform_(0.5, 1.5) if first else tensor.normal_(0, 0.1)
    for path, tensor in model.named_buffers():
        if path.endswith("running_mean"):
            tensor.normal_(0, 0.1)
        elif path.endswith("running_var"):
            tensor.uniform_(0.5, 1.5)


@pytest.mark.parametrize(("name", "mode"), RUNS)
def test_outputs_are_torchvisions(name: str, mode: str, torch: ModuleType, torchvision: ModuleType) -> None:
    """With torchvision's weights, in float32, as in inference: not one bit differs, unless a twin says why."""
    graph = graph_of(name, mode)
    (image,) = (node.shape for node in graph.inputs)
    assert image is not None
    with torch.random.fork_rng(devices=()), torch.no_grad():
        torch.manual_seed(0)
        twin = twin_of(torchvision, name, mode)
        shake(torch, twin)
        side = TWINS[name].side
        images = torch.randn(1, *((image.channels, side, side) if side else image.torch))
        model = build(graph, device="meta").eval()
        values: dict[str, Any] = {}
        for ours_named, named in (
            (model.named_parameters(), twin.named_parameters()),
            (model.named_buffers(), twin.named_buffers()),
        ):
            theirs_named = ordered(named, TWINS[name])
            values.update({our: their for (our, _), (_, their) in zip(ours_named, theirs_named, strict=True)})
        model.load_state_dict(values, assign=True)
        theirs, ours = listed(twin(images.clone())), listed(model(images.clone()))
    assert len(ours) == len(theirs)
    for our, their in zip(ours, theirs, strict=True):
        assert their.isfinite().all()
        assert their.std() > 0
        off = (our - their).abs().max() / their.abs().max()
        assert off <= (1e-5 if TWINS[name].differs else 0)
