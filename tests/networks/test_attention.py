"""Networks of attention, written by hand, are those of timm or of PyTorch: the same tensors, work and outputs.

Nothing here is a recorded figure: both sides are computed as the test runs.
"""

from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple, TypeAlias

import pytest

import cnncalc
from cnncalc.graph import Graph
from tests.test_torchvision import shake

HERE = Path(__file__).parent
# Their tensors by name.
Named: TypeAlias = list[tuple[str, Any]]


def graph_of(name: str, mode: Any = "inference") -> Graph:
    graph = cnncalc.load(HERE / f"{name}.yaml", mode=mode)
    assert graph.ok, graph.diagnostics
    return graph


def within(named: Named, module: str, early: tuple[str, ...] = (), late: tuple[str, ...] = ()) -> Named:
    """Their tensors, with the `early` parts of every `module` before its others, and the `late` parts after them."""

    def inside(item: tuple[str, Any]) -> str:
        before, part, _ = item[0].partition(f".{module}.")
        return before + part if part else item[0]

    def place(item: tuple[str, Any]) -> int:
        part = item[0].partition(f".{module}.")[2]
        return -1 if part.startswith(early) and early else int(part.startswith(late) and bool(late))

    return [item for _, items in groupby(named, key=inside) for item in sorted(items, key=place)]


def of_heads(tensor: Any, heads: int, widths: tuple[int, ...]) -> tuple[Any, ...]:
    """A joint weight whose rows are in the order (head, part): each part with the rows of all heads."""
    parts = tensor.unflatten(0, (heads, sum(widths))).split(widths, 1)
    return tuple(part.flatten(0, 1) for part in parts)


def pyramid(model: Any) -> Named:
    """PVT and SegFormer: keys and values are reduced before the linear layers read them."""
    return within(list(model.state_dict().items()), "attn", early=("sr.", "norm."))


def levit(model: Any) -> Named:
    """Their `qkv` (or `kv`) is one linear layer with one norm, and the channels of each head lie together."""
    state, named, taken = model.state_dict(), Named(), set[str]()
    for key, tensor in state.items():
        path, joint, _ = key.rpartition(".kv." if ".kv." in key else ".qkv.")
        if not joint:
            named.append((key, tensor.T if key.endswith("attention_biases") else tensor))
        elif path not in taken:
            taken.add(path)
            module = model.get_submodule(path)
            widths = (module.key_dim,) * (joint.count("q") + 1) + (module.val_dim,)
            tensors = [(name, value) for name, value in state.items() if name.startswith(f"{path}{joint}")]
            split = [
                (name, of_heads(value, module.num_heads, widths)) for name, value in tensors if value.dim()
            ]
            named += [(name, parts[which]) for which in range(len(widths)) for name, parts in split]
    # The queries come first, and the table after the linear layers of the operands.
    named = within(named, "attn", early=("qkv.",), late=("proj.",))
    return within(named, "attn_downsample", early=("q.",), late=("attention_biases", "proj."))


