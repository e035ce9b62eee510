"""`cnncalc export`: which target is meant, what is written, and what is refused."""

import json
from pathlib import Path

import pytest

from cnncalc.exporters import names
from tests.commands._program import program, run

UNKNOWN = "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: 4\n  - unknown: {op: warp, params: unknown, macs: unknown}\n"
WRONG = "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 4, kernel: 9}\n"


@pytest.fixture
def hidden(tmp_path: Path) -> str:
    """A path on which PyTorch cannot be found: for a process of its own, as nothing may be left of it here."""
    text = "raise ModuleNotFoundError('No module named torch', name='torch')\n"
    (tmp_path / "torch.py").write_text(text, encoding="utf-8")
    return str(tmp_path)


@pytest.mark.parametrize(
    ("file", "begins"), [("net.py", '"""LeNet-5'), ("net.dot", "digraph"), ("net.mmd", "flowchart")]
)
def test_the_end_of_the_file_says_the_target(tmp_path: Path, file: str, begins: str) -> None:
    path = tmp_path / file
    assert run("export", "lenet5", "-o", path).status == 0
    assert path.read_text(encoding="utf-8").startswith(begins)


def test_to_has_priority_over_the_end(tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    assert run("export", "lenet5", "--to", "json", "-o", path).status == 0
    assert json.loads(path.read_text(encoding="utf-8"))


def test_options_change_the_network() -> None:
    assert "for 64x64x3" in run("export", "resnet18", "--to", "torch", "--input", "64").out


def test_without_a_target_all_are_named() -> None:
    ended = run("export", "lenet5")
    assert ended.status == 2
    assert all(name in ended.err for name in names())


def test_an_end_of_no_target_is_refused(tmp_path: Path) -> None:
    ended = run("export", "lenet5", "-o", tmp_path / "net.foo")
    assert ended.status == 2
    assert not (tmp_path / "net.foo").exists()


def test_a_spec_with_errors_is_not_written(tmp_path: Path) -> None:
    spec, path = tmp_path / "net.yaml", tmp_path / "net.py"
    spec.write_text(WRONG, encoding="utf-8")
    ended = run("export", spec, "-o", path)
    assert ended.status == 1
    assert "error[" in ended.err + ended.out
    assert not path.exists()


@pytest.mark.parametrize("to", ["torch", "onnx"])
def test_an_operation_without_a_layer_is_refused_by_name(tmp_path: Path, to: str) -> None:
    spec = tmp_path / "net.yaml"
    spec.write_text(UNKNOWN, encoding="utf-8")
    ended = run("export", spec, "--to", to, "-o", tmp_path / "out")
    assert ended.status == 1
    assert "I070" in ended.err + ended.out
    assert "warp" in ended.err + ended.out
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("to", ["dot", "json", "mermaid"])
def test_an_operation_without_a_layer_is_drawn(tmp_path: Path, to: str) -> None:
    spec = tmp_path / "net.yaml"
    spec.write_text(UNKNOWN, encoding="utf-8")
    ended = run("export", spec, "--to", to)
    assert ended.status == 0
    assert "warp" in ended.out


@pytest.mark.parametrize(
    "line",
    [
        ("export", "lenet5", "--to", "onnx", "-o", "x.onnx"),
        ("import", "torchvision/resnet18"),
        ("verify", "lenet5", "--against", "net.py:Net"),
    ],
)
def test_without_pytorch_a_sentence_says_how_to_install_it(line: tuple[str, ...], hidden: str) -> None:
    ended = program(*line, PYTHONPATH=hidden)
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.endswith("PyTorch is not installed: install it with `pip install 'cnncalc[torch]'`\n")


def test_source_code_is_written_without_pytorch(hidden: str) -> None:
    assert program("export", "lenet5", "--to", "torch", PYTHONPATH=hidden).status == 0
