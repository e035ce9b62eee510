"""`cnncalc memory`: its options, how it ends, and where it writes."""

import json
from pathlib import Path
from typing import Any

import pytest

import cnncalc
from tests.commands._program import Ended, program, run

NET = """\
cnncalc: 1
name: Small
params: {width: 8}
input: 32x32x3
blocks:
  stage:
    params: {filters: required}
    layers:
      - conv: {filters: $filters, kernel: 3, padding: 1, act: relu}
      - maxpool: 2
layers:
  - stage: $width
  - stage: 2 * $width
  - dropout: 0.5
    only: training
  - flatten
  - fc: 10
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with one spec."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.yaml").write_text(NET, encoding="utf-8")
    return tmp_path


def memory(*arguments: str, **options: Any) -> Ended:
    return run("memory", *arguments, **options)


def figures(*arguments: str) -> dict[str, Any]:
    """The JSON of a run that ends well."""
    ended = memory("net.yaml", *arguments, "--format", "json")
    assert (ended.status, ended.err) == (0, "")
    result: dict[str, Any] = json.loads(ended.out)
    return result


class TestOptions:
    def test_inference_is_the_default(self) -> None:
        output = figures()
        assert (output["mode"], output["batch"], output["setup"]["mode"]) == ("inference", 1, "inference")

    def test_training_has_its_items(self) -> None:
        assert "dropout1" in [row["layer"] for row in figures("--mode", "training")["layers"]]
        assert "dropout1" not in [row["layer"] for row in figures()["layers"]]

    def test_figures_are_those_of_the_library(self) -> None:
        output = figures("--mode", "training", "--batch", "16", "--optimizer", "adam")
        graph = cnncalc.load("net.yaml", mode="training")
        estimate = cnncalc.estimate(graph, cnncalc.Setup(optimizer="adam"))
        assert output["peak_bytes"] == estimate.peak(16).nbytes
        assert output["breakdown"] == estimate.breakdown(16)

    def test_a_value_of_the_spec(self) -> None:
        assert figures("--set", "width=16")["breakdown"]["params"] > figures()["breakdown"]["params"]

    def test_adam_has_two_moments_for_each_parameter(self) -> None:
        output = figures("--mode", "training", "--optimizer", "adam", "--backend", "cpu", "--no-foreach")
        params = output["breakdown"]["params"]
        assert 2 * params <= output["breakdown"]["optimizer"] < 2.1 * params

    def test_a_checkpointed_block_and_frozen_layers_by_name(self) -> None:
        output = figures("--mode", "training", "--checkpoint", "stage", "--freeze", "stage2")["setup"]
        assert output["checkpoint"] == [
            ["stage1.conv1", "stage1.maxpool1"],
            ["stage2.conv1", "stage2.maxpool1"],
        ]
        assert output["frozen"] == ["stage1.conv1", "stage1.conv1.relu", "stage1.maxpool1"]

    @pytest.mark.parametrize("count", [0, 3])
    def test_top(self, count: int) -> None:
        assert len(figures("--top", str(count))["largest"]) == count
        text = memory("net.yaml", "--top", str(count)).out
        assert ("the largest tensors of it" in text) == bool(count)

    def test_holders(self) -> None:
        graph = cnncalc.load("net.yaml")
        setup = cnncalc.Setup(mode="inference", holders="modules")
        assert figures("--holders", "modules")["peak_bytes"] == cnncalc.estimate(graph, setup).peak(1).nbytes
        assert figures()["held_otherwise"]["holders"] == "modules"

    def test_layers_unfolds_blocks(self) -> None:
        assert "\n  stage1 " in memory("net.yaml").out
        assert "\n  stage1.conv1.relu " in memory("net.yaml", "--layers").out

    def test_of_a_gpu_its_share_and_its_workspace(self) -> None:
        small, large = figures("--gpu", "rtx4090"), figures("--gpu", "h200")
        assert small["gpu"]["name"] == "GeForce RTX 4090"
        assert small["setup"]["capability"] == [8, 9]
        assert small["breakdown"]["workspace"] < large["breakdown"]["workspace"]
        assert "cuBLAS workspace" not in [entry["name"] for entry in small["unknown"]]

    @pytest.mark.parametrize(
        ("line", "said"),
        [
            ("--gpu a100", "A100 40GB, A100 80GB"),
            ("--gpu t4 --backend cpu", "--gpu is for --backend cuda, and this is cpu"),
            ("--optimizer adam", "for training only"),
            ("--sharded", "sharded parameters need two devices or more"),
            ("--mode training --nesterov", "Nesterov momentum needs a momentum above 0"),
            ("--autocast float64", "autocast computes in float16 or bfloat16, not in float64"),
            ("--mode training --checkpoint stge", "Did you mean 'stage'?"),
            ("--mode training --freeze fc2", "Did you mean 'fc1'?"),
            ("--set wdth=3", "Did you mean 'width'?"),
            ("--batch 0", "'--batch'"),
        ],
    )
    def test_what_cannot_be_is_a_usage_error_in_one_line(self, line: str, said: str) -> None:
        ended = memory("net.yaml", *line.split())
        assert (ended.status, ended.out) == (2, "")
        *_, last = ended.err.splitlines()
        assert last.startswith("Error: ")
        assert said in last

    def test_a_batch_that_no_machine_holds(self) -> None:
        assert figures("--batch", "1000000000")["peak_bytes"] > 2**40
        assert memory("net.yaml", "--batch", "1000000000", "--mode", "training").status == 0


class TestFaults:
    FAULTY = NET.replace("kernel: 3", "kernel: 64")

    def test_without_shapes_there_are_no_figures(self) -> None:
        ended = memory("-", stdin=self.FAULTY)
        assert (ended.status, ended.out) == (1, "")
        assert ended.err.startswith("error[S005]")

    def test_json_is_alone_with_the_diagnostics(self) -> None:
        ended = memory("-", "--format", "json", stdin=self.FAULTY)
        assert (ended.status, ended.err) == (1, "")
        output = json.loads(ended.out)
        assert output["peak_bytes"] is None
        assert {item["code"] for item in output["diagnostics"]} == {"S005"}
        assert output["not_checked"] > 0

    def test_where_all_shapes_are_known_there_are_figures_beside_the_fault(self) -> None:
        ended = memory("-", stdin=NET + "    expect: 7\n")
        assert ended.status == 1
        assert ended.err.startswith("error[S102]")
        assert "at the peak" in ended.out

    def test_strictly(self) -> None:
        text = NET.replace("maxpool: 2", "maxpool: {kernel: 3, stride: 2, padding: 1}")
        assert memory("-", stdin=text).status == 0
        assert memory("-", "--strict", stdin=text).status == 1

    def test_a_truncated_network_has_no_figures(self) -> None:
        ended = memory("net.yaml", "--max-nodes", "3")
        assert (ended.status, ended.out) == (1, "")

    def test_a_file_that_is_not_there(self) -> None:
        assert memory("nothing.yaml").status == 2

    def test_nothing_but_an_input(self) -> None:
        ended = memory("-", stdin="cnncalc: 1\ninput: 8x8x3\nlayers: []\n")
        assert (ended.status, ended.out) == (1, "")


class TestStreams:
    def test_a_process_of_its_own_writes_the_same(self, folder: Path) -> None:
        assert program("memory", "net.yaml", cwd=folder) == memory("net.yaml")

    def test_a_pipe_has_no_colour_unless_it_is_forced(self) -> None:
        assert "\x1b" not in memory("net.yaml").out
        assert "\x1b" in memory("net.yaml", FORCE_COLOR="1").out
        assert "\x1b[3" not in memory("net.yaml", FORCE_COLOR="1", NO_COLOR="1").out

    @pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
    def test_an_encoding_without_blocks_gets_ascii(self, folder: Path, encoding: str) -> None:
        (folder / "net.yaml").write_text(NET.replace("Small", "A → B"), encoding="utf-8")
        ended = program("memory", "net.yaml", cwd=folder, PYTHONIOENCODING=f"{encoding}:strict:")
        assert ended.status == 0, ended.err
        assert "###" in ended.out
        assert ended.out.startswith("A -> B - input")

    def test_utf_8_gets_blocks(self) -> None:
        assert "███" in memory("net.yaml").out
        assert "┼───" in memory("net.yaml").out
