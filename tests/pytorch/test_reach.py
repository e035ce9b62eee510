"""Fields by gradient, against brute force: one pixel after another is changed, and the module itself is asked."""

import json
from types import ModuleType
from typing import Any

import pytest

import cnncalc

ITEMS: list[tuple[str, Any]] = [
    ("12", {"conv": {"filters": 1, "kernel": 3}}),
    ("12", {"conv": {"filters": 1, "kernel": 3, "stride": 2, "padding": "same"}}),
    ("11", {"conv": {"filters": 1, "kernel": 3, "dilation": 3, "padding": "half"}}),
    ("11", {"conv": {"filters": 1, "kernel": 4, "padding": "same"}}),
    ("9x10", {"conv": {"filters": 1, "kernel": [3, 2], "stride": [2, 1], "padding": "same"}}),
    ("5x6x7", {"conv": {"filters": 1, "kernel": [1, 3, 2]}}),
    ("7", {"conv_transpose": {"filters": 1, "kernel": 4, "stride": 2, "padding": 1}}),
    ("7", {"conv_transpose": {"filters": 1, "kernel": 3, "stride": 3, "dilation": 2}}),
    ("7", {"conv_transpose": {"filters": 1, "kernel": 3, "stride": 2, "padding": "same"}}),
    ("5x6", {"conv_transpose": {"filters": 1, "kernel": 2, "stride": 2, "output_padding": 1}}),
    ("12", {"maxpool": {"kernel": 3, "stride": 2, "rounding": "ceil"}}),
    ("11", {"maxpool": {"kernel": 2, "stride": 1, "dilation": 3}}),
    ("14x15", {"maxpool": {"kernel": 3, "stride": 2, "padding": "same"}}),
    ("12", {"avgpool": {"kernel": 3, "stride": 2, "padding": 1, "rounding": "ceil"}}),
    ("12", {"avgpool": {"kernel": 5, "stride": 2, "rounding": "ceil"}}),
    ("6x7", {"lppool": {"kernel": 2, "stride": 1}}),
    ("9", {"lppool": {"kernel": 3, "stride": 2, "padding": 1}}),
    ("10", {"adaptive_avgpool": {"output_size": 4}}),
    ("3x10", {"adaptive_avgpool": {"output_size": [5, 3]}}),
    ("6", {"upsample": 2}),
    ("5x6", {"upsample": {"scale": 2, "mode": "bilinear"}}),
    ("5x6", {"upsample": {"scale": [2, 3], "mode": "bilinear", "align_corners": True}}),
    ("5x6", {"zero_pad": {"padding": {"top": 1, "left": 2}}}),
    ("9", {"depthwise_conv": {"kernel": 3}}),
    ("9", {"residual": [{"conv": {"filters": 1, "kernel": 5, "padding": "half"}}], "shortcut": "identity"}),
    ("5x6", {"upsample": {"scale": 2, "mode": "bicubic"}}),
    ("9x10", {"resize": {"size": [3, 4], "mode": "bilinear"}}),
    ("9", {"resize": {"size": 5}}),
    ("5", {"conv_transpose": {"filters": 1, "kernel": 2, "stride": 3}}),
    ("3x4", {"permute": ["width", "height", "channels"]}),
    ("3x4", {"reshape": {"channels": 1, "length": 12}}),
    ("4x5", {"mean": "height"}),
    ("9x8", {"window_attention": {"heads": 1, "window": 4, "shift": 2}}),
    ("6x6", {"window_attention": {"heads": 1, "window": [4, 3], "shift": [1, 0]}}),
    ("6x8", {"window_attention": {"heads": 1, "window": [3, 2], "grid": True}}),
    ("7", {"self_attention": {"heads": 1}}),
    ("6", {"class_token": None}),
    ("9", {"slice": {"axis": "length", "start": 1, "step": 3}}),
    ("12", {"concat": [[{"conv": {"filters": 1, "kernel": 2, "stride": 2}}], [{"maxpool": 2}]]}),
]


def brute(torch: ModuleType, model: Any, image: tuple[int, ...]) -> list[tuple[int, int]]:
    """The pixels that change the centre of the output when they are changed."""
    x = torch.rand(1, 1, *image, dtype=torch.float64) + 1
    centre = tuple(size // 2 for size in model(x).shape[2:])
    # A maximum must move whichever pixel is raised; a minimum of the rest keeps it so.
    expected = []
    for position in torch.cartesian_prod(*map(torch.arange, image)).reshape(-1, len(image)).tolist():
        raised = x.clone()
        raised[(0, 0, *position)] += 100
        changed = (model(raised) - model(x)).abs().sum(1)[(0, *centre)]
        if changed > 1e-9:
            expected.append(position)
    return [(min(axis), max(axis)) for axis in zip(*expected, strict=True)]


@pytest.mark.parametrize(("grid", "item"), ITEMS, ids=lambda value: json.dumps(value).replace('"', ""))
def test_every_kind_of_window(torch: ModuleType, grid: str, item: Any) -> None:
    from cnncalc.analysis import Analysis
    from cnncalc.pytorch import build
    from cnncalc.pytorch.fields import fields
    from cnncalc.pytorch.reach import seen

    text = json.dumps({"cnncalc": 1, "input": {**axes(grid), "channels": 1}, "layers": [item]}, indent=1)
    graph = cnncalc.load(text)
    assert all(node.shape for node in graph.nodes), graph.diagnostics
    if not graph.ok:
        # A remainder is no matter here.
        allowed = {**item, "allow": {diagnostic.code: "on purpose" for diagnostic in graph.diagnostics}}
        constraint = {"cnncalc": 1, "input": {**axes(grid), "channels": 1}, "layers": [allowed]}
        graph = cnncalc.load(json.dumps(constraint, indent=1))
    assert graph.ok, graph.diagnostics
    model = build(graph, seed=0).double().eval()
    for parameter in model.parameters():
        parameter.data.abs_().add_(0.1)
    last, image = graph.outputs[0], tuple(map(int, grid.split("x")))
    shape = graph.nodes[last].shape
    assert shape is not None
    ((reached,),) = seen(model, {last: [tuple(size // 2 for size in shape.spatial)]}, [image]).values()
    assert reached == brute(torch, model, image)
    assert [figure for figure in fields(Analysis(graph), model) if figure.ok is not True] == []


def axes(grid: str) -> dict[str, int]:
    sizes = list(map(int, grid.split("x")))
    names = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}[len(sizes)]
    return dict(zip(names, sizes, strict=True))


def test_what_is_not_known_is_not_guessed(torch: ModuleType) -> None:
    from cnncalc.pytorch.average import Opaque, through

    for module in (torch.nn.FractionalMaxPool2d(2, output_size=3), torch.nn.Fold((4, 4), 2)):
        with pytest.raises(Opaque, match=type(module).__name__):
            through(module, torch.ones(1, 1, 8, 8))


def test_a_value_that_no_pixel_reaches(torch: ModuleType) -> None:
    from cnncalc.pytorch import build
    from cnncalc.pytorch.reach import seen

    graph = cnncalc.load("cnncalc: 1\ninput: 3x3x1\nlayers:\n  - zero_pad: {padding: {top: 9}}\n")
    assert seen(build(graph), {1: [(6, 1), (11, 2)]}, [(3, 3)]) == {1: [None, [(2, 2), (2, 2)]]}
