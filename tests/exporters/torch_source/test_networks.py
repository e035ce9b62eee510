"""`cnncalc export --to torch`: the code computes what the built module computes, and looks as ruff would leave it."""

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import cnncalc
from cnncalc import zoo
from cnncalc.exporters.torch_source import written
from tests._depth import LARGE, long_but
from tests.exporters._exported import assert_formatted, assert_same_network

QUICK = (
    "lenet5",
    "squeezenet1_1",
    "shufflenet_v2_x0_5",
    "mobilenet_v3_small",
    "resnet20_cifar",
    "fractalnet",
)
WRITTEN = Path(__file__).parents[2] / "networks"
FEW = ("siamese", "cbam_resnet18", "dcgan_discriminator", "learned_vit", "convlstm", "dla34", "crnn")


@pytest.mark.parametrize("name", long_but(QUICK, zoo.names(), zoo=LARGE))
def test_a_shipped_network_is_the_same(
    name: str, torch: ModuleType, tmp_path: Path, one_thread: None
) -> None:
    file = assert_same_network(cnncalc.load(name), torch)
    assert_formatted(file.text, tmp_path)


@pytest.mark.parametrize("name", long_but(FEW, sorted(path.stem for path in WRITTEN.glob("*.yaml"))))
def test_a_published_network_is_the_same(
    name: str, torch: ModuleType, tmp_path: Path, one_thread: None
) -> None:
    file = assert_same_network(cnncalc.load(WRITTEN / f"{name}.yaml"), torch)
    assert_formatted(file.text, tmp_path)


@pytest.mark.parametrize("mode", ["inference", "training"])
@pytest.mark.parametrize("block", zoo.blocks())
def test_a_shipped_block_is_the_same(
    block: str, mode: str, torch: ModuleType, tmp_path: Path, one_thread: None
) -> None:
    path = zoo.block_path(block)
    assert path is not None
    file = assert_same_network(cnncalc.load(path, mode=mode), torch)
    assert_formatted(file.text, tmp_path)


@pytest.mark.parametrize(("name", "most"), [("resnet50", 80), ("efficientnet_b0", 160), ("nf_resnet50", 190)])
def test_uses_of_a_block_are_uses_of_one_class(name: str, most: int) -> None:
    path = WRITTEN / f"{name}.yaml"
    text = written(cnncalc.load(path if path.exists() else name)).text
    assert len(text.splitlines()) <= most


def test_the_file_runs_by_itself(tmp_path: Path) -> None:
    """In a process that cannot import cnncalc."""
    file = written(cnncalc.load("resnet20_cifar"))
    (tmp_path / "net.py").write_text(file.text, encoding="utf-8")
    code = f"""
import sys
sys.modules["cnncalc"] = None
import torch, net
print(tuple(net.{file.network}().eval()(torch.zeros(2, 3, 32, 32)).shape))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "(2, 10)\n"), done.stderr
