"""What a shell completes, asked as a shell asks: in a process of its own, by environment variables."""

import subprocess
import sys
from pathlib import Path

import pytest

from cnncalc import describe, zoo
from cnncalc.memory.device import gpu_named, known_gpus
from cnncalc.render.columns import EVERY
from tests.commands._program import environment, run

NET = """\
cnncalc: 1
input: 8x8x3
params: {width: 8, depth: 2}
blocks:
  stage:
    layers: [conv: 4, relu]
layers:
  - stage
  - stage
  - fc: 10
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.yaml").write_text(NET)
    (tmp_path / "notes.txt").write_text("")
    (tmp_path / "nets").mkdir()
    (tmp_path / "nets" / "one.yml").write_text(NET)
    (tmp_path / "nets" / "two.yaml").write_text(NET)
    (tmp_path / ".hidden.yaml").write_text(NET)
    return tmp_path


def completed(line: str) -> list[str]:
    """What bash is given for the last word of a line, which may be empty."""
    words = line.split(" ")
    ended = run(_CNNCALC_COMPLETE="bash_complete", COMP_WORDS=line, COMP_CWORD=str(len(words) - 1))
    assert ended.err == ""
    return [line.partition(",")[2] for line in ended.out.splitlines() if line]


class TestSpecs:
    @pytest.mark.parametrize(
        "command", ["inspect", "validate", "expand", "explain", "memory", "fit", "verify", "diff lenet5"]
    )
    def test_are_files_and_names(self, command: str) -> None:
        assert completed(f"cnncalc {command} ne") == ["net.yaml", "nets/"]
        assert completed(f"cnncalc {command} lene") == ["lenet5", "lenet5_original"]
        completions = completed(f"cnncalc {command} ")
        assert set(zoo.names()) <= set(completions)
        assert {"notes.txt", ".hidden.yaml"} & set(completions) == set()

    def test_of_a_folder_alone_are_what_is_in_it(self) -> None:
        assert completed("cnncalc inspect nets") == ["nets/one.yml", "nets/two.yaml"]
        assert completed("cnncalc inspect nets/t") == ["nets/two.yaml"]
        assert completed("cnncalc inspect none/x") == []

    @pytest.mark.parametrize("line", ["cnncalc specs resnet1", "cnncalc new --like resnet1"])
    def test_that_are_shipped(self, line: str) -> None:
        assert completed(line) == [name for name in zoo.names() if name.startswith("resnet1")]


class TestNames:
    def test_of_layers_and_blocks_are_of_the_spec_before(self) -> None:
        assert completed("cnncalc explain net.yaml st") == [
            "stage1", "stage1.conv1", "stage1.relu1", "stage2", "stage2.conv1", "stage2.relu1",
        ]  # fmt: skip
        assert completed("cnncalc explain vgg16 stage1.c") == [
            "stage1.conv1", "stage1.conv1.relu", "stage1.conv2", "stage1.conv2.relu",
        ]  # fmt: skip
        assert completed("cnncalc explain nothing.yaml st") == []

    def test_of_blocks_for_the_memory_of_a_run(self) -> None:
        assert completed("cnncalc memory net.yaml --checkpoint stage")[0] == "stage"
        assert "stage2" in completed("cnncalc fit net.yaml --freeze stage")

    def test_of_parameters(self) -> None:
        assert completed("cnncalc inspect net.yaml --set ") == ["width=", "depth="]
        assert completed("cnncalc diff net.yaml lenet5 --set-old w") == ["width="]

    def test_letters_of_formulas(self) -> None:
        assert completed("cnncalc explain net.yaml --symbols ") == ["width", "depth", "C", "K", "H", "W"]
        assert completed("cnncalc explain net.yaml --symbols width,") == [
            f"width,{name}" for name in ("width", "depth", "C", "K", "H", "W")
        ]
        assert completed("cnncalc conv 8x8x3 --type l") == ["local"]

    def test_there_are_none_where_the_spec_is_broken(self, folder: Path) -> None:
        (folder / "net.yaml").write_bytes(b"\xff: [")
        assert completed("cnncalc explain net.yaml c") == []


class TestWords:
    def test_codes(self) -> None:
        assert completed("cnncalc explain S00") == [
            code for code in describe.faults() if code.startswith("S00")
        ]
        assert completed("cnncalc rules D10") == [
            code for code in describe.faults() if code.startswith("D10")
        ]
        assert "S001,D001" in completed("cnncalc validate --select S001,D00")

    def test_columns(self) -> None:
        assert completed("cnncalc inspect net.yaml --columns ") == list(EVERY)
        assert completed("cnncalc inspect net.yaml --columns name,ma") == ["name,macs"]
        assert "name,name" not in completed("cnncalc inspect net.yaml --columns name,")

    def test_gpus_mean_the_same_as_completed(self) -> None:
        completions = completed("cnncalc fit net.yaml --gpu ")
        assert len(completions) == len(known_gpus())
        for name, gpu in zip(completions, known_gpus(), strict=True):
            assert " " not in name
            assert gpu_named(name) == gpu
        assert completed("cnncalc memory net.yaml --gpu rtx409") == ["RTX4090"]

    def test_layer_types_formats_and_commands(self) -> None:
        assert completed("cnncalc layers conv") == ["conv", "conv_transpose"]
        assert completed("cnncalc inspect net.yaml --format m") == ["markdown"]
        assert {"new", "specs", "inspect"} <= set(completed("cnncalc "))


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_there_is_a_script_for_each_shell(shell: str) -> None:
    ended = run(_CNNCALC_COMPLETE=f"{shell}_source")
    assert ended.status == 0
    assert "_CNNCALC_COMPLETE" in ended.out


def test_a_shell_waits_for_nothing_heavy() -> None:
    """No PyTorch, nothing of rich; and for files and names no graph."""
    code = """
import os, sys
os.environ.update(_CNNCALC_COMPLETE="bash_complete", COMP_WORDS=sys.argv[1], COMP_CWORD=str(sys.argv[1].count(" ")))
from cnncalc.cli import main
try:
    main([])
except SystemExit:
    print(",".join(name for name in ("torch", "rich", "cnncalc.graph") if name in sys.modules), file=sys.stderr)
"""
    for line, loaded in (
        ("cnncalc inspect resnet1", ""),
        ("cnncalc explain net.yaml st", "cnncalc.graph"),
    ):
        done = subprocess.run(
            [sys.executable, "-c", code, line], capture_output=True, text=True, env=environment(), check=True
        )
        assert done.stderr.strip() == loaded, line


def test_inputs_of_a_spec_with_several(folder: Path) -> None:
    (folder / "two.yaml").write_text(
        "cnncalc: 1\ninputs: {left: 8x8x3, right: 8x8x3}\nlayers:\n  - concat: [left, right]\n"
    )
    assert completed("cnncalc inspect two.yaml --input ") == ["left=", "right="]
    assert completed("cnncalc inspect net.yaml --input ") == []
