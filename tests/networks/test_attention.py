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
    """Their `qkv` is one linear layer, with one norm, and the channels of each head lie together."""
    named: Named = []
    for name, module in model.named_modules():
        if type(module).__name__ == "LinearNorm" and name.endswith((".qkv", ".kv")):
            parent = model.get_submodule(name.rpartition(".")[0])
            widths = (parent.key_dim,) * (2 if name.endswith("qkv") else 1) + (parent.val_dim,)
            tensors = dict(module.state_dict())
            split = {
                key: of_heads(tensor, parent.num_heads, widths)
                for key, tensor in tensors.items()
                if tensor.dim()
            }
            for part in range(len(widths)):
                named += [(f"{name}.{part}.{key}", tensors[part]) for key, tensors in split.items()]
    rest = [item for item in model.state_dict().items() if ".qkv." not in item[0] and ".kv." not in item[0]]
    joined: Named = []
    seen: set[str] = set()
    for key, tensor in model.state_dict().items():
        module = next((part for part in (".qkv.", ".kv.") if part in key), None)
        if module is None:
            joined.append((key, tensor))
        elif (prefix := key.partition(module)[0]) not in seen:
            seen.add(prefix)
            joined += [item for item in named if item[0].startswith(f"{prefix}{module}")]
    assert len(rest) + len(named) == len(joined)
    # The queries come first, and the table after all linear layers of the operands.
    moved = within(joined, "attn", late=("proj.",))
    moved = within(moved, "attn_downsample", early=("q.",), late=("proj.",))
    return [
        (key, tensor.T if key.endswith("attention_biases") else tensor) for key, tensor in _tables_last(moved)
    ]


def _tables_last(named: Named) -> Named:
    named = within(named, "attn", early=("qkv.",), late=("proj.",))
    return within(named, "attn_downsample", early=("q.", "kv."), late=("proj.",))


def coatnet(model: Any) -> Named:
    """Shortcuts come after what they go around; a table before the linear layers; their heads lie together."""
    named: Named = []
    for key, tensor in model.state_dict().items():
        if ".attn.qkv." in key:
            heads = tensor.shape[0] // 96
            named.append((key, _joined(of_heads(tensor, heads, (32, 32, 32)))))
        else:
            named.append((key, tensor))
    named = within(named, "attn", early=("rel_pos.",))
    ordered: Named = []
    for _, items in groupby(named, key=lambda item: ".".join(item[0].split(".")[:4])):
        block = list(items)
        at = next(
            (i for i, (key, _) in enumerate(block) if ".norm2." in key and "norm1.norm" in str(block)), None
        )
        shortcut = [item for item in block if ".shortcut." in item[0]]
        body = [item for item in block if ".shortcut." not in item[0]]
        # In a transformer the first of two residuals ends at the second norm.
        transformer = any(".attn." in key for key, _ in body)
        end = next(i for i, (key, _) in enumerate(body) if ".norm2." in key) if transformer else len(body)
        del at
        ordered += [*body[:end], *shortcut, *body[end:]]
    return ordered


def _joined(parts: tuple[Any, ...]) -> Any:
    from torch import cat

    return cat(parts)


class Theirs(NamedTuple):
    """A network of another library: how it is built, its tensors in the order of the spec, and a small input."""

    build: Callable[[ModuleType], Any]
    tensors: Callable[[Any], Named]
    tolerance: float = 1e-4


def named_by(name: str) -> Callable[[ModuleType], Any]:
    return lambda timm: timm.create_model(name, pretrained=False)


class SegFormer:
    """SegFormer-B0 in PyTorch: timm's pyramid with hidden layers four times as wide, and the head."""

    def __new__(cls, timm: ModuleType) -> Any:
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
    "segformer_b0": Theirs(SegFormer, pyramid),
    "levit_128s": Theirs(named_by("levit_128s"), levit),
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
        assert cnncalc.analyse(graph).totals.params == sum(weight.numel() for weight in model.parameters())
        (image,) = (node.shape for node in graph.inputs)
        assert image is not None
        images = torch.rand(1, *image.torch)
        output = model(images)
        difference = (ours(images) - output).abs().max() / output.abs().max()
        assert difference < theirs.tolerance
