"""Modules of our own: their values, beside PyTorch's own ways to them."""

from functools import partial
from types import ModuleType
from typing import Any

import pytest

import cnncalc
from cnncalc.layers import layer_type, names
from cnncalc.shape import Shape
from cnncalc.vocabulary.layer import Inputs, TorchCall


def own_calls() -> list[Any]:
    """Every call of a module of our own in the layers' examples, and the one that joins a learned tensor."""
    beside = Shape(8, (1,), batched=False), Shape(8, (6,))
    concat: Any = layer_type("concat")
    (joined,) = concat(over="length").torch(beside)
    return [
        pytest.param(joined, beside, id="learned-concat"),
        *_of_examples(),
    ]


def _of_examples() -> list[Any]:
    return [
        pytest.param(call, example.inputs, id=f"{name}-{index}")
        for name in names()
        for index, example in enumerate(layer_type(name).examples)
        for call in layer_type(name)(**example.fields).torch(example.inputs)
        if call.target.startswith("own.")
    ]


@pytest.fixture
def own(torch: ModuleType) -> ModuleType:
    from cnncalc.pytorch import modules

    torch.manual_seed(0)
    return modules


def agree(torch: ModuleType, first: Any, other: Any) -> None:
    torch.testing.assert_close(first, other, rtol=0, atol=0)


def test_every_module_is_some_layer_s(own: ModuleType) -> None:
    called = {param.values[0].target.removeprefix("own.") for param in own_calls()}
    defined = {
        name
        for name, item in vars(own).items()
        if isinstance(item, type) and item.__module__.startswith("cnncalc.")
    }
    assert called == defined


def traceable(call: TorchCall) -> bool:
    """All but recurrent layers, and what takes any number of operands, or indices: in a network only.

    Recurrent layers compute one position after another, and PyTorch's own can't be traced either.
    """
    return call.target.removeprefix("own.") not in ("GRU", "LSTM", "RNN", "Concat", "MaxUnpool")


@pytest.mark.parametrize("name", ["GRU", "LSTM", "RNN"])
def test_pytorch_traces_no_recurrent_layer_either(torch: ModuleType, name: str) -> None:
    with pytest.raises(torch.fx.proxy.TraceError):
        torch.fx.symbolic_trace(getattr(torch.nn, name)(2, 3))


@pytest.mark.parametrize(("call", "inputs"), [param for param in own_calls() if traceable(param.values[0])])
def test_can_be_traced_and_says_what_it_is(
    torch: ModuleType, own: ModuleType, call: TorchCall, inputs: Inputs
) -> None:
    module = getattr(own, call.target.removeprefix("own."))(**call.arguments).eval()
    # The channels may be spread: a layer before may have looked at them last.
    tensors = [torch.randn(*(2,) * shape.batched, *shape.torch) for shape in inputs]
    spread = [tensor.movedim(1, -1).contiguous().movedim(-1, 1) for tensor in tensors]
    traced = torch.fx.symbolic_trace(module)

    def output(model: Any, given: list[Any]) -> Any:
        # Some modules draw random windows: the same each time.
        torch.manual_seed(0)
        return model(*given)

    for given in (tensors, spread):
        # A kernel of attention rounds in another order than the products in a trace.
        compare = torch.testing.assert_close if getattr(module, "fused", False) else partial(agree, torch)
        compare(output(traced, given), output(module, given))
        torch.testing.assert_close(output(module, given), output(module, tensors))
    assert type(module).__name__ in repr(module)


def test_maxout_takes_channels_that_follow_each_other(torch: ModuleType, own: ModuleType) -> None:
    x = torch.randn(2, 12, 3, 4)
    wanted = torch.stack([x[:, 3 * index : 3 * index + 3].amax(1) for index in range(4)], 1)
    agree(torch, own.Maxout(3)(x), wanted)


@pytest.mark.parametrize("groups", [1, 2, 3, 6])
def test_channels_are_shuffled_as_pytorch_s_are(torch: ModuleType, own: ModuleType, groups: int) -> None:
    x = torch.randn(2, 6, 3, 4)
    agree(torch, own.ChannelShuffle(groups)(x), torch.nn.ChannelShuffle(groups)(x))


