"""Operations of ONNX as layers: the spec of an exported module gives the module's outputs with its weights."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from cnncalc.analysis import Analysis
from tests.importers.onnx._carried import draft_of, exported, graph_of, outputs, same_shapes

pytestmark = pytest.mark.usefixtures("one_thread")

# For each: the module, the shape of its input, and the types of the layers.
Case = tuple[Callable[[Any], Any], tuple[int, ...], list[str]]


def by(torch: Any, function: Callable[..., Any], *modules: Any) -> Any:
    """A module that calls a function with a list of modules."""

    class Calling(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.parts = torch.nn.ModuleList(modules)

        def forward(self, x: Any) -> Any:
            return function(self.parts, x)

    return Calling()


def learned(torch: Any) -> Any:
    class Tokens(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.positions = torch.nn.Parameter(torch.randn(1, 16, 8))
            self.token = torch.nn.Parameter(torch.randn(1, 1, 8))
            self.gain = torch.nn.Parameter(torch.randn(8))
            self.patches = torch.nn.Conv2d(3, 8, 4, 4)

        def forward(self, x: Any) -> Any:
            x = self.patches(x).flatten(2).transpose(1, 2) + self.positions
            return torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1) * self.gain

    return Tokens()


def attention(torch: Any) -> Any:
    class Attending(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.attention = torch.nn.MultiheadAttention(16, 4, batch_first=True)

        def forward(self, x: Any) -> Any:
            return self.attention(x, x, x, need_weights=False)[0]

    return by(torch, lambda m, x: m[0](x.flatten(2).transpose(1, 2)), Attending())


def scanned(torch: Any, kind: str, **arguments: Any) -> Any:
    module = getattr(torch.nn, kind)(12, 6, batch_first=True, **arguments)
    return by(torch, lambda m, x: m[0](x.transpose(1, 2))[0], module)


def sequential(*modules: tuple[str, tuple[Any, ...], dict[str, Any]]) -> Callable[[Any], Any]:
    def make(torch: Any) -> Any:
        return torch.nn.Sequential(
            *(getattr(torch.nn, name)(*given, **named) for name, given, named in modules)
        )

    return make


IMAGE = (1, 3, 18, 18)
CASES: dict[str, Case] = {
    "windows": (
        sequential(
            ("Conv2d", (3, 8, (3, 1)), {"stride": 2, "padding": (1, 0), "dilation": 2, "bias": False}),
            ("Conv2d", (8, 8, 3), {"padding": 1, "groups": 4}),
            ("ConvTranspose2d", (8, 6, 3, 2, 1), {"output_padding": 1}),
        ),
        IMAGE,
        ["conv", "conv", "conv_transpose"],
    ),
    "pools": (
        sequential(
            ("MaxPool2d", (3, 2), {"ceil_mode": True}),
            ("AvgPool2d", (3, 2, 1), {"count_include_pad": False}),
            ("AvgPool2d", (2, 2), {}),
            ("AdaptiveAvgPool2d", (1,), {}),
            ("Flatten", (), {}),
            ("Linear", (3, 5), {}),
        ),
        IMAGE,
        ["maxpool", "avgpool", "avgpool", "global_avgpool", "fc"],
    ),
    "batch_norm": (
        sequential(("Conv2d", (3, 8, 3), {}), ("ReLU", (), {}), ("BatchNorm2d", (8,), {"eps": 1e-3})),
        IMAGE,
        ["conv", "relu", "bn"],
    ),
    "group_norm": (
        sequential(("Conv2d", (3, 8, 3), {}), ("GroupNorm", (4, 8), {})),
        IMAGE,
        ["conv", "gn"],
    ),
    "instance_norms": (
        sequential(("InstanceNorm2d", (3,), {}), ("InstanceNorm2d", (3,), {"affine": True})),
        IMAGE,
        ["instance_norm", "instance_norm"],
    ),
    "channels_last": (
        lambda torch: by(
            torch,
            lambda m, x: m[1](m[0](x.permute(0, 2, 3, 1))).permute(0, 3, 1, 2),
            torch.nn.LayerNorm(3),
            torch.nn.Linear(3, 5),
        ),
        IMAGE,
        ["ln2d", "linear"],
    ),
    "activations": (
        sequential(
            *((name, (), {}) for name in ("SiLU", "Mish", "GELU", "Hardswish", "Hardsigmoid", "ELU", "SELU")),
            ("LeakyReLU", (0.2,), {}),
            *((name, (), {}) for name in ("ReLU6", "Softplus", "Tanh", "Sigmoid")),
            ("PReLU", (3,), {}),
            ("GELU", ("tanh",), {}),
        ),
        (1, 3, 6, 6),
        [
            "silu",
            "mish",
            "gelu",
            "hardswish",
            "hardsigmoid",
            "elu",
            "selu",
            "leaky_relu",
            "relu6",
            "softplus",
            "tanh",
            "sigmoid",
            "prelu",
            "gelu",
        ],
    ),
    "gate": (
        lambda torch: by(
            torch,
            lambda m, x: x * torch.sigmoid(m[1](torch.relu(m[0](x.mean((2, 3)))))).view(x.shape[0], -1, 1, 1),
            torch.nn.Linear(8, 2),
            torch.nn.Linear(2, 8),
        ),
        (1, 8, 6, 6),
        ["global_avgpool", "fc", "relu", "fc", "sigmoid", "reshape", "mul"],
    ),
    "sizes": (
        sequential(
            ("Upsample", (), {"scale_factor": 2}),
            ("Upsample", (), {"scale_factor": 2, "mode": "bilinear"}),
            ("Upsample", ((7, 9),), {"mode": "bilinear", "align_corners": True}),
            ("Upsample", ((5, 5),), {}),
        ),
        (1, 3, 5, 6),
        ["upsample", "upsample", "resize", "resize"],
    ),
    "paddings": (
        lambda torch: by(
            torch,
            lambda m, x: m[0](
                torch.nn.functional.pad(
                    torch.nn.functional.pad(x, (1, 1, 2, 2), mode="reflect"), (0, 1, 0, 1)
                )
            ),
            torch.nn.Conv2d(3, 8, 3, 2),
        ),
        (1, 3, 8, 8),
        ["reflection_pad", "conv"],
    ),
    "shuffles": (
        lambda torch: by(
            torch,
            lambda m, x: torch.nn.functional.pixel_unshuffle(
                torch.nn.functional.pixel_shuffle(
                    x.view(1, 2, 4, 4, 4).transpose(1, 2).reshape(1, 8, 4, 4), 2
                ),
                2,
            ),
        ),
        (1, 8, 4, 4),
        ["channel_shuffle", "pixel_shuffle", "pixel_unshuffle"],
    ),
    "parts": (
        lambda torch: by(
            torch,
            lambda m, x: torch.cat(
                [x[..., ::2, 1::2], *(part[..., ::2, ::2] for part in x.split([2, 6], 1))], 1
            ),
        ),
        (1, 8, 6, 6),
        ["slice", "slice", "chunk", "slice", "slice", "slice", "slice", "slice", "concat"],
    ),
    "roll": (lambda torch: by(torch, lambda m, x: torch.roll(x, (1, 2), (2, 3))), IMAGE, ["roll"]),
    "learned": (
        learned,
        (1, 3, 16, 16),
        ["conv", "reshape", "position_embedding", "class_token", "layer_scale"],
    ),
    "attention": (attention, (1, 16, 3, 4), ["attention", "reshape"]),
    "lstm": (
        lambda torch: scanned(torch, "LSTM", bidirectional=True, num_layers=2),
        (1, 12, 7),
        ["lstm", "lstm"],
    ),
    "gru": (lambda torch: scanned(torch, "GRU"), (1, 12, 7), ["gru"]),
    "rnn": (lambda torch: scanned(torch, "RNN", nonlinearity="relu"), (1, 12, 7), ["rnn"]),
    "gram": (
        lambda torch: by(torch, lambda m, x: x.flatten(2) @ x.flatten(2).transpose(1, 2)),
        (1, 4, 6, 6),
        ["reshape", "matmul"],
    ),
    "mixing": (
        lambda torch: by(
            torch,
            lambda m, x: m[1](m[0](x.flatten(2)).transpose(1, 2)),
            torch.nn.Linear(16, 12),
            torch.nn.Linear(8, 5),
        ),
        (1, 8, 4, 4),
        ["reshape", "permute", "linear", "permute", "linear"],
    ),
    "numbers": (
        lambda torch: by(torch, lambda m, x: (2 - x) / 3 + x**2 - 1),
        (1, 3, 6, 6),
        ["sub", "scale", "pow", "add", "sub"],
    ),
    "local_response": (sequential(("LocalResponseNorm", (3,), {})), (1, 6, 5, 5), ["lrn"]),
    "two_images": (
        sequential(("Conv2d", (3, 4, 3), {}), ("Flatten", (), {}), ("Linear", (144, 10), {})),
        (2, 3, 8, 8),
        ["conv", "flatten", "fc"],
    ),
}


@pytest.mark.parametrize("opset", [14, 20])
@pytest.mark.parametrize("name", CASES)
def test_an_operation_is_the_layer_that_computes_it(name: str, opset: int, torch: ModuleType) -> None:
    make, shape, types = CASES[name]
    torch.manual_seed(0)
    module = make(torch).eval()
    with torch.no_grad():
        for tensor in (*module.parameters(), *module.buffers()):
            if tensor.is_floating_point():
                tensor.add_(torch.rand_like(tensor) * 0.3)
    x = torch.randn(shape)
    content = exported(torch, module, x, opset=opset)
    draft = draft_of(content)
    graph = graph_of(draft)
    assert [node.type for node in draft.nodes] == types
    assert same_shapes(draft, graph)
    assert Analysis(graph).totals.params == sum(tensor.numel() for tensor in module.parameters())
    with torch.no_grad():
        expected = module(x)
    ours = outputs(torch, content, draft, x)
    ours = ours.movedim(1, -1) if ours.shape != expected.shape or name in ("gram", "lstm") else ours
    assert torch.allclose(ours, expected, atol=2e-5)
