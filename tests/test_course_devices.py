"""AlexNet on its two GPUs, as the lecture draws it: the questions about it, answered by the public commands."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.commands._program import run

# Krizhevsky et al. 2012: parameters of the whole network with its two groups.
WHOLE = 60_965_224
# By hand, the parameters of one tower: half of each layer, with its biases.
HALF = [
    (11 * 11 * 3 + 1) * 48,
    (5 * 5 * 48 + 1) * 128,
    (3 * 3 * 256 + 1) * 192,
    (3 * 3 * 192 + 1) * 192,
    (3 * 3 * 192 + 1) * 128,
    (6 * 6 * 256 + 1) * 2048,
    (4096 + 1) * 2048,
    (4096 + 1) * 500,
]


def content(*words: str) -> Any:
    return json.loads(run(*words, "--format", "json").out)


def page(*words: str, status: int = 0) -> str:
    """What a command prints, spaces made one."""
    ended = run(*words, COLUMNS="400")
    assert ended.status == status, ended.err
    return " ".join(ended.out.split())


class TestGPUs:
    """Row 286: the net was split in halves over two GTX 580 of 3 GB."""

    def test_the_gpu_is_known(self) -> None:
        (gpu,) = [gpu for gpu in content("gpus", "580") if gpu["name"] == "GeForce GTX 580 3GB"]
        assert gpu["memory_bytes"] == 3 << 30
        assert "GeForce GTX 580 1.5GB" in page("gpus", "gtx 580")

    @pytest.mark.parametrize("spec", ["alexnet", "alexnet_groups", "alexnet_towers"])
    def test_fit_takes_its_name(self, spec: str) -> None:
        answer = content("fit", spec, "--gpu", "GTX 580", "--momentum", "0.9", "--batch", "128")
        assert (answer["gpu"], answer["memory_bytes"]) == ("GeForce GTX 580 3GB", 3 << 30)
        assert answer["fits"]


class TestTowers:
    def test_half_of_the_maps_are_on_each(self) -> None:
        """Row 287: 55x55x48 on each, then 128, 192, 192 and 128."""
        rows = content("inspect", "alexnet_towers")["rows"]
        for number, channels in ((0, [48, 128, 192, 192, 128]), (1, [48, 128, 192, 192, 128])):
            convs = [row for row in rows if row["type"] == "conv" and row["place"] == f"gpu{number}"]
            assert [row["output"]["channels"] for row in convs] == channels
            assert (convs[0]["output"]["height"], convs[0]["output"]["width"]) == (55, 55)
            fcs = [row["output"] for row in rows if row["type"] == "fc" and row["place"] == f"gpu{number}"]
            assert fcs == [{"features": 2048}, {"features": 2048}, {"features": 500}]

    def test_memory_and_parameters_of_one_of_the_two(self) -> None:
        """Row 288: about half of 60,965,224 each."""
        assert sum(HALF) * 2 == WHOLE
        devices = content("inspect", "alexnet_towers")["devices"]
        assert [(device["name"], device["params"]) for device in devices] == [
            ("gpu0", sum(HALF)), ("gpu1", sum(HALF)),
        ]  # fmt: skip
        words = ("--mode", "training", "--batch", "128", "--momentum", "0.9", "--format", "json")
        towers = json.loads(run("memory", "alexnet_towers", *words).out)
        groups = json.loads(run("memory", "alexnet_groups", *words).out)
        for device in towers["devices"]:
            # The allocator hands out multiples of 512 bytes, here for 16 weights and biases.
            assert 0 <= device["breakdown"]["params"] - 4 * sum(HALF) < 16 * 512
            assert device["peak_bytes"] < 0.7 * groups["peak_bytes"]
        assert towers["peak_bytes"] == max(device["peak_bytes"] for device in towers["devices"])

    def test_each_gpus_part_fits_its_memory(self) -> None:
        answer = content("fit", "alexnet_towers", "--memory", "3GB", "--momentum", "0.9")
        devices = answer["training"]["devices"]
        assert [(device["name"], device["fits"]) for device in devices] == [("gpu0", True), ("gpu1", True)]
        groups = content("fit", "alexnet_groups", "--memory", "3GB", "--momentum", "0.9")
        assert answer["training"]["largest_batch"] > 2 * groups["training"]["largest_batch"]
        text = page("fit", "alexnet_towers", "--memory", "3GB", "--momentum", "0.9")
        assert "on each of 2 devices" in text
        assert "gpu1: " in text

    def test_layers_without_groups_are_not_split(self) -> None:
        """Row 289: conv2, conv4 and conv5 read only the maps on their own GPU."""
        rows = {row["name"]: row for row in content("inspect", "alexnet_towers")["rows"]}
        for number in (0, 1):
            for name in (f"bottom{number}.conv2", f"top{number}.conv4", f"top{number}.conv5"):
                read = [rows[source] for source in rows[name]["inputs"]]
                assert [row["place"] for row in read] == [rows[name]["place"]] == [f"gpu{number}"]
                lines = [line["name"] for line in content("explain", "alexnet_towers", name)["facts"]]
                assert ("device" in lines, "receives" in lines) == (True, False)

    def test_layers_3_6_7_and_8_talk_across(self) -> None:
        """Row 290: conv3 13x13x128 values each way, and the fully-connected layers halves of their inputs."""
        report = content("inspect", "alexnet_towers", "--mode", "training", "--batch", "128")
        sent = [(item["from"], item["to"], item["values"], item["readers"]) for item in report["transfers"]]
        assert sent == [
            ("gpu0", "gpu1", 13 * 13 * 128, ["top1.concat1"]),
            ("gpu1", "gpu0", 13 * 13 * 128, ["top0.concat1"]),
            ("gpu0", "gpu1", 6 * 6 * 128, ["fc6_1.concat1"]),
            ("gpu1", "gpu0", 6 * 6 * 128, ["fc6_0.concat1"]),
            ("gpu0", "gpu1", 2048, ["fc7_1.concat1"]),
            ("gpu1", "gpu0", 2048, ["fc7_0.concat1"]),
            ("gpu0", "gpu1", 2048, ["fc8_1.concat1"]),
            ("gpu1", "gpu0", 2048, ["fc8_0.concat1"]),
            ("gpu1", "gpu0", 500, ["scores"]),
        ]
        for item in report["transfers"]:
            assert item["bytes"] == 4 * 128 * item["values"]
            assert item["gradient_values"] == item["values"]
        first, second = report["devices"]
        assert first["received"] == 21_632 + 4_608 + 2_048 + 2_048 + 500 == second["sent"]
        assert second["received"] == 21_632 + 4_608 + 2_048 + 2_048 == first["gradients_received"]

    @pytest.mark.parametrize(
        ("layer", "words"),
        [
            (
                "top0.conv3",
                "13x13x128 = 21,632 values = 84.50 KiB, from bottom1.lrn2 on gpu1, through top0.concat1",
            ),
            (
                "top1.conv3",
                "13x13x128 = 21,632 values = 84.50 KiB, from bottom0.lrn2 on gpu0, through top1.concat1",
            ),
            ("fc6_0.fc1", "4,608 values = 18.00 KiB, from top1.flatten1 on gpu1, through fc6_0.concat1"),
            ("scores", "500 values = 1.95 KiB, from fc8_1.fc1 on gpu1"),
        ],
    )
    def test_explain_says_what_a_layer_receives(self, layer: str, words: str) -> None:
        assert f"receives {words}" in page("explain", "alexnet_towers", layer)
        safe = words.replace("_", "\\_")
        assert f"| receives | {safe} |" in page("explain", "alexnet_towers", layer, "--format", "markdown")

    def test_explain_says_the_device_of_a_block(self) -> None:
        assert " device gpu1 " in page("explain", "alexnet_towers", "top1")

    def test_explain_says_where_an_output_is_sent(self) -> None:
        text = page("explain", "alexnet_towers", "bottom1.lrn2")
        assert "sent to gpu0: 13x13x128 = 21,632 values = 84.50 KiB, read by top0.concat1" in text


class TestOtherCommands:
    def test_a_device_that_changed_is_a_difference(self, tmp_path: Path) -> None:
        source = run("specs", "alexnet_towers").out
        path = tmp_path / "moved.yaml"
        path.write_text(
            source.replace("name: fc8_1, place: gpu1", "name: fc8_1, place: gpu0"), encoding="utf-8"
        )
        changes = content("diff", "alexnet_towers", str(path))["layers"]
        changed = [(item["name"], item["differs"]) for item in changes if item["status"] == "changed"]
        assert changed == [("fc8_1.concat1", ["place"]), ("fc8_1.fc1", ["place"])]
        assert "device gpu1 -> gpu0" in page("diff", "alexnet_towers", str(path))

    def test_the_same_network_without_devices(self, tmp_path: Path) -> None:
        path = tmp_path / "none.yaml"
        source = run("specs", "alexnet_towers").out
        path.write_text(
            source.replace(", place: gpu0", "").replace(", place: gpu1", "").replace("    place: gpu0\n", "")
        )
        report = content("inspect", str(path))
        assert (report["devices"], report["transfers"]) == ([], [])
        assert "devices gpu0, gpu1 none" in page("diff", "alexnet_towers", str(path))

    def test_a_pattern_has_no_devices(self) -> None:
        ended = run("expand", "alexnet_towers", "--pattern")
        assert ended.status == 2
        assert "places its layers on devices (gpu0, gpu1)" in ended.err

    def test_devices_that_share_a_batch_are_refused(self) -> None:
        for command in (("memory", "alexnet_towers"), ("fit", "alexnet_towers", "--memory", "3GB")):
            ended = run(*command, "--devices", "2")
            assert (ended.status, "they share no batch" in ended.err) == (2, True)

    @pytest.mark.parametrize("width", ["60", "80", "120"])
    def test_tables_fit_the_page(self, width: str) -> None:
        for words in (("inspect", "alexnet_towers"), ("memory", "alexnet_towers")):
            ended = run(*words, COLUMNS=width)
            assert max(map(len, ended.out.splitlines())) <= int(width)
