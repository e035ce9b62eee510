"""Ultralytics' model files: multiples, scales, and modules as their code has them."""

from typing import Any

import pytest

from cnncalc.importers import Draft
from cnncalc.shape import Shape
from tests.importers.formats._reading import draft_of, faults_of, graph_of, params, place

OLD = "nc: 2\ndepth_multiple: 0.33\nwidth_multiple: 0.5\nanchors: 3\n"
NEW = "nc: 2\nscales:\n  n: [0.5, 0.25, 1024]\n  s: [0.5, 0.5, 64]\n"


def model(head: str, *rows: str, detect: str = "") -> str:
    lines = "".join(f"  - {row}\n" for row in rows)
    return f"{head}backbone:\n{lines}head:\n  - {detect or '[-1, 1, nn.Identity, []]'}\n"


def conv(channels: int, filters: int, kernel: int) -> int:
    """Parameters of a `Conv`: weights, and a scale and shift for each filter."""
    return channels * filters * kernel**2 + 2 * filters


def test_the_multiples_scale_channels_and_repeats() -> None:
    text = model(OLD, "[-1, 1, Conv, [64, 6, 2, 2]]", "[-1, 9, Bottleneck, [64]]")
    graph = graph_of(text, "a.yaml", Shape(3, (64, 64)))
    assert [node.kind for node in graph.layers][:3] == ["conv", "bn", "silu"]
    assert str(graph.layers[0].shape) == "32x32x32"
    # Nine times 0.33 is three; half of the channels is in the middle.
    assert params(graph) == conv(3, 32, 6) + 3 * (conv(32, 16, 1) + conv(16, 32, 3))


def test_channels_go_up_to_the_next_multiple_of_eight() -> None:
    text = model("nc: 2\nwidth_multiple: 0.3\nanchors: 3\n", "[-1, 1, Conv, [64]]")
    assert str(graph_of(text, "a.yaml", 32).layers[0].shape) == "32x32x24"


@pytest.mark.parametrize(
    ("file", "channels"), [("yolo11n.yaml", 16), ("yolo11s.yaml", 32), ("yolov8s-p6.yaml", 32)]
)
def test_the_scale_is_the_letter_in_the_name_of_the_file(file: str, channels: int) -> None:
    """Scale `s` allows 64 channels at most, before they are multiplied."""
    draft = draft_of(model(NEW, "[-1, 1, Conv, [64]]", "[-1, 1, Conv, [128]]"), file)
    assert draft.nodes[0].shape == Shape(channels, (640, 640))
    last = draft.nodes[-1].shape
    assert last is not None
    assert last.channels == 32


def test_without_a_letter_the_first_scale_is_taken_and_said() -> None:
    draft = draft_of(model(NEW, "[-1, 1, Conv, [64]]"), "net.yaml")
    assert [item.code for item in draft.notes] == ["I021", "I021"]
    assert "`n` is taken" in draft.notes[0].message


def test_bottlenecks_of_the_two_repositories_have_other_kernels() -> None:
    row = "[-1, 1, Bottleneck, [16, True, 1]]"
    old = graph_of(model("nc: 2\nanchors: 3\nch: 16\n", row), "a.yaml", Shape(16, (8, 8)))
    new = graph_of(model("nc: 2\nch: 16\n", row), "a.yaml", Shape(16, (8, 8)))
    assert params(old) == conv(16, 8, 1) + conv(8, 16, 3)
    assert params(new) == conv(16, 8, 3) + conv(8, 16, 3)


def test_module_calls_are_scopes() -> None:
    draft = draft_of(model(OLD, "[-1, 1, Conv, [64]]", "[-1, 3, C3, [64]]"), "a.yaml", 32)
    bottleneck = next(node for node in draft.nodes if node.name.startswith("model_1_m_0_cv1"))
    assert [(scope.path, scope.kind) for scope in bottleneck.scopes] == [
        ("model.1", "C3"),
        ("model.1.m", "Sequential"),
        ("model.1.m.0", "Bottleneck"),
        ("model.1.m.0.cv1", "Conv"),
    ]
    assert bottleneck.weights["weight"].name == "model.1.m.0.cv1.conv.weight"


def test_the_head_of_yolov5_is_one_convolution_on_each_level() -> None:
    text = model(
        OLD,
        "[-1, 1, Conv, [16, 3, 2]]",
        "[-1, 1, Conv, [32, 3, 2]]",
        detect="[[0, 1], 1, Detect, [nc, anchors]]",
    )
    draft = draft_of(text, "a.yaml", 64)
    assert [str(node.shape) for node in draft.nodes[-2:]] == ["32x32x21", "16x16x21"]
    assert len(draft.outputs) == 2


