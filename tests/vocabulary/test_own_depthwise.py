"""Depthwise convolutions that PyTorch's own kernel computes: more values than 32 bits count are refused."""

from typing import Any

import pytest

import cnncalc
from cnncalc.layers import layer_type
from cnncalc.memory import BACKENDS, Estimate, Setup
from cnncalc.memory.advice import largest, need
from cnncalc.shape import Shape
from cnncalc.vocabulary.layer import Call

HUGE = 2**50


def most(call: Call, channels: int = 144, size: int = 160, **fields: Any) -> int | None:
    layer = layer_type("depthwise_conv")(**{"kernel": 3, "stride": 2, "padding": 1, **fields})
    return layer.most_images((Shape(channels, (size, size)),), call)


def test_values_are_counted_with_32_bits() -> None:
    images = most(Call(device="cuda", dtype="float16"))
    assert images is not None
    assert images * 144 * 160 * 160 < 2**31 - 1 <= (images + 1) * 144 * 160 * 160


@pytest.mark.parametrize(
    ("how", "own"),
    [
        ({}, True),
        ({"stride": 1}, False),
        ({"stride": 1, "kernel": 7, "padding": 3}, True),
        ({"stride": 1, "kernel": (3, 1), "padding": 0}, True),
        ({"stride": 1, "dilation": 2}, True),
        ({"stride": 1, "channels": 16}, True),
        ({"channels": 256}, False),
        ({"channels": 256, "size": 14}, True),
        ({"channels": 512, "size": 14}, False),
    ],
)
def test_cudnn_gets_those_for_which_it_is_faster_in_float16(how: dict[str, Any], own: bool) -> None:
    assert (most(Call(device="cuda", dtype="float16"), **how) is not None) == own
    # In other types it gets none.
    for dtype in ("float32", "bfloat16"):
        assert most(Call(device="cuda", dtype=dtype), **how) is not None


def test_other_convolutions_have_no_limit() -> None:
    conv = layer_type("conv")(filters=64, kernel=3, groups=2)
    assert conv.most_images((Shape(64, (32, 32)),), Call(device="cuda")) is None


def estimate(**how: Any) -> Estimate:
    setup = Setup(mode="inference", autocast="float16")._replace(**how)
    return Estimate(cnncalc.load("efficientnet_b0", mode="inference"), setup)


def test_a_batch_beyond_the_limit_does_not_fit_any_memory() -> None:
    known = estimate()
    limit = known.image_limit
    assert limit is not None
    assert limit.node.kind == "depthwise_conv"
    assert largest(known, HUGE) == limit.images
    assert need(known, limit.images, HUGE).fits
    assert not need(known, limit.images + 1, HUGE).fits


def test_several_devices_have_a_part_each() -> None:
    alone, both = estimate().image_limit, estimate(devices=2)
    assert alone is not None
    assert both.countable(2 * alone.images)
    assert not both.countable(2 * alone.images + 1)


@pytest.mark.parametrize("how", [{"channels_last": True}, {"autocast": None, "backend": BACKENDS["cpu"]}])
def test_channels_last_and_a_cpu_have_no_limit(how: dict[str, Any]) -> None:
    assert estimate(**how).image_limit is None
