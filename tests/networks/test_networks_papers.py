"""Networks of practice, written as their papers draw them: each is its twin in torchvision, or in the file beside this.

The same tensors in the order of calls, the same work, the same shapes, with the same weights the same outputs and
gradients, and the same bytes kept for the backward pass; figures as they are printed elsewhere; and all that `cnncalc
verify` compares, in both modes. (FCN and U-Net are shipped: tests/test_papers.py has them.)
"""

from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

import cnncalc
from cnncalc.analysis.kept import kept
from cnncalc.diagnostic import Severity
from cnncalc.graph import Graph
from cnncalc.pytorch import build
from cnncalc.pytorch.saved import Saved
from tests._depth import long_but
from tests.commands._program import run
from tests.networks._paper_twins import TWINS, RetinaNet

FOLDER = Path(__file__).parent
# Inputs that are quick to compute; the others have the size of the paper.
SMALL = {
    "edsr_baseline_x2": "16",
    "r2plus1d_18": "4x32x32x3",
    "retinanet_resnet50_fpn": "128",
    "wavenet": "600",
    "yolov3": "96",
    "yolov8n": "96",
}
OF_TORCHVISION = ("r2plus1d_18", "retinanet_resnet50_fpn")
NAMES = sorted((*TWINS, *OF_TORCHVISION))
QUICK = ("convlstm", "dcgan_discriminator", "dcgan_generator")


@cache
def load(name: str, mode: str = "inference", size: str | None = None) -> Graph:
    return cnncalc.load(FOLDER / f"{name}.yaml", mode=mode, input=size)


@pytest.fixture
def twin(request: pytest.FixtureRequest, torchvision: ModuleType) -> Any:
    """The twin of a network, as in inference; on the device of the context it is called in."""

    def make(name: str) -> Any:
        if name == "r2plus1d_18":
            model = torchvision.models.video.r2plus1d_18(weights=None)
        elif name == "retinanet_resnet50_fpn":
            detection = torchvision.models.detection
            model = RetinaNet(detection.retinanet_resnet50_fpn(weights=None, weights_backbone=None))
        else:
            model = TWINS[name]()
        return model.eval()

    return make


def inputs_of(graph: Graph, device: str) -> list[Tensor]:
    shapes = [node.shape for node in graph.inputs]
    return [torch.randn(2, *shape.torch, device=device) for shape in shapes if shape]


def listed(outputs: Any) -> list[Tensor]:
    return [outputs] if isinstance(outputs, Tensor) else list(outputs)


def called(model: nn.Module, inputs: list[Tensor]) -> tuple[list[str], list[Tensor]]:
    """The paths of modules with tensors of their own, in the order of their first calls, and the outputs."""
    paths: list[str] = []
    named = [
        (path, module) for path, module in model.named_modules() if list(module.parameters(recurse=False))
    ]
    for path, module in named:
        module.register_forward_hook(lambda *_, path=path: paths.append(path))
    with torch.no_grad():
        outputs = listed(model(*inputs))
    return list(dict.fromkeys(paths)), outputs


def tensors(model: nn.Module, paths: list[str]) -> list[list[tuple[str, tuple[int, ...]]]]:
    """Of each module: the names and shapes of its parameters and buffers."""
    return [
        [(name, tuple(tensor.shape)) for name, tensor in model.get_submodule(path).state_dict().items()]
        for path in paths
    ]


def shaken(model: nn.Module) -> nn.Module:
    """With random values for what is initialised to one number: norms and biases, which could be exchanged unseen."""
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if name.endswith("running_mean"):
                tensor.normal_(0, 0.1)
            elif tensor.is_floating_point() and (tensor == tensor.flatten()[0]).all():
                tensor.uniform_(0.5, 1.5) if tensor.flatten()[0] else tensor.normal_(0, 0.1)
    return model


def pair(
    graph: Graph, twin: nn.Module, mine: list[str], theirs: list[str]
) -> tuple[nn.Module, nn.Module, list[tuple[nn.Module, nn.Module]]]:
    """The network and its twin with the same values, and their modules by pairs."""
    ours, model = build(graph).to(torch.float64), shaken(twin).to(torch.float64)
    pairs = [
        (ours.get_submodule(path), model.get_submodule(other))
        for path, other in zip(mine, theirs, strict=True)
    ]
    for module, other in pairs:
        module.load_state_dict(other.state_dict())
    return ours, model, pairs


