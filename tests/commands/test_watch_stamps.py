"""When `--watch` reads a file again: whenever it may have changed."""

import os
from pathlib import Path

import pytest

from cnncalc.commands._watch import GRAIN, stamps, stamps_as_read

BEGAN = 1_000_000_000_000_000_000


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "base.yaml"
    path.write_text("cnncalc: 1\n")
    written_at(path, BEGAN - 2 * GRAIN)
    return path


def written_at(path: Path, nanoseconds: int) -> None:
    os.utime(path, ns=(nanoseconds, nanoseconds))


def test_nothing_has_changed(file: Path) -> None:
    files = [str(file)]
    assert stamps_as_read(files, stamps(files), BEGAN) == stamps(files)


def test_a_file_that_was_not_known_before_is_as_old_as_it_says(file: Path) -> None:
    assert stamps_as_read([str(file)], (), BEGAN) == stamps([str(file)])


@pytest.mark.parametrize("later", [-GRAIN, 0, GRAIN])
def test_a_file_that_was_not_known_before_is_written_meanwhile(file: Path, later: int) -> None:
    written_at(file, BEGAN + later)
    assert stamps_as_read([str(file)], (), BEGAN) is None


def test_a_known_file_is_written_meanwhile(file: Path) -> None:
    before = stamps([str(file)])
    written_at(file, BEGAN + 1)
    assert stamps_as_read([str(file)], before, BEGAN) is None


def test_a_known_file_that_is_young_is_not_a_reason_to_read_again(file: Path) -> None:
    written_at(file, BEGAN)
    before = stamps([str(file)])
    assert stamps_as_read([str(file)], before, BEGAN) == before


def test_a_known_file_vanishes(file: Path) -> None:
    before = stamps([str(file)])
    file.unlink()
    assert stamps_as_read([str(file)], before, BEGAN) is None


def test_a_file_that_is_not_there_is_nothing_to_wait_for(tmp_path: Path) -> None:
    assert stamps_as_read([str(tmp_path / "none.yaml")], (), BEGAN) == ()
