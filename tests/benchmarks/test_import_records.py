"""The benchmark of imports: a model is measured in its own process, and the record holds what its summary says."""

import json
from pathlib import Path

import pytest
from torch import Tensor, nn

from benchmarks._foreign import folder
from benchmarks._import_summary import summary
from benchmarks._imported import imported, measured
from benchmarks._models import DIVISOR, Model, by_turns, chosen, to_run

RECORD = Path(__file__).resolve().parents[2] / "benchmarks" / "results" / "import.json"


class Small(nn.Module):
    """A convolution and a norm."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.bn = nn.Conv2d(3, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.bn(self.conv(x)).relu()
        return y


def model(name: str = "own/small", make: object = Small, family: str = "own") -> Model:
    return Model(name, family, "convolutional", (3, 8, 8), make)  # type: ignore[arg-type]


def test_a_model_is_imported_and_compared() -> None:
    row = imported(model(), with_outputs=True)
    assert row["equal"] == {"parameters": True, "buffers": True, "macs": True, "shape": True}
    assert row["figures"]["parameters"] == [116, 116]
    assert row["folded"] == {"same_graph": True, "same_figures": True}
    assert row["proof"]["verdict"] == "proven"
    assert row["unknown"] == []


def fails() -> nn.Module:
    raise KeyError("no such model")


def test_a_failure_is_a_row(tmp_path: Path) -> None:
    row = measured(model(make=fails), tmp_path / "row.json", 60, "commit 1", with_outputs=False)
    assert "KeyError" in row["error"]
    assert row["cnncalc"] == "commit 1"


def hangs() -> nn.Module:
    while True:
        pass


def test_a_model_that_takes_too_long_has_failed(tmp_path: Path) -> None:
    row = measured(model(make=hangs), tmp_path / "row.json", 1, "commit 1", with_outputs=False)
    assert row["error"] == "timed out"
    counted = summary([row], {})["own convolutional"]
    assert (counted["models"], counted["failed"], counted["equal_share"]) == (1, 1, 0.0)


def test_which_models_are_looked_at() -> None:
    models = [
        model(f"own/{name}", family=family) for name, family in (("abc", "a"), ("abcd", "a"), ("abcdef", "b"))
    ]
    assert [item.name for item in chosen(iter(models), None, every=False)] == ["own/abc", "own/abcdef"]
    assert [item.name for item in chosen(iter(models), "*d*", every=True)] == ["own/abcd", "own/abcdef"]
    assert to_run(models, 1) == {"own/abc", "own/abcdef"}
    assert [item.name for item in by_turns(models)] == ["own/abc", "own/abcdef", "own/abcd"]


def test_a_folder_of_foreign_files(tmp_path: Path) -> None:
    (tmp_path / "small.cfg").write_text(
        "[net]\nwidth=8\nheight=8\nchannels=3\n[convolutional]\nfilters=4\nsize=3\npad=1\nactivation=linear\n",
        encoding="utf-8",
    )
    (tmp_path / "broken.cfg").write_text("[net]\nwidth=8\n[convolutional\n", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("no network", encoding="utf-8")
    (tmp_path / "solver.prototxt").write_text('net: "a.prototxt"\nbase_lr: 0.1\n', encoding="utf-8")
    (tmp_path / "unsized.prototxt").write_text(
        'layer { name: "d" type: "Data" top: "data" }\n'
        'layer { name: "f" type: "InnerProduct" bottom: "data" top: "f" inner_product_param { num_output: 2 } }\n',
        encoding="utf-8",
    )
    broken, small, solver, unsized = folder(tmp_path)
    assert "error" in broken
    assert not solver["network"]
    assert (unsized["given_input"], unsized["ok"]) == ("32x32x3", True)
    counted = summary([], {"mine": [broken, small, solver, unsized]})["files of mine"]
    assert (counted["files"], counted["networks"], counted["read_whole"]) == (4, 3, 2)
    assert (small["name"], small["ok"], small["params"], small["unknown"]) == ("small.cfg", True, 112, 0)


@pytest.mark.skipif(not RECORD.exists(), reason="no record is committed yet")
def test_the_record_is_what_its_rows_say() -> None:
    data = json.loads(RECORD.read_text(encoding="utf-8"))
    assert data["summary"] == summary(data["models"], data["files"])
    names = [row["name"] for row in data["models"]]
    assert len(names) == len(set(names))
    if not data["every"]:
        assert all(len(name.partition("/")[2]) % DIVISOR == 0 for name in names)
    assert {"processor", "python", "libraries", "cnncalc", "date"} <= data["made"].keys()