def same(value: Tensor, other: Tensor, around: float = 0) -> None:
    """Equal but for rounding; `around` is the size of values that cancel where the exact result is 0."""
    assert value.shape == other.shape
    assert (value - other).abs().max() <= 1e-9 * other.abs().max() + 1e-14 * around


@pytest.mark.parametrize("name", long_but(QUICK, NAMES))
def test_it_is_its_twin(name: str, twin: Any) -> None:
    """The same modules in the same order, with the same parameters trained, the same work and the same outputs."""
    graph = load(name, size=SMALL.get(name))
    torch.manual_seed(0)
    with torch.device("meta"):
        outlines = build(graph, device="meta").eval(), twin(name)
    (mine, shapes), (theirs, expected) = (called(outline, inputs_of(graph, "meta")) for outline in outlines)
    assert tensors(outlines[0], mine) == tensors(outlines[1], theirs)
    assert [output.shape for output in shapes] == [output.shape for output in expected]
    trained = [parameter for parameter in outlines[1].parameters() if parameter.requires_grad]
    totals = cnncalc.analyse(graph).totals
    assert totals.params == sum(parameter.numel() for parameter in outlines[1].parameters())
    assert totals.trainable_params == sum(parameter.numel() for parameter in trained)
    assert totals.buffers == sum(buffer.numel() for buffer in outlines[1].buffers())
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        outlines[1](*(tensor[:1] for tensor in inputs_of(graph, "meta")))
    assert totals.macs == counter.get_total_flops() // 2

    ours, model, _ = pair(graph, twin(name), mine, theirs)
    inputs = [tensor.double() for tensor in inputs_of(graph, "cpu")]
    with torch.no_grad():
        outputs = [listed(network.eval()(*map(torch.clone, inputs))) for network in (ours, model)]
    for output, other in zip(*outputs, strict=True):
        assert other.std() > 0
        same(output, other)


@pytest.mark.parametrize("name", long_but(QUICK, NAMES))
def test_it_learns_what_its_twin_learns(name: str, twin: Any) -> None:
    """In training the gradient of every parameter is the same: none if it is frozen, the sum of all uses if shared."""
    graph = load(name, "training", SMALL.get(name))
    torch.manual_seed(0)
    with torch.device("meta"):
        outlines = build(graph, device="meta"), twin(name)
    mine, theirs = (called(outline.train(), inputs_of(graph, "meta"))[0] for outline in outlines)
    ours, model, pairs = pair(graph, twin(name), mine, theirs)
    inputs = [tensor.double() for tensor in inputs_of(graph, "cpu")]
    for network in (ours, model):
        outputs = listed(network.train()(*map(torch.clone, inputs)))
        sum(output.pow(2).sum() for output in outputs).backward()  # type: ignore[union-attr]
    # A norm takes away what a bias before it adds, so that the gradient of the bias is 0.
    largest = max(float(p.grad.abs().max()) for p in model.parameters() if p.grad is not None)
    for module, other in pairs:
        for parameter, twins in zip(module.parameters(False), other.parameters(False), strict=True):
            if twins.grad is None:
                assert parameter.grad is None
            else:
                assert parameter.grad is not None
                same(parameter.grad, twins.grad, largest)


# oneDNN states no size for what it keeps of an LSTM (docs/memory.md).
@pytest.mark.parametrize("name", long_but(QUICK, [name for name in NAMES if name != "crnn"]))
def test_it_keeps_what_its_twin_keeps(name: str, twin: Any) -> None:
    """What is predicted for the backward pass is what autograd saves in the twin."""
    graph = load(name, "training", SMALL.get(name))
    analysis = cnncalc.analyse(graph, batch=2)
    predicted = kept(graph, analysis.storage, backend="cpu")
    assert predicted is not None
    model = twin(name).train()
    saved = Saved(model)
    with saved.watched():
        model(*inputs_of(graph, "cpu"))
    assert sum(tensor.nbytes(batch=2, dtype="float32") for tensor in predicted) == saved.nbytes


