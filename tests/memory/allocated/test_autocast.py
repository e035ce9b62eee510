"""What autocast casts of layers that pad first, or compute their filters first: replayed as PyTorch allocates it."""

from types import ModuleType
from typing import Any

import pytest

import cnncalc
from cnncalc.layers import layer_type
from cnncalc.shape import Shape
from cnncalc.vocabulary.values import Standardization
from tests.memory._agreement import check
from tests.memory._replayed import network

VOLUME = Shape(6, (8, 8))
CASES: list[tuple[str, dict[str, Any], Shape]] = [
    ("conv", {"padding": "causal"}, VOLUME),
    ("conv", {"padding": 1, "padding_mode": "circular"}, VOLUME),
    ("conv", {"padding": "causal", "padding_mode": "circular"}, VOLUME),
    ("conv", {"standardize": Standardization()}, VOLUME),
    ("conv", {"standardize": Standardization(gain=True), "padding": "causal"}, VOLUME),
    (
        "conv",
        {"standardize": Standardization(gain=True), "padding": 1, "padding_mode": "circular"},
        VOLUME,
    ),
    ("conv", {"parametrize": "weight_norm"}, VOLUME),
    ("conv", {"parametrize": "spectral_norm"}, VOLUME),
    ("depthwise_conv", {"parametrize": "weight_norm", "padding": "causal"}, VOLUME),
    ("conv_transpose", {"parametrize": "spectral_norm"}, VOLUME),
    ("fc", {"parametrize": "weight_norm"}, Shape(30)),
    # So small that what is there for a moment is the peak.
    ("conv", {"parametrize": "weight_norm", "padding_mode": "reflect", "filters": 1}, Shape(2, (1, 1))),
    ("linear", {"parametrize": "spectral_norm", "units": 1}, Shape(2, (2,))),
    ("linear", {"parametrize": "weight_norm", "units": 3}, Shape(4, (3, 2))),
    ("fc", {"units": 1}, Shape(2, (2,))),
    ("instance_norm", {"affine": True, "track": True}, Shape(1, (2,))),
    ("locally_connected", {"filters": 4}, Shape(4, (5,))),
    *((key, {"hidden": 1}, Shape(1, (1,))) for key in ("rnn", "gru", "lstm")),
    # The copy of a wide input beside its cast is the peak: the weights are cast after it.
    *((key, {"hidden": 1}, Shape(12, (7,))) for key in ("rnn", "gru", "lstm")),
    # So narrow that the projection of the tokens is the peak, or the scores.
    *(("self_attention", {"heads": heads}, Shape(4, (size,))) for heads in (1, 2) for size in (2, 3, 4, 6)),
    *(("attention", {"heads": heads}, Shape(4, (size,))) for heads in (1, 2) for size in (2, 3, 4, 6)),
    *(("linear", {"units": units}, Shape(4, (3,))) for units in (1, 4, 12)),
]


@pytest.mark.parametrize("mode", ["training", "inference"])
@pytest.mark.parametrize("before", ["conv", "ln2d", None])
@pytest.mark.parametrize(("key", "fields", "shape"), CASES, ids=str)
def test_is_replayed_as_pytorch_casts(
    torch: ModuleType, key: str, fields: dict[str, Any], shape: Shape, before: str | None, mode: str
) -> None:
    """After what gives the lower type, and after what gives float32, which is cast after it is padded."""
    sizes = {"fc": {"units": 8}, "depthwise_conv": {"kernel": 3}}
    size = (
        {}
        if shape.size < 25 or "heads" in fields or "hidden" in fields
        else sizes.get(key, {"filters": 8, "kernel": 3})
    )
    layer: Any = layer_type(key)
    graph = network(layer(**{**size, **fields}), (shape,), mode, before, None)
    for batch in (3, 1) if shape.size < 25 else (3,):
        check(torch, graph, batch=batch, autocast="bfloat16")


FROZEN = ("linear: 12", "self_attention: {heads: 2}", "attention: {heads: 2}", "lstm: {hidden: 5}", "ln: {}")
SHARED = """
cnncalc: 1
input: {length: 24, channels: 8}
layers:
  - linear: {units: 8}
    name: first
  - gelu
  - linear: {units: 8}
    share: first
  - relu
  - linear: {units: 8}
    share: first
"""


@pytest.mark.parametrize("mode", ["training", "inference"])
@pytest.mark.parametrize("item", FROZEN)
def test_frozen_weights_are_cast_for_each_use(torch: ModuleType, item: str, mode: str) -> None:
    conv = "  - conv: {filters: 8, kernel: 1}\n"
    text = (
        f"cnncalc: 1\ninput: {{length: 24, channels: 8}}\nlayers:\n{conv}  - {item}\n    freeze: true\n{conv}"
    )
    graph = cnncalc.load(text, mode=mode)
    assert graph.ok
    check(torch, graph, autocast="bfloat16")


@pytest.mark.parametrize("mode", ["training", "inference"])
def test_shared_weights_are_cast_once(torch: ModuleType, mode: str) -> None:
    graph = cnncalc.load(SHARED, mode=mode)
    assert graph.ok
    check(torch, graph, autocast="bfloat16")
