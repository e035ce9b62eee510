"""`python -m benchmarks.gpu`: a line after each case, which a second run goes on from. None is committed yet."""

import json
import subprocess
import sys
from pathlib import Path
from statistics import median
from types import ModuleType

import pytest

from benchmarks import gpu
from benchmarks._bench import ROOT
from benchmarks._gpu.summary import peak_errors
from docs.gpu_record import NONE_YET

PAGES = [(ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("memory.md", "pytorch.md")]


def test_the_pages_say_whether_a_gpu_was_measured() -> None:
    """Not skipped where there is no record: then the claim must be that nothing was measured."""
    assert [NONE_YET in page for page in PAGES] == [not gpu.RECORDS] * len(PAGES)


def test_predictions_are_a_gpu_s() -> None:
    """Of every record that is committed; where there is none, the pages say so (see above)."""
    for file in gpu.RECORDS:
        lines = gpu.lines_of(file)
        assert not [line for line in lines if line.get("dry") or line["device"] == "cpu"], file.name
        runs = [off for line, off, _ in peak_errors(lines) if off is not None and not line["benchmark"]]
        assert median(map(abs, runs)) <= 0.01, file.name
        assert max(map(abs, runs)) <= 0.05, file.name
        assert all(
            line["measured"]["ok"] for line in lines if line["case"] == "verify" and "measured" in line
        )


def test_a_dry_run_writes_a_line_for_each_case(torch: ModuleType, tmp_path: Path) -> None:
    file = tmp_path / "dry.jsonl"
    command = [sys.executable, "-m", "benchmarks.gpu", str(file), "--device", "cpu", "--dry"]
    for only in ("versions", "versions,cublas"):
        # What a run that was cut short leaves.
        with file.open("a", encoding="utf-8") as to:
            to.write('{"case": "mem')
        done = subprocess.run(
            [*command, "--only", only], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
    lines = gpu.lines_of(file)
    assert [line["case"] for line in lines] == ["versions", "end", "cublas", "end"]
    assert all(line["device"] == "cpu" and line["dry"] for line in lines)
    assert lines[-1]["left_out"] == []


def test_a_dry_run_can_not_be_the_record(capsys: pytest.CaptureFixture[str]) -> None:
    for given in (["--dry"], ["x.jsonl", "--device", "cpu"], ["--device", "cpu", "--dry"]):
        with pytest.raises(SystemExit):
            gpu.main(given)
    assert "a dry run needs a FILE of its own" in capsys.readouterr().err


@pytest.mark.long
def test_without_a_gpu_nothing_is_written(torch: ModuleType, tmp_path: Path) -> None:
    if torch.cuda.is_available():
        return
    file = tmp_path / "gpu.jsonl"
    command = [sys.executable, "-m", "benchmarks.gpu", str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: no CUDA device is available, so there is nothing to record\n"
    assert not file.exists()


def test_the_summary_of_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "gpu.jsonl"
    assert gpu.main(["--summary", str(file)]) == 2
    file.write_text(json.dumps({"case": "end", "device": "Some-1", "left_out": []}) + "\n", encoding="utf-8")
    assert gpu.main(["--summary", str(file)]) == 0
    assert capsys.readouterr().out.startswith("Some-1, driver ?")


# What cnncalc is installed with, and what PyTorch can do without.
LEFT_OUT = ("click", "rich", "yaml", "_yaml", "numpy", "hypothesis", "pytest", "_pytest")


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_only_torch_and_this_checkout_are_needed(torch: ModuleType, tmp_path: Path) -> None:
    installed = Path(str(torch.__file__)).parents[1]
    for path in installed.iterdir():
        if path.name.partition(".")[0] not in LEFT_OUT and path.suffix != ".pth":
            (tmp_path / path.name).symlink_to(path)
    program = (
        "import sys; sys.path[:0] = sys.argv[1:]\n"
        "from benchmarks import gpu\n"
        "from benchmarks._gpu.hardware import Hardware\n"
        "from benchmarks._gpu.plan import plan\n"
        "from benchmarks._gpu.summary import summary\n"
        "from benchmarks._gpu.worker import measured\n"
        "for kind in ('verify', 'memory'):\n"
        "    case = next(case for case in plan(tiny=True) if case.kind == kind)\n"
        "    assert 'measured' in measured(Hardware('cpu'), kind, case.arguments), kind\n"
        f"print(*sorted(set(sys.modules) & set({LEFT_OUT})), sys.modules['yaml'].__spec__)\n"
    )
    command = [sys.executable, "-I", "-S", "-W", "ignore", "-c", program, str(ROOT), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "yaml None\n"), done.stderr
