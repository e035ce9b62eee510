"""`cnncalc verify`: what it prints, how it ends, and one line for each way in which it can't."""

import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from cnncalc import zoo
from cnncalc.layers import layer_type
from cnncalc.pytorch._faults import NO_TWIN
from cnncalc.vocabulary.layer import Work
from tests.commands._program import Ended, program, run

SMALL = "cnncalc: 1\nname: Small\ninput: 8x8x3\nlayers:\n  - conv: {filters: 4, kernel: 3, act: relu}\n"


@pytest.fixture(autouse=True)
def quiet(torch: ModuleType) -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def one_line(ended: Ended) -> str:
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.count("\n") == 1
    return ended.err.strip()


def test_every_line_has_a_mark(small: Path) -> None:
    ended = run("verify", small, "--device", "cpu", COLUMNS="160")
    assert (ended.status, ended.err) == (0, "")
    lines = [line.rstrip() for line in ended.out.splitlines()]
    assert lines[0] == "Small · cpu · float32 · batch 2 · forward"
    assert "  ✓ conv1        4x6x6   112 parameters" in lines
    assert "  ✓ MACs                   3,888" in lines
    assert "  ✓ receptive field        3..5 by 3..5   (of conv1.relu at 3, 3)" in lines
    assert lines[-1].startswith("  13 figures compared, all as predicted; the run took ")


def test_training_adds_what_is_kept(small: Path) -> None:
    ended = run("verify", small, "--device", "cpu", "--training", "--batch", "3")
    assert ended.status == 0
    assert "forward and backward" in ended.out
    assert "  ✓ kept for backward, bytes   4,032" in ended.out


def test_meta(small: Path) -> None:
    ended = run("verify", small, "--meta")
    assert ended.status == 0
    assert "- no NaN in the output   not measured: nothing is computed" in ended.out


def test_standard_input() -> None:
    assert run("verify", "-", "--meta", stdin=SMALL).status == 0


def test_json(small: Path) -> None:
    ended = run("verify", small, "--device", "cpu", "--training", "--format", "json")
    data = json.loads(ended.out)
    assert ended.status == 0
    assert list(data) == [
        *(
            "version",
            "name",
            "ok",
            "device",
            "dtype",
            "batch",
            "training",
            "seconds",
            "peak_bytes",
            "peak_of",
        ),
        *("totals", "layers"),
    ]
    assert (data["version"], data["name"], data["ok"], data["batch"]) == (1, "Small", True, 2)
    assert data["totals"][0] == {"what": "parameters", "predicted": 112, "actual": 112, "ok": True}
    assert data["layers"][0]["figures"][0] == {
        "what": "output",
        "predicted": [4, 6, 6],
        "actual": [4, 6, 6],
        "ok": True,
    }


def test_the_json_keys_are_in_the_docs(small: Path) -> None:
    data = json.loads(run("verify", small, "--meta", "--format", "json").out)
    page = (Path(__file__).resolve().parents[2] / "docs" / "pytorch.md").read_text(encoding="utf-8")
    keys = {*data, *data["layers"][0], *data["totals"][0], "note", "error", "diagnostics", "specs"}
    assert not {key for key in keys if f"`{key}`" not in page}


@pytest.mark.usefixtures("nothing_shared")
def test_a_mismatch_ends_with_1_and_shows_both_figures(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layer_type("conv"), "work", lambda self, inputs: Work(macs=1))
    monkeypatch.setattr(
        layer_type("conv"), "buffers", lambda self, inputs: layer_type("bn")().buffers(inputs)
    )
    ended = run("verify", small, "--device", "cpu")
    assert ended.status == 1
    assert "  ✗ conv1 " in ended.out
    assert "      buffers: 7 predicted, 0 in PyTorch\n" in ended.out
    assert "  ✗ MACs                   1 predicted, 3,888 in PyTorch\n" in ended.out
    assert "3 not as predicted" in ended.out


