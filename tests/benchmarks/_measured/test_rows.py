"""Files of measured batches: made-up ones, with every fault that a file can have."""

from pathlib import Path

import pytest

from benchmarks._measured.rows import STEPS, MeasuredBatch, measured_files, rows_of

TRAIN = "benchmark-train-amp-nhwc-pt112-cu113-rtx3090.csv"
INFER = "benchmark-infer-amp-nchw-pt240-cu124-rtx4090.csv"
HEAD = "model,train_batch_size,train_img_size,param_count"


def write(folder: Path, *lines: str, name: str = TRAIN) -> Path:
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_the_name_of_a_file_says_what_made_it(tmp_path: Path) -> None:
    write(tmp_path, HEAD)
    write(tmp_path, HEAD, name=INFER)
    (infer, train), left_out = measured_files(tmp_path)
    assert left_out == []
    assert (train.mode, train.channels_last, train.torch, train.gpu) == ("training", True, (1, 12), "rtx3090")
    assert (infer.mode, infer.channels_last, infer.torch, infer.gpu) == (
        "inference",
        False,
        (2, 4),
        "rtx4090",
    )


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("notes.csv", "its name does not say"),
        ("benchmark-infer-amp-nchw-pt240-cu124-rtx4090-dynamo.csv", "torch.compile is out of scope"),
    ],
)
def test_other_files_are_left_out_and_said(tmp_path: Path, name: str, why: str) -> None:
    write(tmp_path, HEAD, name=name)
    files, left_out = measured_files(tmp_path)
    assert files == []
    assert len(left_out) == 1
    assert left_out[0].startswith(name)
    assert why in left_out[0]


def test_each_model_and_size_has_one_row(tmp_path: Path) -> None:
    write(tmp_path, HEAD, "small,64,224,1.0", "small,32,288,1.0", "small,48,224,1.0")
    read = rows_of(measured_files(tmp_path)[0][0])
    assert read.rows == (MeasuredBatch("small", 224, 64), MeasuredBatch("small", 288, 32))
    assert read.faults == ("line 4: small at 224 again",)


@pytest.mark.parametrize(
    "line", ["net,,224,1", ",64,224,1", "net,many,224,1", "net,64", "net,-1,224,1", "net,0,224,1"]
)
def test_a_line_without_its_figures_is_said(tmp_path: Path, line: str) -> None:
    write(tmp_path, HEAD, line, "good,8,32,1")
    read = rows_of(measured_files(tmp_path)[0][0])
    assert read.rows == (MeasuredBatch("good", 32, 8),)
    assert read.faults == ("line 2: no model, size and batch",)


def test_missing_columns_are_named(tmp_path: Path) -> None:
    write(tmp_path, "model,batch", "net,8")
    read = rows_of(measured_files(tmp_path)[0][0])
    assert read.rows == ()
    assert read.faults == ("no column train_img_size, train_batch_size",)
    assert read.first == 0


def test_the_next_larger_batch_is_the_step_above_up_to_the_first(tmp_path: Path) -> None:
    write(tmp_path, HEAD, "first,512,224,1", "second,384,224,1", "third,12,224,1", "other,100,224,1")
    read = rows_of(measured_files(tmp_path)[0][0])
    assert [read.next_larger(row) for row in read.rows] == [None, 512, 16, None]


def test_the_steps_fall() -> None:
    assert list(STEPS) == sorted(STEPS, reverse=True)
    assert STEPS[-1] == 1
