"""The summary of a record says what agrees and what differs: of lines that are made up here, and kept nowhere."""

from typing import Any

from benchmarks._gpu.leftovers import replayed
from benchmarks._gpu.predicted import Gpu, estimate
from benchmarks._gpu.summary import peak_errors, summary

MIB = 2**20
VERSIONS = {
    "case": "versions",
    "key": "versions",
    "device": "NVIDIA Some-1",
    "measured": {"torch": "2.13.0", "capability": [8, 0], "driver": "1.2", "cudnn": 9, "date": "2026-01-02"},
}
RUN = {"case": "memory", "network": "lenet5", "mode": "training", "batch": 8, "benchmark": False}


def measured(factor: float = 1) -> dict[str, Any]:
    peaks = estimate(RUN, Gpu((8, 0))).reserved(8)
    assert peaks is not None
    return {**RUN, "measured": {"allocated": peaks.allocated * factor, "reserved": peaks.reserved}}


def test_peaks_are_compared_with_the_predictions_of_now() -> None:
    lines = [VERSIONS, measured(), measured(2)]
    assert [(allocated, reserved) for _, allocated, reserved in peak_errors(lines)] == [
        (0.0, 0.0),
        (-0.5, 0.0),
    ]
    text = summary(lines)
    assert "NVIDIA Some-1, driver 1.2, PyTorch 2.13.0, cuDNN 9" in text
    assert "| training | allocated | lenet5, batch 8 | 2 | 1 | 25.00% | -50.00% |" in text
    assert "Of 2 peaks, 1 are in the band" in text
    assert "| training | reserved | lenet5, batch 8 | 2 | 2 | 0.00% | +0.00% |" in text


def test_workspaces_are_shown_by_shape() -> None:
    line = {"case": "history", "key": "history", "network": "lenet5", "way": "autocast-nhwc", "batch": 4}
    asked = replayed(estimate(line, Gpu((8, 0))), 4)
    line["measured"] = {
        "events": [3 * MIB + 3, ~0, *asked],
        "marks": [[0, "conv1", "forward", False], [2, "conv1", "forward", True]],
        "convolutions": {
            "conv1": {
                "input": [4, 1, 32, 32],
                "weight": [6, 1, 5, 5],
                "stride": [2, 2],
                "padding": [0, 0],
                "dilation": [1, 1],
                "groups": 1,
                "transposed": False,
                "dtype": "float16",
            }
        },
    }
    text = summary([VERSIONS, line])
    assert f"| lenet5 | autocast-nhwc | {len(asked)} | 0 | 0 | 0.00 | 1 | 3.00 |" in text
    assert "Of 1 passes of convolutions that differ, 1 have a workspace, 1 a larger one" in text
    assert "| forward | 4x1x32x32 | 6 5x5 /2x2 | float16 NHWC | 3.00 | 0." in text


def test_every_other_kind_has_its_lines() -> None:
    peaks = {"output": MIB, "kept": 2 * MIB, "forward_peak": 3 * MIB, "backward_peak": 4 * MIB}
    text = summary(
        [
            VERSIONS,
            {"case": "context", "measured": {"before_kernels": 300 * MIB, "after_kernels": 400 * MIB}},
            {"case": "cublas", "measured": {"matmul float32": {"forward": 8 * MIB, "backward": 17 * MIB}}},
            {
                "case": "attention",
                "shape": "vit",
                "dtype": "float16",
                "measured": {"chosen": "flash", "kernels": {"auto": peaks, "cudnn": None, "math": peaks}},
            },
            {
                "case": "batch_norm",
                "shape": [2, 4, 8, 8],
                "dtype": "float16",
                "channels_last": True,
                "measured": {"output": MIB, "allocated": 3 * MIB, "cudnn_reserve": MIB, "node": "Cudnn"},
            },
            {"case": "verify", "network": "lenet5", "measured": {"ok": True, "compared": 1200}},
            {"case": "verify", "network": "vgg11", "measured": {"ok": False, "compared": 34}},
            {"case": "speed", "network": "lenet5", "measured": {"images_per_second": 1.0}},
            {"case": "memory", "key": "memory network=unet", "error": "out of memory"},
            {"case": "end", "left_out": ["speed network=nin"]},
        ]
    )
    for line in (
        "| context when a network has run | 400.00 | 512.00 assumed |",
        "| cuBLAS, matmul float32: after backward | 17.00 | 16.25 |",
        "| vit | float16 | auto: flash | 1.00 | 2.00 | 3.00 | 4.00 |",
        "| 2x4x8x8 | float16 NHWC | Cudnn | 2.00 | 1.00 |",
        "`cnncalc verify`: 2 networks, 1,234 figures, mismatches in 1: vgg11.",
        "Speed: 1 networks.",
        "Not measured: memory network=unet: out of memory.",
        "Left out for want of time: 1.",
    ):
        assert line in text
    assert "cudnn |" not in text


def test_a_dry_run_is_not_taken_for_a_record_of_a_gpu() -> None:
    text = summary([{**VERSIONS, "device": "cpu", "dry": True}])
    assert text.startswith("**A dry run on a CPU: no figure of a GPU is in it.**")
