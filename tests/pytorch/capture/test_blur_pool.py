"""Anti-aliased downsampling of timm: its filters are buffers, one for each channel, as those of `blur_pool`."""

from types import ModuleType

import pytest

import cnncalc
from cnncalc.importers import document


@pytest.mark.parametrize(("kernel", "stride"), [(3, 2), (5, 2), (4, 1), (2, 2)])
def test_buffers_work_and_outputs_are_those_of_timm(
    torch: ModuleType, timm: ModuleType, kernel: int, stride: int
) -> None:
    from torch import nn

    from cnncalc.pytorch.capture import capture
    from cnncalc.pytorch.proof.prove import prove

    def make() -> nn.Module:
        blur = timm.layers.BlurPool2d(6, filt_size=kernel, stride=stride)
        return nn.Sequential(nn.Conv2d(3, 6, 3), blur, nn.ReLU())

    draft = capture(make(), [(3, 12, 15)])
    assert [node.type for node in draft.nodes] == ["conv", "blur_pool", "relu"]
    graph = cnncalc.load(document(draft))
    assert cnncalc.analyse(graph).totals.buffers == sum(buffer.numel() for buffer in make().buffers())
    proof = prove(draft, graph, lambda device: make().to(device))
    assert proof.verdict == "proven", proof.summary


def test_one_filter_for_all_channels_is_another_layer(torch: ModuleType, timm: ModuleType) -> None:
    """Its buffer has one filter: it stays unknown, and no figure of it is wrong."""
    from cnncalc.pytorch.capture import capture

    draft = capture(timm.layers.BlurPool2d(), [(3, 12, 15)])
    assert "blur_pool" not in [node.type for node in draft.nodes]
    assert draft.unknown


def test_exported_code_comes_back(torch: ModuleType) -> None:
    from tests.exporters.torch_source.test_reimport import assert_comes_back

    spec = "cnncalc: 1\ninput: 16x16x4\nlayers: [{blur_pool: {kernel: 5, stride: 2}}, blur_pool]\n"
    assert_comes_back(cnncalc.load(spec))
