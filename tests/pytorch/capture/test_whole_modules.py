"""Modules that are one layer are known whether the model has values or is on the meta device."""

from types import ModuleType

import cnncalc
from cnncalc.importers import document, matching

SPEC = """
cnncalc: 1
input: 8x8x16
layers:
  - grn
  - layer_scale
  - window_attention: {heads: 4, window: 4}
  - blur_pool
  - reshape: {channels: 16, length: 16}
  - self_attention: {heads: 2}
  - lstm: 8
"""


def test_a_built_network_with_values_comes_back_whole(torch: ModuleType) -> None:
    from cnncalc.pytorch import build
    from cnncalc.pytorch.capture import capture

    graph = cnncalc.load(SPEC)
    assert graph.ok, graph.diagnostics
    for device in ("cpu", "meta"):
        draft = capture(build(graph).to(device), [(16, 8, 8)])
        assert not draft.unknown, device
        assert matching(graph, cnncalc.load(document(draft)), in_detail=False) is not None, device


def test_a_norm_of_timm_is_one_layer_with_values_too(torch: ModuleType, timm: ModuleType) -> None:
    from cnncalc.pytorch.capture import capture

    norm = timm.layers.grn.GlobalResponseNorm(16, channels_last=False)
    for device in ("cpu", "meta"):
        assert [node.type for node in capture(norm.to(device), [(16, 8, 8)]).nodes] == ["grn"], device
