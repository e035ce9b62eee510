"""Files of measured batches: what made each is in its name, and a row has a model, its image size and the batch.

`benchmark-train-amp-nhwc-pt112-cu113-rtx3090.csv`: training under autocast, channels last, PyTorch 1.12, an RTX 3090.
The batch is the largest that ran of steps from a first one down: where the next larger step was tried, it failed.
"""

import csv
import re
from pathlib import Path
from typing import NamedTuple

# The steps from the largest batch down: each power of two, and one and a half of it.
STEPS = (1024, 768, 512, 384, 256, 192, 128, 96, 64, 48, 32, 24, 16, 12, 8, 6, 4, 3, 2, 1)
NAME = re.compile(
    r"benchmark-(?P<kind>train|infer)-amp-(?P<format>nchw|nhwc)-pt(?P<torch>\d+)-cu\d+-"
    r"(?P<gpu>[a-z]+\d+)(?P<compiled>-dynamo)?\.csv"
)
MODES = {"train": "training", "infer": "inference"}


class MeasuredFile(NamedTuple):
    """A file: the mode, whether volumes lay with the channels last, PyTorch's version and the GPU, as its name says."""

    path: Path
    mode: str
    channels_last: bool
    torch: tuple[int, int]
    gpu: str


class MeasuredBatch(NamedTuple):
    """A row: a model, the size of its images, and the batch that ran."""

    model: str
    size: int
    batch: int


class ReadRows(NamedTuple):
    """The rows of a file, and what is wrong with the other lines."""

    rows: tuple[MeasuredBatch, ...]
    faults: tuple[str, ...]

    @property
    def first(self) -> int:
        """The largest batch of the file: nothing larger was tried."""
        return max((row.batch for row in self.rows), default=0)

    def next_larger(self, row: MeasuredBatch) -> int | None:
        """The step above a row's batch, which did not run; None for the first step, and for a batch that is no step."""
        if row.batch >= self.first or row.batch not in STEPS:
            return None
        return STEPS[STEPS.index(row.batch) - 1]


def measured_files(folder: Path) -> tuple[list[MeasuredFile], list[str]]:
    """The files of a folder that can be compared, and why each of the others is left out."""
    files, left_out = [], []
    for path in sorted(folder.glob("*.csv")):
        match = NAME.fullmatch(path.name)
        if match is None:
            left_out.append(f"{path.name}: its name does not say what made it")
        elif match["compiled"]:
            left_out.append(f"{path.name}: torch.compile is out of scope")
        else:
            version = match["torch"]
            files.append(
                MeasuredFile(
                    path,
                    MODES[match["kind"]],
                    match["format"] == "nhwc",
                    # `pt112` is 1.12, `pt240` is 2.4.0.
                    (1, int(version[1:])) if version[0] == "1" else (int(version[0]), int(version[1])),
                    match["gpu"],
                )
            )
    return files, left_out


def rows_of(file: MeasuredFile) -> ReadRows:
    """The rows of a file, each model and size once."""
    kind = "train" if file.mode == "training" else "infer"
    columns = "model", f"{kind}_img_size", f"{kind}_batch_size"
    with file.path.open(encoding="utf-8", newline="") as text:
        reader = csv.DictReader(text)
        missing = [name for name in columns if name not in (reader.fieldnames or ())]
        if missing:
            return ReadRows((), (f"no column {', '.join(missing)}",))
        rows: dict[tuple[str, int], MeasuredBatch] = {}
        faults = []
        for line, fields in enumerate(reader, 2):
            row = _row(*(fields[name] for name in columns))
            if row is None:
                faults.append(f"line {line}: no model, size and batch")
            elif rows.setdefault((row.model, row.size), row) is not row:
                faults.append(f"line {line}: {row.model} at {row.size} again")
    return ReadRows(tuple(rows.values()), tuple(faults))


def _row(model: str | None, size: str | None, batch: str | None) -> MeasuredBatch | None:
    whole = [int(text) if text and text.isascii() and text.isdigit() else 0 for text in (size, batch)]
    return MeasuredBatch(model, *whole) if model and min(whole) > 0 else None
