"""The command that compares with measured batches, over a made-up folder."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks import measured

ROWS = "model,train_batch_size,train_img_size\nresnet18,8,32\nresnet34,6,32\nnobody,8,32\nresnet18,8,32\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rows = tmp_path / "rows"
    rows.mkdir()
    for name in (
        "benchmark-train-amp-nhwc-pt112-cu113-rtx3090.csv",
        "benchmark-train-amp-nhwc-pt112-cu113-gtx1.csv",
        "benchmark-train-amp-nhwc-pt112-cu113-rtx3090-dynamo.csv",
    ):
        (rows / name).write_text(ROWS, encoding="utf-8")
    return rows


def test_counts_are_printed_and_what_is_left_out_is_said(folder: Path) -> None:
    result = CliRunner().invoke(measured.main, [str(folder), "--shipped"], catch_exceptions=False)
    assert result.exit_code == 0
    assert "rtx3090.csv: 3 rows, 1 without a network, 22.05 GiB for PyTorch" in result.output
    assert "zoo      safe       2 of 2 given fit, 0 of 1 next larger don't" in result.output
    assert "said to fit: resnet34@32" in result.output
    assert "line 5: resnet18 at 32 again" in result.output
    assert "torch.compile is out of scope" in result.output
    assert "gtx1.csv: no GPU gtx1" in result.output


def test_the_record_has_counts_and_no_rows(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record = folder / "record.json"
    monkeypatch.setattr(measured, "RECORD", record)
    monkeypatch.setattr(measured, "ROOT", folder)
    line = [str(folder), "--shipped", "--only", "rtx3090", "--write"]
    assert CliRunner().invoke(measured.main, line, catch_exceptions=False).exit_code == 0
    written = json.loads(record.read_text(encoding="utf-8"))
    assert list(written) == ["version", "made", "left_out", "files"]
    (counts,) = written["files"].values()
    assert counts["zoo"]["safe"]["given"] == {"right": 2, "of": 2, "share": 1.0, "missed": []}
