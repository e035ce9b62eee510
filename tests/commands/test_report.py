"""`cnncalc report`: what is written, and how the command ends."""

from pathlib import Path

import pytest

from tests.commands._program import run

WRONG = "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 4, kernel: 9}\n  - fc: 3\n"


def test_it_writes_a_page_and_prints_nothing(tmp_path: Path) -> None:
    path = tmp_path / "net.html"
    assert run("report", "lenet5", "-o", path) == (0, "", "")
    page = path.read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "LeNet-5" in page


def test_a_file_is_required() -> None:
    ended = run("report", "lenet5")
    assert ended.status == 2
    assert "-o" in ended.err


@pytest.mark.parametrize("file", ["net.pdf", "net.svg", "net.md"])
def test_a_name_of_another_kind_is_refused(tmp_path: Path, file: str) -> None:
    ended = run("report", "lenet5", "-o", tmp_path / file)
    assert ended.status == 2
    assert "a report is an HTML page" in ended.err
    assert not list(tmp_path.iterdir())


def test_a_spec_with_errors_is_written_and_its_errors_are_printed(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(WRONG, encoding="utf-8")
    path = tmp_path / "net.html"
    ended = run("report", tmp_path / "net.yaml", "-o", path)
    assert ended.status == 1
    assert "error[" in ended.err
    assert path.read_text(encoding="utf-8").endswith("</html>\n")


def test_a_file_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    ended = run("report", "lenet5", "-o", tmp_path / "none" / "net.html")
    assert ended.status == 2
    assert "can't be written" in ended.err
    assert not list(tmp_path.iterdir())


def test_a_spec_that_differs_by_mode_has_runs_of_both_modes(tmp_path: Path) -> None:
    path = tmp_path / "net.html"
    spec = tmp_path / "net.yaml"
    spec.write_text(
        "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: 4\n  - dropout: 0.5\n    only: training\n",
        encoding="utf-8",
    )
    for mode in ("inference", "training"):
        assert run("report", spec, "--mode", mode, "-o", path) == (0, "", "")
        page = path.read_text(encoding="utf-8")
        assert "inference · float32 · CUDA" in page
        assert "training · float32 · sgd with momentum 0.9 · CUDA" in page


def test_a_gpu_is_for_cuda(tmp_path: Path) -> None:
    ended = run("report", "lenet5", "--gpu", "t4", "--backend", "cpu", "-o", tmp_path / "net.html")
    assert ended.status == 2
    assert "--gpu is for --backend cuda, and this is cpu" in ended.err


def test_a_batch_that_pytorch_refuses_is_an_error_and_the_page_has_others(tmp_path: Path) -> None:
    spec = tmp_path / "net.yaml"
    spec.write_text(
        "cnncalc: 1\ninput: 8x8x3\nlayers: [conv: 4, global_avgpool, bn, fc: 2]\n", encoding="utf-8"
    )
    path = tmp_path / "net.html"
    ended = run("report", spec, "--mode", "training", "-o", path)
    assert ended.status == 1
    assert "PyTorch refuses to train on a batch of 1" in ended.err
    page = path.read_text(encoding="utf-8")
    assert "PyTorch refuses to train on a batch of 1" in page
    assert "batch 32" in page
