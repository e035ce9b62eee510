"""Tallies of a made-up file: what is right, what is missed, and what has no network."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import cnncalc
from benchmarks._measured.compare import Tally, compared, room, setup_of
from benchmarks._measured.networks import SHIPPED, ImportedModels, MeasuredNetwork, networks, shipped
from benchmarks._measured.rows import MeasuredBatch, MeasuredFile, ReadRows
from cnncalc import zoo
from cnncalc.memory import MOST

GIB = 2**30
TRAIN = MeasuredFile(Path("train.csv"), "training", True, (1, 12), "rtx3090")
INFER = MeasuredFile(Path("infer.csv"), "inference", False, (2, 4), "rtx4090")
SPEC = (
    "cnncalc: 1\ninput: 64x64x3\nlayers:\n  - conv: {filters: 64, kernel: 3, padding: 1, act: relu}\n"
    "  - global_avgpool\n  - fc: 10\n"
)


def small(row: MeasuredBatch, mode: str) -> Iterator[MeasuredNetwork]:
    """A network for the rows of `small`, none for others."""
    if row.model == "small":
        yield MeasuredNetwork("zoo", cnncalc.load(SPEC, mode=mode))


def test_right_and_missed_are_counted_with_both_answers() -> None:
    read = ReadRows((MeasuredBatch("small", 64, 16), MeasuredBatch("large", 64, 1024)), ("line 9: bad",))
    result = compared(INFER, read, small)
    assert (result["rows"], result["unreadable"], result["without_network"]) == (2, 1, 1)
    for answer in ("safe", "optimistic"):
        counted = result["zoo"][answer]
        assert counted["given"] == {"right": 1, "of": 1, "share": 1.0, "missed": []}
        # 24 images of it fit any card: the row says otherwise.
        assert counted["next"] == {"right": 0, "of": 1, "share": 0.0, "missed": ["small@64"]}
    assert result["imported"]["safe"]["given"] == {"right": 0, "of": 0, "share": None, "missed": []}


def test_a_row_at_the_first_step_has_no_larger_one() -> None:
    result = compared(TRAIN, ReadRows((MeasuredBatch("small", 64, 8),), ()), small)
    assert result["zoo"]["safe"]["next"]["of"] == 0


def test_the_run_is_what_made_the_row() -> None:
    gpu, usable = room(TRAIN)
    assert gpu.name == "GeForce RTX 3090"
    # What CUDA sees of it, less the context with all kernels.
    assert 22 * GIB < usable < 22.2 * GIB
    setup = setup_of(TRAIN, gpu)
    assert (setup.mode, setup.autocast, setup.channels_last) == ("training", "float16", True)
    assert (setup.optimizer, setup.options, setup.torch) == ("sgd", {"momentum": 0.9}, (1, 12))
    assert (setup.capability, setup.workspaces) == ((8, 6), MOST)
    assert setup_of(INFER, gpu).options == {}


def test_an_unknown_gpu_is_an_error() -> None:
    with pytest.raises(ValueError, match="gtx1"):
        room(TRAIN._replace(gpu="gtx1"))


def test_tallies_add_up() -> None:
    tally = Tally().plus("a", right=True).plus("b", right=False)
    assert tally == Tally(1, 2, ("b",))
    assert tally.asdict()["share"] == 0.5


def test_every_name_is_of_a_shipped_spec() -> None:
    assert set(SHIPPED.values()) <= set(zoo.names())


def test_a_shipped_spec_has_the_size_of_the_row() -> None:
    graph = shipped(MeasuredBatch("resnet50", 160, 8), "inference")
    assert graph is not None
    assert str(graph.inputs[0].shape) == "160x160x3"
    assert shipped(MeasuredBatch("unheard_of", 160, 8), "inference") is None


def test_models_of_the_test_and_those_that_fail_are_not_imported(tmp_path: Path) -> None:
    models = ImportedModels(tmp_path)
    assert models.graph(MeasuredBatch("unheard_of", 32, 8), "inference") is None
    assert list(tmp_path.iterdir()) == []


def test_an_imported_spec_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def text(self: ImportedModels, name: str, size: int) -> str:
        asked.append(name)
        if name == "failed":
            raise ValueError("no such model")
        return SPEC

    monkeypatch.setattr(ImportedModels, "_text", text)
    models = ImportedModels(tmp_path)
    for _ in range(2):
        assert [
            network.source for network in networks(MeasuredBatch("any.set", 64, 8), "training", models)
        ] == ["imported"]
        assert models.graph(MeasuredBatch("failed", 64, 8), "training") is None
    assert asked == ["any", "failed"]
