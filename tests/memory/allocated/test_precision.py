"""In which type autocast computes each layer, compared with PyTorch's lists (ATen/autocast_mode.h)."""

import re
from pathlib import Path
from types import ModuleType

import pytest

import cnncalc
from cnncalc.layers import layer_type, names
from cnncalc.memory import BACKENDS, Setup
from cnncalc.memory.allocated.forward import forward
from cnncalc.memory.allocated.precision import Types, types
from cnncalc.memory.allocated.run import Run
from tests._each import each

# What each PyTorch call comes down to. Modules of our own: what decides their type.
OPERATIONS = {
    "nn.Conv1d": "conv1d",
    "nn.Conv2d": "conv2d",
    "nn.Conv3d": "conv3d",
    "nn.ConvTranspose1d": "conv_transpose1d",
    "nn.ConvTranspose2d": "conv_transpose2d",
    "nn.ConvTranspose3d": "conv_transpose3d",
    "nn.Linear": "linear",
    "nn.PReLU": "prelu",
    "nn.Softmax": "softmax",
    "nn.LogSoftmax": "log_softmax",
    "nn.LayerNorm": "layer_norm",
    "nn.GroupNorm": "group_norm",
    "nn.Softplus": "softplus",
    "nn.LocalResponseNorm": "pow",
    "nn.LPPool1d": "pow",
    "nn.LPPool2d": "pow",
    "nn.LPPool3d": "pow",
    "F.normalize": "linalg_vector_norm",
    "nn.Upsample": "upsample_nearest2d",
    "own.ChannelLinear": "linear",
    "own.ChannelLayerNorm": "layer_norm",
    "own.BlurPool": "conv2d",
    "own.ChannelRMSNorm": "rms_norm",
    "own.GlobalResponseNorm": "linalg_vector_norm",
    "own.SelfAttention": "linear",
    "own.WindowAttention": "linear",
    "own.PatchEmbed": "conv2d",
    "own.LSTM": "mm",
    "own.GRU": "mm",
    "own.RNN": "mm",
    "own.SeparableConv": "conv2d",
    "own.StandardizedConv1d": "conv1d",
    "own.StandardizedConv2d": "conv2d",
    "own.StandardizedConv3d": "conv3d",
    "own.LocallyConnected": "bmm",
    "own.Matmul": "bmm",
    "own.ResizeTo": "upsample_nearest2d",
    "nn.BatchNorm2d": "batch_norm",
    "nn.InstanceNorm2d": "instance_norm",
    "nn.ReLU": "relu",
    "nn.GELU": "gelu",
    "nn.SiLU": "silu",
    "nn.Sigmoid": "sigmoid",
    "nn.Tanh": "tanh",
    "nn.MaxPool2d": "max_pool2d",
    "nn.AvgPool2d": "avg_pool2d",
    "nn.AdaptiveAvgPool2d": "adaptive_avg_pool2d",
    "nn.Dropout": "dropout",
    "torch.add": "add",
    "torch.mul": "mul",
    "operator.pow": "pow",
    "torch.pow": "pow",
    "torch.exp": "exp",
    "torch.log": "log",
    "torch.sqrt": "sqrt",
    "torch.abs": "abs",
    "torch.clamp": "clamp",
    "torch.sub": "sub",
    "torch.div": "div",
    "torch.maximum": "maximum",
    "torch.minimum": "minimum",
    "own.Sum": "sum",
    "own.Softmax": "softmax",
    "own.LogSoftmax": "log_softmax",
    "own.Mean": "mean",
    "own.Max": "amax",
    "own.Std": "std",
    "own.Var": "var",
    "own.VectorNorm": "linalg_vector_norm",
    "own.Attention": "matmul",
    "torch.cat": "cat",
    "torch.flatten": "flatten",
}


@pytest.fixture(scope="module")
def lists(torch: ModuleType) -> dict[str, str]:
    """Every operation on PyTorch's lists, and the type it is cast to."""
    assert torch.__file__ is not None
    text = (Path(torch.__file__).parent / "include" / "ATen" / "autocast_mode.h").read_text(encoding="utf-8")
    lists: dict[str, str] = {}
    for name, kind in (
        ("LOWER_PRECISION_FP", "lower"),
        ("FP32", "float32"),
        ("FP32_SET_OPT_DTYPE", "float32"),
    ):
        body = re.search(rf"#define AT_FORALL_{name}\(_\)(.*?)\n\n", text, re.DOTALL)
        assert body is not None
        lists |= dict.fromkeys(re.findall(r"_\((\w+)", body[1]), kind)
    assert {"conv2d", "linear", "layer_norm", "softmax"} <= lists.keys()
    return lists


@each("name", names())
def test_layers_are_on_the_list_they_say(lists: dict[str, str], name: str) -> None:
    kind = layer_type(name)
    for example in kind.examples:
        calls = [call.target for call in kind(**example.fields).torch(example.inputs)]
        categories = {lists.get(OPERATIONS[target]) for target in calls if target in OPERATIONS} - {None}
        if kind.autocast in ("lower", "float32"):
            assert categories == {kind.autocast}
        else:
            assert not categories


def test_what_a_network_computes_in() -> None:
    graph = cnncalc.load(
        "cnncalc: 1\ninput: 8x8x4\nlayers:\n  - conv: {filters: 8, kernel: 1, norm: bn, act: relu}\n"
        "  - layer_scale\n  - conv: {filters: 8, kernel: 1}\n  - softmax\n  - flatten\n"
    )
    precisions = types(graph, Setup(autocast="float16"))
    by_name = {node.name: precision for node, precision in zip(graph.nodes, precisions, strict=True)}
    assert by_name["input"].computes == "float32"
    assert by_name["conv1"] == Types("float16", frozenset({0}), weights=True)
    assert by_name["conv1.bn"].computes == by_name["conv1.relu"].computes == "float16"
    # Half precision times a weight in float32 is float32, which the next convolution casts again.
    assert by_name["layer_scale1"].computes == "float32"
    assert by_name["conv2"].casts == {0}
    # The kernel reads float16 and gives float32. (bfloat16 is cast first.)
    assert by_name["softmax1"] == Types("float32")
    other = types(graph, Setup(autocast="bfloat16"))
    assert other[graph.by_name["softmax1"]] == Types("float32", frozenset({0}))
    assert by_name["flatten1"].computes == "float32"
    on_cpu = types(graph, Setup(autocast="bfloat16", backend=BACKENDS["cpu"]))
    assert on_cpu[graph.by_name["softmax1"]].computes == "bfloat16"


def test_without_autocast_all_is_in_the_model_s_type() -> None:
    graph = cnncalc.load("resnet18")
    assert {precision.computes for precision in types(graph, Setup(dtype="float64"))} == {"float64"}


@pytest.mark.parametrize(("kind", "cached"), [("conv", True), ("locally_connected", False)])
def test_weights_that_a_module_casts_itself_are_not_cached(kind: str, cached: bool) -> None:
    graph = cnncalc.load(
        f"cnncalc: 1\ninput: 5x5x2\nlayers:\n  - {kind}: {{filters: 4, kernel: 3}}\n", mode="inference"
    )
    run = Run(graph, Setup(mode="inference", autocast="float16"))
    for node in graph.inputs:
        run.variables[node.index] = run.recorder.make(4, "input", node.index, node.name, batched=True)
    forward(run, range(len(graph.nodes)), keep=False)
    casts = [tensor for tensor in run.recorder.trace().tensors if tensor.name == "weight in float16"]
    assert len(casts) == 1
    assert bool(run.cast_weights) == cached