def test_no_twin(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(NO_TWIN.invalid, encoding="utf-8")
    ended = run("verify", path)
    assert (ended.status, ended.out) == (1, "")
    assert ended.err.startswith("error[T001] no-torch-layer: PyTorch has no layer for `avgpool1`")
    data = json.loads(run("verify", path, "--format", "json").out)
    assert (data["ok"], [entry["code"] for entry in data["diagnostics"]]) == (False, ["T001"])


def test_a_spec_with_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(
        "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 4, kernel: 9}\n", encoding="utf-8"
    )
    ended = run("verify", path)
    assert (ended.status, ended.out) == (1, "")
    assert ended.err.startswith("error[S005]")
    assert run("verify", "no_such_spec").status == 2


def test_a_type_without_kernels_names_the_layer() -> None:
    ended = run("verify", "alexnet", "--dtype", "float16", "--device", "cpu")
    assert (ended.status, ended.out) == (1, "")
    assert ended.err.startswith(
        "error[T003] refused-by-torch: PyTorch does not run `lrn1` (lrn) in float16 on cpu"
    )


def test_no_cuda(small: Path, torch: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    line = one_line(run("verify", small, "--device", "cuda"))
    assert line == "Error: no CUDA device is available: use --device cpu, or --meta"


def test_too_large_for_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    from cnncalc.pytorch import devices

    monkeypatch.setattr(devices, "memory", lambda: 8 << 30)
    line = one_line(run("verify", "vgg16", "--device", "cpu", "--batch", "100000"))
    assert line.startswith("Error: VGG-16 needs at least ")
    assert line.endswith("and this machine has 8.00 GiB: use a smaller --batch, or --meta")
    assert run("verify", "lenet5", "--meta", "--batch", "100000").status == 0


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_out_of_memory(small: Path, monkeypatch: pytest.MonkeyPatch, device: str) -> None:
    from cnncalc.pytorch import devices, verify
    from cnncalc.pytorch.run import DeviceOutOfMemory

    def fail(*_: Any, **__: Any) -> None:
        raise DeviceOutOfMemory("conv1", RuntimeError("no more"))

    monkeypatch.setattr(devices, "choose", lambda asked: device)
    monkeypatch.setattr(verify, "verify", fail)
    line = one_line(run("verify", small))
    assert (
        "memory is too small for Small with a batch of 2 (it ended at conv1): use a smaller --batch" in line
    )


def test_usage() -> None:
    assert "name a SPEC, or --all" in run("verify").err
    assert "name a SPEC, or --all" in run("verify", "lenet5", "--all").err
    assert "--set is for one SPEC" in run("verify", "--all", "--set", "a=1").err
    for ended in (
        run("verify"),
        run("verify", "lenet5", "--seed", "-1"),
        run("verify", "lenet5", "--batch", "0"),
    ):
        assert ended.status == 2


def test_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zoo, "names", lambda: ["lenet5", "alexnet"])
    ended = run("verify", "--all", "--meta")
    assert ended.status == 0
    lines = ended.out.splitlines()
    assert lines[0].startswith("✓ lenet5 ")
    assert "62,378,344 parameters" in lines[1]
    assert lines[-1] == "2 of 2 specs are as predicted"


@pytest.mark.long
def test_all_in_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zoo, "names", lambda: ["lenet5", "alexnet"])
    data = json.loads(run("verify", "--all", "--meta", "--format", "json").out)
    assert (data["ok"], [entry["name"] for entry in data["specs"]]) == (True, ["LeNet-5", "AlexNet"])


def test_all_goes_on_past_what_can_not_be_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zoo, "names", lambda: ["alexnet", "lenet5"])
    ended = run("verify", "--all", "--dtype", "float16", "--device", "cpu")
    assert ended.status == 1
    assert ended.out.startswith("✗ alexnet                  PyTorch does not run `lrn1`")
    assert "✓ lenet5" in ended.out
    assert ended.out.endswith("1 of 2 specs are as predicted\n")


@pytest.mark.long
def test_nothing_but_the_report_where_there_is_no_terminal(small: Path) -> None:
    ended = program("verify", small, "--device", "cpu")
    assert (ended.status, ended.err) == (0, "")
    assert "\x1b" not in ended.out