@pytest.mark.parametrize("training", [False, True], ids=["inference", "training"])
@pytest.mark.parametrize("name", long_but(QUICK, NAMES))
def test_verify_passes(name: str, training: bool) -> None:
    size = ("--input", SMALL[name]) if name in SMALL else ()
    ended = run("verify", FOLDER / f"{name}.yaml", "--device", "cpu", *["--training"] * training, *size)
    assert ended.status == 0, ended.out
    assert "figures compared, all as predicted" in ended.out


@pytest.mark.parametrize("name", long_but(QUICK, NAMES))
def test_it_is_a_sound_spec(name: str) -> None:
    """It names its source, needs no layer that only moves axes, and has no finding; expanded it is the same network."""
    graph = load(name)
    assert graph.spec.origin
    assert not {"permute", "reshape"} & {node.kind for node in graph.nodes}
    for mode in ("inference", "training"):
        findings = cnncalc.findings(cnncalc.analyse(load(name, mode)))
        assert [item for item in findings if item.severity > Severity.INFO] == []
    expanded = cnncalc.load(run("expand", FOLDER / f"{name}.yaml").out)
    assert cnncalc.analyse(expanded).totals == cnncalc.analyse(graph).totals


@pytest.mark.parametrize(
    ("name", "figure", "text"),
    [
        ("crnn", "params", "8.3M"),  # table 4
        ("yolov8n", "params", "3157200"),  # yolov8.yaml: "3157200 parameters, 3157184 gradients"
        ("yolov8n", "trainable_params", "3157184"),
    ],
)
def test_parameters_are_as_printed(name: str, figure: str, text: str) -> None:
    count = getattr(cnncalc.analyse(load(name)).totals, figure)
    assert text == (f"{count / 1e6:.1f}M" if text.endswith("M") else str(count))


def test_yolov3_is_as_its_authors_have_it() -> None:
    totals = cnncalc.analyse(load("yolov3")).totals
    assert totals.params is not None
    assert totals.buffers is not None
    assert totals.macs is not None
    # pjreddie.com/darknet/yolo: YOLOv3-416 needs 65.86 Bn FLOPS.
    assert f"{2 * totals.macs / 1e9:.2f}" == "65.86"
    # The file yolov3.weights has 248,007,048 bytes: 20 at its start, then float32, means and variances among them. A
    # norm of PyTorch has a counter of batches too.
    norms = sum(node.kind == "bn" for node in load("yolov3").layers)
    assert 20 + 4 * (totals.params + totals.buffers - norms) == 248_007_048


@pytest.mark.parametrize("name", OF_TORCHVISION)
def test_figures_are_as_torchvision_prints_them(name: str, torchvision: ModuleType) -> None:
    totals = cnncalc.analyse(load(name)).totals
    assert totals.params is not None
    assert totals.buffers is not None
    assert totals.macs is not None
    models = torchvision.models
    if name == "r2plus1d_18":
        meta = models.video.R2Plus1D_18_Weights.KINETICS400_V1.meta
        learned = totals.params
    else:
        meta = models.detection.RetinaNet_ResNet50_FPN_Weights.COCO_V1.meta
        # With these weights the scales and shifts of norms are buffers: as many as there are means and variances.
        learned = totals.params - (totals.buffers - sum(node.kind == "bn" for node in load(name).layers))
    assert learned == meta["num_params"]
    assert totals.macs / 1e9 == pytest.approx(meta["_ops"], abs=0.005)


def test_wavenet_sees_as_many_samples_as_its_dilations_add_up_to() -> None:
    """(2 - 1)*(1 + 2 + ... + 512)*5 + 1, and one more of the first convolution: tensorflow-wavenet's formula."""
    analysis = cnncalc.analyse(load("wavenet"))
    (fields,) = (analysis.receptive_fields[output] for output in analysis.graph.outputs)
    assert fields is not None
    assert [field.sizes for field in fields] == [(5117, 5117)]
    assert 5117 == (2 - 1) * 5 * (2**10 - 1) + 1 + (2 - 1)