def test_layer_norm_over_channels_is_torchvision_s(
    torch: ModuleType, own: ModuleType, torchvision: ModuleType
) -> None:
    x = torch.randn(2, 6, 3, 4)
    theirs = torchvision.models.convnext.LayerNorm2d(6, eps=1e-6)
    ours = own.ChannelLayerNorm(6, eps=1e-6)
    for parameter in theirs.parameters():
        torch.nn.init.normal_(parameter)
    ours.load_state_dict(theirs.state_dict())
    agree(torch, ours(x), theirs(x))


def test_linear_is_a_convolution_of_one_tap(torch: ModuleType, own: ModuleType) -> None:
    x = torch.randn(2, 6, 3, 4)
    linear, conv = own.ChannelLinear(6, 5), torch.nn.Conv2d(6, 5, 1)
    conv.load_state_dict({"weight": linear.weight[:, :, None, None], "bias": linear.bias})
    torch.testing.assert_close(linear(x), conv(x))


@pytest.mark.parametrize("p", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("mode", ["row", "batch"])
def test_stochastic_depth_is_torchvision_s(
    torch: ModuleType, own: ModuleType, torchvision: ModuleType, p: float, mode: str
) -> None:
    x = torch.randn(64, 3, 2, 2)
    ours, theirs = own.StochasticDepth(p, 2, mode), torchvision.ops.StochasticDepth(p, mode)
    for training in (True, False):
        torch.manual_seed(1)
        wanted = theirs.train(training)(x)
        torch.manual_seed(1)
        agree(torch, ours.train(training)(x), wanted)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("training", [True, False])
def test_attention_is_pytorch_s(torch: ModuleType, own: ModuleType, bias: bool, training: bool) -> None:
    x = torch.randn(2, 7, 12, dtype=torch.float64)
    theirs = torch.nn.MultiheadAttention(12, 3, bias=bias, batch_first=True).train(training).double()
    for parameter in theirs.parameters():
        torch.nn.init.normal_(parameter)
    ours = own.SelfAttention(12, 3, bias=bias).train(training).double()
    ours.load_state_dict(theirs.state_dict())
    with torch.no_grad():
        wanted, _ = theirs(x, x, x, need_weights=False)
    torch.testing.assert_close(ours(x.transpose(1, 2)).transpose(1, 2), wanted)


@pytest.mark.parametrize("shift", [(0, 0), (1, 2), (0, 1)])
@pytest.mark.parametrize("size", [(6, 9), (7, 5), (3, 9), (2, 2)])
def test_window_attention_is_torchvision_s(
    torch: ModuleType,
    own: ModuleType,
    torchvision: ModuleType,
    size: tuple[int, int],
    shift: tuple[int, int],
) -> None:
    """With windows that tile the volume, that are filled up, and that are larger than it."""
    x = torch.randn(2, 12, *size)
    theirs = torchvision.models.swin_transformer.ShiftedWindowAttention(12, [3, 3], list(shift), 2)
    for parameter in theirs.parameters():
        # Small: scores that reach 100 get through torchvision's mask of -100.
        torch.nn.init.normal_(parameter, std=0.3)
    fields: dict[str, Any] = {"heads": 2, "window": 3, "shift": shift}
    (called,) = layer_type("window_attention")(**fields).torch((Shape(12, size),))
    ours = own.WindowAttention(**called.arguments)
    agree(torch, ours.relative_position_index, theirs.relative_position_index)
    ours.load_state_dict(theirs.state_dict())
    torch.testing.assert_close(ours(x), theirs(x.movedim(1, -1)).movedim(-1, 1))


@pytest.mark.parametrize("size", [(4, 6), (5, 6), (4, 5), (1, 1)])
def test_patches_are_merged_as_torchvision_s_are(
    torch: ModuleType, own: ModuleType, torchvision: ModuleType, size: tuple[int, int]
) -> None:
    x = torch.randn(2, 3, *size)
    theirs = torchvision.models.swin_transformer.PatchMerging(3)
    theirs.norm = theirs.reduction = torch.nn.Identity()
    (called,) = layer_type("patch_merging")().torch((Shape(3, size),))
    wanted = theirs(x.movedim(1, -1)).movedim(-1, 1)
    agree(torch, own.PatchMerging(**called.arguments)(x), wanted)


def test_a_separable_convolution_is_its_two(torch: ModuleType, own: ModuleType) -> None:
    x = torch.randn(2, 4, 9, 8)
    module = own.SeparableConv(4, 5, 2, 2, kernel_size=3, stride=2, padding=1)
    middle = torch.nn.functional.conv2d(x, module.depthwise.weight, None, 2, 1, groups=4)
    agree(
        torch, module(x), torch.nn.functional.conv2d(middle, module.pointwise.weight, module.pointwise.bias)
    )


def test_parts(torch: ModuleType, own: ModuleType) -> None:
    x = torch.arange(2 * 6 * 5 * 7).view(2, 6, 5, 7)
    agree(torch, own.Crop((1, 2), (3, 4))(x), x[:, :, 1:4, 2:6])
    agree(torch, own.CropTo(2)(x, x[:, :1, :2, :4]), x[:, :, 1:3, 1:5])
    agree(torch, own.Slice(3, 1, 6, 2)(x), x[..., 1:6:2])
    agree(torch, own.Chunk(3, 1)(x), x[:, 2:4])
    agree(torch, own.SelectToken(2)(x[:, :, 0]), x[:, :, 0, 2])
    agree(torch, own.Permute((0, 3, 1, 2))(x), x.permute(0, 3, 1, 2))
    agree(torch, own.Reshape((3, 14, 5))(x), x.view(2, 3, 14, 5))
    agree(torch, own.Mean((3,))(x.double()), x.double().mean(3))


def test_a_volume_gets_the_size_of_another(torch: ModuleType, own: ModuleType) -> None:
    x = torch.randn(2, 3, 5, 7)
    wanted = torch.nn.functional.interpolate(x, (8, 4), mode="bilinear", align_corners=False)
    agree(torch, own.ResizeTo("bilinear", False)(x, torch.zeros(2, 1, 8, 4)), wanted)


def test_tokens_stay_as_pytorch_wants_them(torch: ModuleType, own: ModuleType) -> None:
    """From the class token on, nothing has to be copied to look at the channels last.

    (PyTorch's own attention gives the tokens of all images one after another.)
    """
    x = torch.randn(2, 6, 4)
    for module in (
        own.ClassToken(6),
        own.PositionEmbedding(6, 5),
        own.ChannelLayerNorm(6),
        own.SelfAttention(6, 2, fused=False),
        torch.nn.GELU(),
        own.ChannelLinear(6, 8),
    ):
        x = module(x)
        assert x.transpose(1, 2).is_contiguous(), module


VIT = """\
cnncalc: 1
input: 32x32x3
blocks:
  encoder:
    layers:
      - residual: [ln: {eps: 1.0e-6}, self_attention: 2, dropout: 0]
      - residual: [ln: {eps: 1.0e-6}, linear: 24, gelu, dropout: 0, linear: 16, dropout: 0]
layers:
  - patch_embed: {filters: 16, patch: 8}
  - class_token
  - position_embedding
  - encoder
  - encoder
  - ln: {eps: 1.0e-6}
  - select_token
  - fc: 10
"""


def test_a_vision_transformer_is_torchvision_s(torch: ModuleType, torchvision: ModuleType) -> None:
    """Its weights in ours, its outputs: only the class token comes before the patches there."""
    from cnncalc.pytorch import build
    from cnncalc.pytorch.counting import flop_counter

    theirs = torchvision.models.VisionTransformer(32, 8, 2, 2, 16, 24, num_classes=10).eval()
    for parameter in theirs.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    graph = cnncalc.load(VIT)
    ours = build(graph).eval()
    token, kernel, bias, *rest = theirs.parameters()
    with torch.no_grad():
        for mine, weight in zip(ours.parameters(), (kernel, bias, token, *rest), strict=True):
            mine.copy_(weight)
    x = torch.randn(2, 3, 32, 32)
    with flop_counter() as counter:
        got = ours(x)
    torch.testing.assert_close(got, theirs(x), rtol=1e-5, atol=1e-5)
    assert cnncalc.analyse(graph).totals.macs == counter.get_total_flops() // 4
    with flop_counter() as counter:
        theirs.to("meta")(x.to("meta"))
    assert cnncalc.analyse(graph).totals.macs == counter.get_total_flops() // 4
