"""Lines of the course that PyTorch proves, or that take a word of their own, by the public commands (CS231n notes)."""

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.commands._program import run

LOCAL = "cnncalc: 1\ninput: 227x227x3\nlayers:\n  - locally_connected: {filters: 96, kernel: 11, stride: 4}\n"


def page(*words: str | Path, stdin: str = "") -> list[str]:
    ended = run(*words, stdin=stdin, COLUMNS="400")
    assert ended.status == 0, ended.err
    return [" ".join(line.split()) for line in ended.out.splitlines()]


def content(*words: str | Path, stdin: str = "") -> Any:
    return json.loads(run(*words, "--format", "json", stdin=stdin).out)


@pytest.fixture
def local(tmp_path: Path) -> Path:
    path = tmp_path / "local.yaml"
    path.write_text(LOCAL, encoding="utf-8")
    return path


class TestUnsharedWeights:
    def test_are_proven_by_pytorch(self, torch: ModuleType, local: Path) -> None:
        ended = run("verify", local, "--device", "cpu", "--batch", "1")
        assert ended.status == 0, ended.err
        assert "✓ parameters             105,705,600" in ended.out
        assert "✓ MACs                   105,415,200" in ended.out

    def test_are_proven_in_training(self, torch: ModuleType, tmp_path: Path) -> None:
        small = tmp_path / "small.yaml"
        small.write_text(
            "cnncalc: 1\ninput: 9x11x3\nlayers:\n"
            "  - locally_connected: {filters: 8, kernel: 3, stride: 2, padding: same, act: relu}\n"
            "  - locally_connected: {filters: 4, kernel: [1, 3], dilation: [1, 2]}\n",
            encoding="utf-8",
        )
        ended = run("verify", small, "--device", "cpu", "--training")
        assert ended.status == 0, ended.out
        assert "kept for backward" in ended.out

    def test_have_a_product_and_weights_for_each_position(self, local: Path) -> None:
        lines = page("explain", local, "locally_connected1")
        assert "im2col X_col (11*11*3) x 1 = 363 x 1, for each of 3,025 positions" in lines
        assert "im2col W_row 96 x 363, for each of 3,025 positions" in lines
        assert any(
            line.startswith("PyTorch own.LocallyConnected(in_channels=3, out_channels=96") for line in lines
        )


class TestFractionalPooling:
    def spec(self, more: str = "") -> str:
        layer = f"fractional_maxpool: {{windows: disjoint, output_ratio: 0.7{more}}}"
        return f"cnncalc: 1\ninput: 224x224x64\nlayers:\n  - {layer}\n"

    def test_has_disjoint_windows_of_one_and_two(self) -> None:
        rows = content("inspect", "-", stdin=self.spec())["rows"]
        assert (rows[-1]["output"]["height"], rows[-1]["output"]["width"]) == (156, 156)
        lines = page("explain", "-", "fractional_maxpool1", stdin=self.spec())
        # Each value of the input is in one window.
        assert f"compares {224 * 224 * 64 - 156 * 156 * 64:,}" in lines
        assert "PyTorch own.DisjointMaxPool(output_size=(156, 156), shuffled=False)" in lines

    def test_is_proven_by_pytorch(self, torch: ModuleType, tmp_path: Path) -> None:
        path = tmp_path / "net.yaml"
        for kind in ("disjoint", "disjoint_random"):
            path.write_text(
                f"cnncalc: 1\ninput: 25x24x3\nlayers:\n  - conv: {{filters: 4, kernel: 3, act: relu}}\n"
                f"  - fractional_maxpool: {{windows: {kind}, output_size: [14, 17]}}\n",
                encoding="utf-8",
            )
            ended = run("verify", path, "--device", "cpu", "--training")
            assert ended.status == 0, ended.out

    @pytest.mark.parametrize("ratio", ["0.5", "0.4", "0.1"])
    def test_refuses_a_ratio_outside_of_one_and_two(self, ratio: str) -> None:
        spec = self.spec().replace("0.7", ratio)
        (finding,) = content("validate", "-", stdin=spec)["diagnostics"]
        assert finding["code"] == "S027"
        assert "number from 113 to 223" in finding["help"]


def test_a_relu_that_overwrites_its_input_is_written_so() -> None:
    lines = page("explain", "vgg16", "stage1.conv1.relu")
    assert "memory none of its own: it overwrites the values of stage1.conv1" in lines
    assert "PyTorch nn.ReLU(inplace=True)" in lines


def test_a_fully_connected_layer_after_a_pooling_as_the_notes_write_it() -> None:
    rows = content("inspect", "INPUT 32x32x3 -> CONV 12 -> RELU -> POOL -> FC 10")["rows"]
    assert rows[-1]["weights"] == 16 * 16 * 12 * 10
    # In a spec `flatten` is written, and the finding says with which figures.
    spec = "cnncalc: 1\ninput: 16x16x12\nlayers:\n  - fc: 10\n"
    (finding,) = content("validate", "-", stdin=spec)["diagnostics"]
    assert finding["code"] == "S009"
    assert "after `flatten` it has 3,072 features: 30,720 weights" in str(finding["notes"])


def test_the_heads_of_googlenet_cost_what_a_diff_of_both_modes_says() -> None:
    data = content("diff", "googlenet", "googlenet", "--mode", "training", "--mode-old", "inference")
    assert data["totals"]["params"]["change"] == 6_379_728