def _detecting(mode: str) -> Draft:
    text = model(
        "nc: 5\n", "[-1, 1, Conv, [16, 3, 2]]", "[-1, 1, C2f, [16]]", detect="[[0, 1], 1, Detect, [nc]]"
    )
    return draft_of(text, "a.yaml", 32, mode)


def test_the_newer_head_gives_distances_and_scores() -> None:
    draft = _detecting("inference")
    shapes = {node.name: str(node.shape) for node in draft.nodes}
    assert [shapes[output] for output in draft.outputs] == ["512x4", "512x5"]
    frozen = [node for node in draft.nodes if node.controls.get("freeze")]
    assert [node.weights["weight"].name for node in frozen] == ["model.2.dfl.conv.weight"]
    assert not draft.unused


def test_training_has_no_mean_of_bins_whose_weights_are_said_to_be_unused() -> None:
    draft = _detecting("training")
    assert draft.unused == {"model.2.dfl.conv.weight": 16}
    shapes = {node.name: str(node.shape) for node in draft.nodes}
    assert [shapes[output] for output in draft.outputs] == ["512x64", "512x5"]


def test_activations_are_read_and_never_evaluated() -> None:
    text = model("nc: 2\nactivation: nn.LeakyReLU(0.1)\n", "[-1, 1, Conv, [16]]")
    assert draft_of(text, "a.yaml").nodes[2].fields == {"negative_slope": 0.1}
    evil = model("nc: 2\nactivation: __import__('os').system('true')\n", "[-1, 1, Conv, [16]]")
    assert [item.code for item in faults_of(evil, "a.yaml")] == ["I014"]


def test_attention_gives_what_its_formula_gives() -> None:
    torch = pytest.importorskip("torch")
    from cnncalc.pytorch import build

    text = model("nc: 2\nch: 128\n", "[-1, 1, C2PSA, [128]]")
    draft = draft_of(text, "a.yaml", Shape(128, (4, 5)))
    graph = graph_of(text, "a.yaml", Shape(128, (4, 5)))
    module = build(graph).eval()
    images = torch.randn(2, 128, 4, 5)
    inside: dict[str, Any] = {}
    for name in ("model_0_m_0_attn_qkv_bn", "model_0_m_0_attn_attention"):
        graph_node = graph[name]
        layer = dict(module.named_modules())[name]
        assert graph_node is not None
        layer.register_forward_hook(lambda _, __, output, name=name: inside.__setitem__(name, output))
    module(images)
    qkv, ours = inside.values()
    # One head of width 64: queries and keys are half as wide.
    query, key, value = qkv.view(2, 1, 128, 20).split([32, 32, 64], dim=2)
    weights = ((query.transpose(-2, -1) @ key) * 32**-0.5).softmax(-1)
    assert torch.allclose(
        ours.reshape(2, 64, 20), (value @ weights.transpose(-2, -1)).view(2, 64, 20), atol=1e-5
    )
    assert not draft.unknown


def test_what_is_not_read_is_unknown_with_its_shape() -> None:
    text = model("nc: 2\n", "[-1, 1, Conv, [16, 3, 2]]", detect="[[0], 1, RTDETRDecoder, [nc]]")
    (node,) = draft_of(text, "a.yaml", 32).unknown
    assert str(node.shape) == "256x6"
    assert "params" not in node.fields


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("[-1, 1, Conv]", ("I010", 3, 5)),
        ("[-2, 1, Conv, [64]]", ("I016", 3, 5)),
        ("[7, 1, Conv, [64]]", ("I016", 3, 5)),
        ("[x, 1, Conv, [64]]", ("I014", 3, 6)),
        ("[-1, 0, Conv, [64]]", ("I014", 3, 10)),
        ("[-1, 1, Cnov, [64]]", ("I013", 3, 13)),
        ("[-1, 1, Conv, 64]", ("I014", 3, 19)),
        ("[-1, 1, Conv, []]", ("I014", 3, 19)),
        ("[-1, 1, Conv, [64, x]]", ("I014", 3, 19)),
        ("[-1, 1, Conv, [64, 1, 1, 0, 1, 1, True, 9]]", ("I014", 3, 19)),
        ("[-1, 1, Conv, [9999999999]]", ("I014", 3, 20)),
        ("[-1, 1, TorchVision, [64, resnet18]]", ("I013", 3, 13)),
    ],
)
def test_faults_have_the_place_in_the_file(row: str, expected: tuple[str, int, int]) -> None:
    text = f"nc: 2\nbackbone:\n  - {row}\nhead: []\n"
    faults = faults_of(text, "a.yaml", Shape(3, (32, 32)))
    assert place(faults[0]) == expected


def test_a_spec_is_never_mistaken() -> None:
    with pytest.raises(LookupError):
        draft_of("cnncalc: 1\nbackbone: 1\nhead: 2\n", "a.yaml")
