"""What devices that share a batch hold for that: from the documented sizes, as one device can run none of it."""

from typing import Any

import pytest

import cnncalc
from cnncalc.memory import BACKENDS, Estimate, Setup, impossible
from tests.memory.test_tracker import BLOCKS, WIDE

MIB = 2**20
# 40 and 10 MiB of weights, and their biases.
LARGE = """
cnncalc: 1
input: 1024
layers:
  - fc: 10240
  - fc: 256
"""
SIZES = (1024 * 10240, 10240, 10240 * 256, 256)
ADAM: dict[str, Any] = {"optimizer": "adam", "backend": BACKENDS["cpu"], "devices": 4}


def tensors(setup: Setup, category: str, text: str = LARGE) -> dict[str, int]:
    trace = Estimate(cnncalc.load(text, mode="training"), setup).trace
    return {item.name: item.fixed for item in trace.tensors if item.category == category}


def test_buckets_have_a_mebibyte_first_and_25_then() -> None:
    """In the order in which gradients come; a gradient is in one bucket."""
    buckets = {name: size for name, size in tensors(Setup(**ADAM), "grads").items() if "bucket" in name}
    assert list(buckets.values()) == [4 * (256 + 10240 * 256), 4 * (10240 + 1024 * 10240)]


def test_gradients_as_views_of_buckets_take_nothing_besides() -> None:
    graph = cnncalc.load(LARGE, mode="training")
    apart, views = (Estimate(graph, Setup(**ADAM, bucket_view=view)) for view in (False, True))
    gradients = 4 * sum(SIZES)
    assert apart.breakdown(4)["grads"] == 2 * gradients
    assert views.breakdown(4)["grads"] == gradients


@pytest.mark.parametrize("zero_grad", ["forward", "backward", "zeros"])
@pytest.mark.parametrize("accumulate", [1, 2])
def test_views_of_buckets_in_every_loop(zero_grad: str, accumulate: int) -> None:
    """Only batches before the last one, which nothing sums over the devices, have gradients of their own."""
    setup = Setup(**ADAM, bucket_view=True, zero_grad=zero_grad, accumulate=accumulate)
    trace = Estimate(cnncalc.load(WIDE, mode="training"), setup).trace
    alive = [event for event in trace.events if event >= 0 and ~event not in trace.events]
    left = [trace.tensors[number] for number in alive if trace.tensors[number].category == "grads"]
    assert all("bucket" in item.name for item in left)


def test_zero_1_gives_each_device_the_state_of_some_parameters() -> None:
    """`_partition_parameters`: the largest first, to the device that has least. Gradients stay whole."""
    state = tensors(Setup(**ADAM, zero=1), "optimizer")
    assert state == {"weight exp_avg": 4 * SIZES[0], "weight exp_avg_sq": 4 * SIZES[0], "weight step": 4}
    assert tensors(Setup(**ADAM, zero=1), "grads") == tensors(Setup(**ADAM), "grads")
    # With two devices the second has the other weight and both biases.
    two = Estimate(cnncalc.load(WIDE, mode="training"), Setup(**{**ADAM, "devices": 2}, zero=1)).breakdown(2)
    assert two["optimizer"] == 8 * 300 * 500 + 4


def test_zero_2_keeps_a_part_of_each_gradient() -> None:
    setup = Setup(**ADAM, zero=2)
    trace = Estimate(cnncalc.load(LARGE, mode="training"), setup).trace
    freed = {~event for event in trace.events if event < 0}
    left = [
        item.fixed
        for number, item in enumerate(trace.tensors)
        if item.category == "grads" and number not in freed
    ]
    assert sorted(left) == sorted(4 * -(-size // 4) for size in SIZES)
    state = sum(item.fixed for item in trace.tensors if item.category == "optimizer")
    assert state == 2 * sum(left) + 4 * len(SIZES)


def test_what_is_sharded_has_its_part_of_the_state() -> None:
    whole, parts = (
        Estimate(cnncalc.load(BLOCKS, mode="training"), Setup(**ADAM, sharded=sharded)).breakdown(4)[
            "optimizer"
        ]
        for sharded in (False, True)
    )
    assert parts < 0.3 * whole


@pytest.mark.parametrize(
    ("setup", "said"),
    [
        (Setup(zero=1), "ZeRO 1 needs two devices or more"),
        (Setup(zero=3, devices=2), "3 is what sharded parameters are"),
        (Setup(zero=2, devices=2, sharded=True), "leave one of them out"),
        (Setup(bucket_view=True), "one has no buckets"),
        (Setup(bucket_view=True, devices=2, zero=2), "ZeRO 2 has none"),
        (Setup(bucket_view=True, devices=2, sharded=True), "sharded parameters have none"),
        (Setup(sync_bn=True), "two devices or more"),
        (Setup(sync_bn=True, devices=2, backend=BACKENDS["cpu"]), "not for the CPU"),
        (Setup(mode="inference", zero=1, devices=2), "for training only"),
        (Setup(mode="inference", ema=True), "for training only"),
    ],
)
def test_what_does_not_go_together_is_a_sentence(setup: Setup, said: str) -> None:
    assert said in str(impossible(setup))


class TestSynchronisedBatchNorm:
    TEXT = (
        "cnncalc: 1\ninput: 8x8x16\nlayers:\n"
        "  - conv: {filters: 32, kernel: 1, norm: bn}\n  - global_avgpool\n  - fc: 4\n"
    )

    def test_each_device_has_the_statistics_of_all_for_a_moment(self) -> None:
        graph = cnncalc.load(self.TEXT, mode="training")
        plain, synced = (
            Estimate(graph, Setup(devices=8, sync_bn=flag)).trace.tensors for flag in (False, True)
        )
        known = {item.name for item in plain}
        extra = [(item.name, item.fixed) for item in synced if item.name not in known]
        each = 4 * (2 * 32 + 1)
        forward = [
            ("own", each),
            ("sent", each),
            ("gathered", 8 * each),
            ("counted", 8 * each),
            ("count_all", 32),
        ]
        assert sorted(extra) == sorted([*forward, ("sums", 256), ("sent", 256)])

    def test_one_image_a_device_is_enough(self) -> None:
        text = self.TEXT.replace("  - fc: 4\n", "  - fc: 4\n  - bn\n")
        graph = cnncalc.load(text, mode="training")
        assert Estimate(graph, Setup(devices=2)).refusal(2) is not None
        assert Estimate(graph, Setup(devices=2, sync_bn=True)).refusal(2) is None
