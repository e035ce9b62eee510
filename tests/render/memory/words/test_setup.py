"""A setup in words."""

from typing import Any

import pytest

import cnncalc
from cnncalc.memory import BACKENDS, Setup
from cnncalc.render.memory.words import describe_setup

SMALL = """\
cnncalc: 1
input: 8x8x3
layers:
  - conv: {filters: 4, kernel: 3, padding: 1, act: relu}
  - maxpool: 2
  - flatten
  - fc: 10
"""


def phrases(mode: str = "training", **options: Any) -> tuple[str, ...]:
    return describe_setup(Setup(mode=mode, **options), cnncalc.load(SMALL, mode=mode))


def test_defaults_are_left_out() -> None:
    assert phrases() == ("training", "float32", "sgd", "CUDA")
    assert phrases("inference", backend=BACKENDS["cpu"]) == ("inference", "float32", "CPU")


@pytest.mark.parametrize(
    ("options", "phrase"),
    [
        ({"options": {"momentum": 0.9, "nesterov": True}}, "sgd with momentum 0.9 and nesterov"),
        ({"options": {"weight_decay": 1e-4}}, "sgd with weight decay 0.0001"),
        ({"options": {"momentum": 0.0}}, "sgd"),
        ({"optimizer": "adam", "implementation": "fused"}, "adam, fused"),
        ({"implementation": "single"}, "sgd, one parameter after another"),
        ({"autocast": "float16"}, "float32, autocast to float16"),
        ({"frozen": 3}, "frozen before maxpool1"),
        ({"frozen": 6}, "all frozen"),
        ({"checkpoint": ((1, 3),)}, "1 stretch checkpointed"),
        ({"checkpoint": ((1, 3), (3, 5))}, "2 stretches checkpointed"),
        ({"accumulate": 4}, "gradients of 4 batches added up"),
        ({"prefetch": 1}, "1 batch waits on the device"),
        ({"prefetch": 2}, "2 batches wait on the device"),
        ({"devices": 4}, "one of 4 devices"),
        ({"devices": 4, "sharded": True}, "one of 4 devices, sharded"),
        ({"channels_last": True}, "channels last"),
        ({"torch": (1, 12)}, "PyTorch 1.12"),
        ({"torch": (9, 1)}, "PyTorch 9.1 (as 2.13, the newest that is known)"),
        ({"zero_grad": "zeros"}, "gradients kept from step to step"),
        ({"zero_grad": "backward"}, "gradients of the last step freed before the backward pass"),
        ({"loss": "mse"}, "loss mse"),
        ({"ema": True}, "with a moving average"),
        ({"devices": 2, "zero": 1}, "one of 2 devices, ZeRO 1"),
        ({"devices": 2, "bucket_view": True}, "one of 2 devices, gradients in its buckets"),
        ({"devices": 2, "sync_bn": True}, "batch norm over all devices"),
        ({"expandable_segments": True}, "expandable segments"),
        ({"offload": ("optimizer",)}, "optimizer on the host"),
        ({"holders": "modules"}, "held by module calls"),
    ],
)
def test_says_what_is_not_the_default(options: dict[str, Any], phrase: str) -> None:
    assert phrase in phrases(**options)
