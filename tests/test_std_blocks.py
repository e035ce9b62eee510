"""The shipped blocks (`std/NAME`): each computes what torchvision's module computes, and stands in the docs."""

from pathlib import Path
from types import ModuleType

import pytest

import cnncalc
from cnncalc import zoo
from cnncalc.diagnostic import Severity

ROOT = Path(__file__).parents[1]


def load(use: str, block: str, head: str = "", channels: int = 64) -> cnncalc.Graph:
    text = f"cnncalc: 1\ninput: 14x14x{channels}\n{head}blocks: {{own: std/{block}}}\nlayers:\n  - {use}\n"
    graph = cnncalc.load(text)
    assert not [item for item in graph.diagnostics if item.severity > Severity.INFO]
    return graph


def same(torch: ModuleType, graph: cnncalc.Graph, theirs: "object") -> None:
    """Both have the same parameters in the same order; with the same values they give the same outputs."""
    ours = cnncalc.pytorch.build(graph, seed=1).eval()
    module = theirs.eval()  # type: ignore[attr-defined]
    values = list(ours.state_dict().values())
    names = list(module.state_dict())
    assert [value.shape for value in values] == [value.shape for value in module.state_dict().values()]
    module.load_state_dict(dict(zip(names, values, strict=True)))
    image = torch.randn(2, *graph.inputs[0].shape.torch)  # type: ignore[union-attr]
    torch.testing.assert_close(ours(image), module(image))
    assert cnncalc.analyse(graph).totals.params == sum(weight.numel() for weight in module.parameters())


@pytest.mark.parametrize(
    ("use", "squeeze", "act", "gate"),
    [
        ("own", 4, "ReLU", "Sigmoid"),
        ("own: 16", 16, "ReLU", "Sigmoid"),
        ("own: {squeeze: 8, act: silu, gate: hardsigmoid}", 8, "SiLU", "Hardsigmoid"),
    ],
)
def test_squeeze_excite_is_torchvisions(
    torch: ModuleType, torchvision: ModuleType, use: str, squeeze: int, act: str, gate: str
) -> None:
    nn = torch.nn
    theirs = torchvision.ops.SqueezeExcitation(64, squeeze, getattr(nn, act), getattr(nn, gate))
    same(torch, load(use, "squeeze_excite"), theirs)


@pytest.mark.parametrize(
    ("use", "options"),
    [
        ("own: 16", {}),
        ("own: {width: 16, dilation: 2}", {"dilation": 2}),
        ("own: {width: 16, groups: 4}", {"groups": 4}),
    ],
)
def test_bottleneck_is_torchvisions(
    torch: ModuleType, torchvision: ModuleType, use: str, options: dict[str, int]
) -> None:
    resnet = torchvision.models.resnet
    if "groups" in options:
        # torchvision counts the width of a group in 64ths.
        options = {**options, "base_width": 16}
        theirs = resnet.Bottleneck(64, 16, **options)
    else:
        theirs = resnet.Bottleneck(64, 16, **options)
    same(torch, load(use, "bottleneck"), theirs)


def test_bottleneck_with_a_stride_projects(torch: ModuleType, torchvision: ModuleType) -> None:
    resnet = torchvision.models.resnet
    nn = torch.nn
    down = nn.Sequential(nn.Conv2d(64, 128, 1, stride=2, bias=False), nn.BatchNorm2d(128))
    same(torch, load("own: {width: 32, stride: 2}", "bottleneck"), resnet.Bottleneck(64, 32, 2, down))


@pytest.mark.parametrize("name", zoo.blocks())
def test_every_one_is_a_spec_without_a_finding_and_with_a_source(name: str) -> None:
    path = zoo.block_path(name)
    assert path is not None
    graph = cnncalc.load(Path(path))
    assert [item for item in cnncalc.findings(cnncalc.analyse(graph)) if item.severity > Severity.INFO] == []
    assert graph.spec.origin
    assert list(graph.spec.blocks) == [name]


@pytest.mark.parametrize("name", zoo.blocks())
def test_every_one_is_in_the_docs_and_used_by_a_shipped_spec(name: str) -> None:
    page = (ROOT / "docs" / "spec" / "structures.md").read_text(encoding="utf-8")
    assert f"`std/{name}`" in page
    assert any(f"std/{name}" in path.read_text(encoding="utf-8") for path in (ROOT / "specs").glob("*.yaml"))


def test_defaults_apply_to_what_it_leaves_open() -> None:
    head = (
        "defaults: {conv: {norm: ln2d, act: gelu, kernel: 3, padding: same, bias: false}, bn: {eps: 0.1}}\n"
    )
    graph = load("own: 8", "squeeze_excite", head)
    kinds = [node.kind for node in graph.layers]
    assert kinds == ["global_avgpool", "conv", "relu", "conv", "sigmoid", "mul"]
    assert cnncalc.analyse(graph).totals.params == 64 * 8 + 8 + 8 * 64 + 64
    norm = load("own: 16", "bottleneck", head)["own1.conv1.bn"].fit
    assert norm is not None
    assert norm.layer.eps == 0.1  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("std/squeeze_excit", "there is no shipped block `std/squeeze_excit`"),
        ("std/", "there is no shipped block `std/`"),
        ("std/../spec", "there is no shipped block `std/../spec`"),
        ("squeeze_excite", "block `own` must be a mapping with `layers`, and `params` if it has any"),
    ],
)
def test_another_text_is_an_error(value: str, message: str) -> None:
    graph = cnncalc.load(f"cnncalc: 1\ninput: 8x8x3\nblocks: {{own: {value}}}\nlayers: [own]\n")
    assert [item.message for item in graph.diagnostics] == [message]


def test_a_fault_in_it_shows_its_text() -> None:
    graph = cnncalc.load("cnncalc: 1\ninput: 8x8x3\nblocks: {own: std/squeeze_excite}\nlayers: [own: 0]\n")
    fault = next(item for item in graph.diagnostics if item.severity is Severity.ERROR)
    assert fault.span.file == "std/squeeze_excite.yaml"
    assert "$squeeze" in graph.sources[fault.span.file].line(fault.span.line)
    assert graph.sources[fault.span.file].path is None