def coatnet(model: Any) -> Named:
    """Shortcuts come after what they go around; a table before the linear layers; their heads lie together."""
    from torch import cat

    named = [
        (key, cat(of_heads(tensor, tensor.shape[0] // 96, (32,) * 3)) if ".attn.qkv." in key else tensor)
        for key, tensor in model.state_dict().items()
    ]
    ordered = Named()
    for _, items in groupby(within(named, "attn", early=("rel_pos.",)), lambda item: item[0].split(".")[:4]):
        block = list(items)
        shortcut = [item for item in block if ".shortcut." in item[0]]
        body = [item for item in block if item not in shortcut]
        # In a transformer the first of two residuals ends at the second norm.
        ends = [index for index, (key, _) in enumerate(body) if ".norm2." in key]
        end = ends[0] if any(".attn." in key for key, _ in body) else len(body)
        ordered += [*body[:end], *shortcut, *body[end:]]
    return ordered


def with_heads(block: Named) -> Named:
    """The temperature of each head, where the head multiplies by it: after the queries, keys and values are made."""
    heads = [(key, value) for key, values in block if key.endswith("temperature") for value in values]
    named = Named()
    for key, tensor in block:
        if not key.endswith("temperature"):
            named.append((key, tensor))
        if key.endswith("qkv.bias"):
            named += heads
    return named


def edgenext(model: Any) -> Named:
    """The positions' layer comes after the split convolutions here too, and each head has its own temperature."""
    ordered = Named()
    for _, items in groupby(model.state_dict().items(), lambda item: item[0].split(".")[:4]):
        block = with_heads(list(items))
        # What a block owns itself is first in their state: the scales come after what they scale.
        scales = {key.rpartition(".")[2]: (key, value) for key, value in block if ".gamma" in key}
        body = [item for item in block if ".gamma" not in item[0]]
        end = next(
            (index for index, (key, _) in enumerate(body) if key.split(".")[4:5] == ["norm"]), len(body)
        )
        middle = [scales["gamma_xca"]] if "gamma_xca" in scales else []
        last = [scales["gamma"]] if scales else []
        ordered += [*body[: end if middle else len(body)], *middle, *(body[end:] if middle else []), *last]
    return ordered


class Theirs(NamedTuple):
    """A network of another library: how it is built, its tensors in the order of the spec, and a small input."""

    build: Callable[[ModuleType], Any]
    tensors: Callable[[Any], Named]
    # What a spec reads besides an image: what timm computes by itself.
    more: Callable[[Any], list[Any]] = lambda model: []


def named_by(name: str) -> Callable[[ModuleType], Any]:
    return lambda timm: timm.create_model(name, pretrained=False)


def places(model: Any) -> list[Any]:
    """The sines and cosines of positions that EdgeNeXt computes, before its linear layer."""
    encoding = next(
        module for module in model.modules() if type(module).__name__ == "PositionalEncodingFourier"
    )
    projected: list[Any] = []
    handle = encoding.token_projection.register_forward_pre_hook(lambda _, inputs: projected.extend(inputs))
    encoding((1, 32, 32))
    handle.remove()
    return projected


def segformer(timm: ModuleType) -> Any:
    """SegFormer-B0 in PyTorch: timm's pyramid with hidden layers four times as wide, and the head."""
    from torch import cat, nn
    from torch.nn.functional import interpolate

    class Head(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            encoder = timm.models.pvt_v2.PyramidVisionTransformerV2(
                depths=(2,) * 4, embed_dims=(32, 64, 160, 256), num_heads=(1, 2, 5, 8), mlp_ratios=(4,) * 4,
                num_classes=0,
            )  # fmt: skip
            self.patch_embed, self.stages = encoder.patch_embed, encoder.stages
            self.linear = nn.ModuleList(nn.Linear(width, 256) for width in (256, 160, 64, 32))
            self.fuse = nn.Sequential(nn.Conv2d(1024, 256, 1, bias=False), nn.BatchNorm2d(256), nn.ReLU())
            self.scores = nn.Conv2d(256, 150, 1)

        def forward(self, x: Any) -> Any:
            x, maps = self.patch_embed(x), []
            for stage in self.stages:
                x = stage(x)
                maps.append(x)
            projected = [
                linear(volume.flatten(2).transpose(1, 2)).transpose(1, 2).unflatten(2, volume.shape[2:])
                for linear, volume in zip(self.linear, maps[::-1], strict=True)
            ]
            size = maps[0].shape[2:]
            enlarged = [interpolate(volume, size, mode="bilinear") for volume in projected]
            return self.scores(self.fuse(cat(enlarged, 1)))

    return Head()


NETWORKS = {
    "pvt_v2_b0": Theirs(named_by("pvt_v2_b0"), pyramid),
    "segformer_b0": Theirs(segformer, pyramid),
    "levit_128s": Theirs(named_by("levit_128s"), levit),
    "edgenext_xx_small": Theirs(named_by("edgenext_xx_small"), edgenext, places),
    "coatnet_0": Theirs(named_by("coatnet_0_224"), coatnet),
}


def trained(named: Named) -> Iterator[tuple[str, Any]]:
    """Without counts of batches and positions of pairs, which hold no trained values."""
    return ((name, tensor) for name, tensor in named if tensor.is_floating_point())


@pytest.mark.long
@pytest.mark.parametrize("name", NETWORKS)
def test_is_that_network(name: str, timm: ModuleType, torch: ModuleType) -> None:
    """In float32, with their weights, as in inference."""
    from cnncalc.pytorch import build

    graph, theirs = graph_of(name), NETWORKS[name]
    with torch.random.fork_rng(devices=()), torch.no_grad():
        torch.manual_seed(0)
        model = theirs.build(timm).eval()
        shake(torch, model)
        ours = build(graph).eval()
        expected = list(trained(theirs.tensors(model)))
        tensors = list(trained(list(ours.state_dict().items())))
        for (key, tensor), (path, value) in zip(tensors, expected, strict=True):
            assert tensor.numel() == value.numel(), (key, path)
            tensor.copy_(value.reshape(tensor.shape))
        counted = sum(value.numel() for value in model.parameters())
        assert cnncalc.analyse(graph).totals.params == counted
        image = graph.inputs[0].shape
        assert image is not None
        images = torch.rand(1, *image.torch)
        output = model(images)
        difference = (ours(images, *theirs.more(model)) - output).abs().max() / output.abs().max()
        assert difference < 1e-4


def detr_layer(torch: ModuleType) -> Any:
    """One layer of DETR's decoder, with PyTorch's attention."""
    nn = torch.nn

    class Layer(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.own = nn.MultiheadAttention(256, 8, batch_first=True)
            self.norm1 = nn.LayerNorm(256)
            self.cross = nn.MultiheadAttention(256, 8, batch_first=True)
            self.norm2 = nn.LayerNorm(256)
            self.linear1, self.linear2 = nn.Linear(256, 2048), nn.Linear(2048, 256)
            self.norm3 = nn.LayerNorm(256)

        def forward(self, objects: Any, places: Any, memory: Any, keys: Any) -> Any:
            queries = objects + places
            objects = self.norm1(objects + self.own(queries, queries, objects)[0])
            objects = self.norm2(objects + self.cross(objects + places, keys, memory)[0])
            return self.norm3(objects + self.linear2(self.linear1(objects).relu()))

    return Layer()


def as_three(state: dict[str, Any]) -> Iterator[Any]:
    """Tensors of PyTorch's attention as those of three linear layers: weight and bias of each, one after another."""
    for key, tensor in state.items():
        if key.endswith("in_proj_weight"):
            biases = state[key.removesuffix("weight") + "bias"].chunk(3)
            for weight, bias in zip(tensor.chunk(3), biases, strict=True):
                yield from (weight, bias)
        elif not key.endswith("in_proj_bias"):
            yield tensor


def test_detr_decoder(torch: ModuleType) -> None:
    from cnncalc.pytorch import build

    graph = graph_of("detr_decoder")
    with torch.random.fork_rng(devices=()), torch.no_grad():
        torch.manual_seed(0)
        layers = [detr_layer(torch).eval() for _ in range(6)]
        last = torch.nn.LayerNorm(256)
        ours = build(graph).eval()
        theirs = [tensor for module in (*layers, last) for tensor in as_three(module.state_dict())]
        learned = torch.randn(100, 256)
        for parameter, tensor in zip(ours.parameters(), (learned.T, *theirs), strict=True):
            parameter.copy_(tensor)
        volumes = [torch.randn(2, *node.shape.torch) for node in graph.inputs if node.shape]
        objects, memory, more = (volume.flatten(2).transpose(1, 2) for volume in volumes)
        # As DETR does.
        places = learned.repeat(2, 1, 1)
        for module in layers:
            objects = module(objects, places, memory, memory + more)
        torch.testing.assert_close(ours(*volumes), last(objects).transpose(1, 2), atol=1e-4, rtol=1e-4)
    counted = sum(parameter.numel() for module in (*layers, last) for parameter in module.parameters())
    counted += learned.numel()
    assert cnncalc.analyse(graph).totals.params == counted


NON_LOCAL = """cnncalc: 1
input: 6x8x16
layers:
  - residual:
      - attention:
          of: [[conv: 8], [conv: 8, maxpool: 2], [conv: 8, maxpool: 2]]
          heads: 1
          scale: 1.0
          project: false
      - conv: 16
"""
BY_PRODUCTS = """cnncalc: 1
input: 6x8x16
layers:
  - residual:
      - conv: 8
        name: queries
      - conv: 8
        from: in
      - maxpool: 2
        name: keys
      - conv: 8
        from: in
      - maxpool: 2
        name: values
      - matmul: {of: [queries, keys], transpose: second}
      - softmax
      - matmul: [prev, values]
      - conv: 16
"""


def test_non_local_blocks_are_attention_of_one_head(torch: ModuleType) -> None:
    """Embedded Gaussian (Wang et al. 2017, arXiv 1711.07971, section 3.3): the same as products of matrices."""
    from cnncalc.pytorch import build

    first, second = cnncalc.load(NON_LOCAL), cnncalc.load(BY_PRODUCTS)
    assert first.ok
    assert second.ok
    totals = [cnncalc.analyse(graph).totals for graph in (first, second)]
    assert (totals[0].params, totals[0].macs) == (totals[1].params, totals[1].macs)
    models = [build(graph).double().eval() for graph in (first, second)]
    for mine, other in zip(*(model.parameters() for model in models), strict=True):
        other.data.copy_(mine)
    x = torch.randn(2, 16, 6, 8, dtype=torch.float64)
    torch.testing.assert_close(models[0](x), models[1](x))


@pytest.mark.long
@pytest.mark.parametrize("mode", ["inference", "training"])
@pytest.mark.parametrize("name", [*NETWORKS, "detr_decoder"])
def test_verify_agrees(name: str, mode: str, torch: ModuleType) -> None:
    from cnncalc.pytorch.verify import verify

    graph = graph_of(name, mode)
    assert verify(graph, training=mode == "training").ok
