"""grn and rms_norm: values beside those of their papers' code, and a block of ConvNeXt V2 beside one by hand."""

from types import ModuleType
from typing import Any

import pytest

import cnncalc
from cnncalc.layers import layer_type
from cnncalc.shape import Shape
from tests.memory._replayed import replayed
from tests.memory._watched import pytorch

BLOCK = """cnncalc: 1
input: 14x14x24
blocks:
  block:
    params: {width: $in.channels}
    layers:
      - residual:
          - depthwise_conv: {kernel: 7, padding: half, bias: true}
          - ln2d: {eps: 0.000001}
          - linear: {units: 4 * $width, bias: true, act: gelu}
          - grn
          - linear: {units: $width, bias: true}
layers:
  - block
"""


def by_hand(torch: ModuleType, width: int) -> Any:
    """The block as in the code of the paper, with channels last between its two convolutions."""
    nn = torch.nn

    class GRN(nn.Module):  # type: ignore[name-defined, misc]
        def __init__(self, channels: int) -> None:
            super().__init__()
            self.gamma = nn.Parameter(torch.zeros(1, 1, 1, channels))
            self.beta = nn.Parameter(torch.zeros(1, 1, 1, channels))

        def forward(self, x: Any) -> Any:
            norms = torch.norm(x, p=2, dim=(1, 2), keepdim=True)
            shares = norms / (norms.mean(dim=-1, keepdim=True) + 1e-6)
            return self.gamma * (x * shares) + self.beta + x

    class Block(nn.Module):  # type: ignore[name-defined, misc]
        def __init__(self) -> None:
            super().__init__()
            self.dwconv = nn.Conv2d(width, width, 7, padding=3, groups=width)
            self.norm = nn.LayerNorm(width, eps=1e-6)
            self.pwconv1 = nn.Linear(width, 4 * width)
            self.act = nn.GELU()
            self.grn = GRN(4 * width)
            self.pwconv2 = nn.Linear(4 * width, width)

        def forward(self, x: Any) -> Any:
            inner = self.norm(self.dwconv(x).permute(0, 2, 3, 1))
            inner = self.pwconv2(self.grn(self.act(self.pwconv1(inner))))
            return x + inner.permute(0, 3, 1, 2)

    return Block()


def test_a_block_of_convnext_v2_has_the_figures_of_one_by_hand(torch: ModuleType) -> None:
    from torch.utils.flop_counter import FlopCounterMode

    from cnncalc.pytorch.saved import Saved

    analysis = cnncalc.analyse(cnncalc.load(BLOCK))
    module = by_hand(torch, 24)
    image = torch.randn(1, 24, 14, 14)
    totals = analysis.totals
    assert totals.params == sum(parameter.numel() for parameter in module.parameters())
    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        output = analysis.graph.nodes[-1].shape
        assert output is not None
        assert tuple(module(image).shape)[1:] == output.torch
    assert totals.macs is not None
    assert 2 * totals.macs == counter.get_total_flops()
    saved = Saved(module)
    with saved.watched():
        module(image)
    kept = analysis.kept
    assert kept is not None
    assert sum(tensor.nbytes(batch=1, dtype="float32") for tensor in kept) == saved.nbytes


def test_a_block_of_convnext_v2_has_the_values_of_one_by_hand(torch: ModuleType) -> None:
    from cnncalc.pytorch import build

    torch.manual_seed(0)
    ours, theirs = build(cnncalc.load(BLOCK)).double(), by_hand(torch, 24).double()
    with torch.no_grad():
        for parameter in theirs.parameters():
            parameter.normal_()
        # Both have their layers in the same order; theirs name the factors of grn `gamma` and `beta`.
        for parameter, other in zip(ours.parameters(), theirs.parameters(), strict=True):
            parameter.copy_(other.view_as(parameter))
        image = torch.randn(2, 24, 14, 14, dtype=torch.float64)
        torch.testing.assert_close(ours(image), theirs(image))


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("mode", ["training", "inference"])
def test_a_block_of_convnext_v2_allocates_what_pytorch_does(torch: ModuleType, mode: str) -> None:
    graph = cnncalc.load(BLOCK, mode=mode)
    assert replayed(graph) == pytorch(torch, graph)


@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("eps", [None, 0.1])
@pytest.mark.parametrize("shape", [(8,), (8, 5), (8, 4, 6)])
def test_rms_norm_has_the_values_of_pytorch_s(
    torch: ModuleType, shape: tuple[int, ...], eps: float | None, affine: bool
) -> None:
    from cnncalc.pytorch.modules import ChannelRMSNorm

    kind: Any = layer_type("rms_norm")
    (call,) = kind(eps=eps, affine=affine).torch((Shape(shape[0], shape[1:]),))
    torch.manual_seed(0)
    ours, theirs = ChannelRMSNorm(**call.arguments), torch.nn.RMSNorm(8, eps, elementwise_affine=affine)
    if affine:
        with torch.no_grad():
            theirs.weight.normal_()
        ours.load_state_dict(theirs.state_dict())
    batch = torch.randn(2, *shape)
    torch.testing.assert_close(ours(batch), theirs(batch.movedim(1, -1)).movedim(-1, 1))
