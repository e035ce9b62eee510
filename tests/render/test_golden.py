"""What the commands print, whole: each was read once, and does not change unseen."""

from pathlib import Path

import pytest

from tests.commands._program import run
from tests.render._golden import WRITE, hold

HERE = Path(__file__).parent
FAULTY = "faulty.yaml"
# A file and the command that prints it, at 80 columns unless it says another width.
PRINTED = {
    "inspect-vgg16-80.txt": ("inspect vgg16", 80),
    "inspect-vgg16-120.txt": ("inspect vgg16", 120),
    "inspect-resnet50-depth-0.txt": ("inspect resnet50 --depth 0", 80),
    "inspect-googlenet-120.txt": ("inspect googlenet", 120),
    "inspect-alexnet.md": ("inspect alexnet --format markdown", 80),
    "inspect-lenet5.csv": ("inspect lenet5 --format csv", 80),
    "inspect-lenet5.tex": ("inspect lenet5 --format latex", 80),
    "inspect-resnet50-depth-0.html": ("inspect resnet50 --depth 0 --format html", 80),
    "diff-vgg16-bn.html": ("diff vgg16 vgg16_bn --format html", 80),
    "inspect-conv_demo.json": ("inspect conv_demo --format json", 80),
    "inspect-faulty.txt": (f"inspect {FAULTY}", 80),
    "memory-vgg16-80.txt": ("memory vgg16", 80),
    "memory-resnet50-training-120.txt": (
        "memory resnet50 --mode training --batch 32 --optimizer adam --gpu rtx4090",
        120,
    ),
    "memory-lenet5-training.json": ("memory lenet5 --mode training --format json", 80),
    "memory-faulty.txt": (f"memory {FAULTY}", 80),
    "validate-faulty.txt": (f"validate {FAULTY}", 80),
    "validate-faulty.json": (f"validate {FAULTY} --format json", 80),
    "window-exact.txt": ("window 227 -k 11 -s 4", 80),
    "window-loses.txt": ("window 10 -k 3 -s 2", 80),
    "window-strict.txt": ("window 5 -k 3 -s 3 -p 1 --strict", 80),
    "window-too-large.txt": ("window 5 -k 3 -d 4", 80),
    "explain-layer.txt": ("explain vgg16 stage1.conv2", 80),
    "explain-code.txt": ("explain S001", 80),
    "expand-lenet5.yaml": ("expand lenet5", 80),
    "fit-resnet50.txt": ("fit resnet50 --memory 12GiB", 80),
    "fit-resnet50-not.txt": ("fit resnet50 --gpu RTX4080 --reserve 1GiB --batch 512 --optimizer adam", 80),
    "fit-vgg16-remedies-120.txt": ("fit vgg16 --memory 8GiB --remedies", 120),
    "fit-conv_demo.json": ("fit conv_demo --memory 1GiB --batch 9999999 --format json", 80),
    "specs-piped.txt": ("specs _con", 80),
    "explain-network.txt": ("explain vgg16", 80),
    "explain-block.txt": ("explain resnet50 bottleneck4", 80),
    "new.yaml": ("new", 80),
    "diff-vgg16-bn.txt": ("diff vgg16 vgg16_bn", 80),
    "diff-resnet50-blocks.txt": ("diff resnet50 resnext50_32x4d --depth 0", 80),
    "inspect-alexnet-bars-80.txt": ("inspect alexnet --bars", 80),
    "memory-resnet18-bars-120.txt": ("memory resnet18 --mode training --bars", 120),
    "inspect-resnet50-80.txt": ("inspect resnet50", 80),
    "inspect-alexnet_towers-training.txt": (
        "inspect alexnet_towers --depth 0 --mode training --batch 128",
        80,
    ),
    "inspect-alexnet_towers.md": ("inspect alexnet_towers --depth 0 --format markdown", 80),
    "memory-alexnet_towers-training.txt": ("memory alexnet_towers --mode training --batch 128", 80),
    "fit-alexnet_towers.json": ("fit alexnet_towers --memory 3GB --batch 128 --format json", 80),
    "fit-alexnet_towers-not.txt": ("fit alexnet_towers --memory 1GB --batch 128", 80),
    "explain-alexnet_towers-conv3.txt": ("explain alexnet_towers top0.conv3", 80),
    "layers-conv.txt": ("layers conv", 80),
}


@pytest.fixture(autouse=True)
def in_this_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE)


@pytest.mark.parametrize("name", PRINTED)
def test_matches_its_golden_file(name: str) -> None:
    line, width = PRINTED[name]
    ended = run(*line.split(), COLUMNS=str(width))
    hold(HERE / "golden" / name, ended.out + ended.err)


def test_no_golden_file_is_left_over() -> None:
    assert {path.name for path in (HERE / "golden").iterdir()} == set(PRINTED)


@pytest.mark.parametrize("change", ["", "\n", "?", "\r\n"])
def test_a_golden_file_shows_a_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    monkeypatch.delenv(WRITE, raising=False)
    path = tmp_path / "golden.txt"
    path.write_bytes(b"one\ntwo\n")
    hold(path, "one\ntwo\n")
    with pytest.raises(AssertionError, match="says something else"):
        hold(path, "one\ntwo" + change if change != "\n" else "one\ntwo\n\n")


def test_a_golden_file_that_is_not_there_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(WRITE, raising=False)
    with pytest.raises(AssertionError, match="there is no"):
        hold(tmp_path / "golden.txt", "")


def test_golden_files_are_written_on_demand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(WRITE, "write")
    hold(tmp_path / "new" / "golden.txt", "one\r\n")
    assert (tmp_path / "new" / "golden.txt").read_bytes() == b"one\r\n"
