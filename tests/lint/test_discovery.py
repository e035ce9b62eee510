"""The nearest configuration above a file is its own."""

from pathlib import Path

import pytest

from cnncalc.lint.discovery import Finder
from cnncalc.lint.settings import DEFAULT, NO_CONFIG, BadConfig, GivenOptions


def put(folder: Path, text: str, name: str = "cnncalc.toml") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


def strict(folder: Path, file: str) -> bool:
    return Finder(GivenOptions()).settings(folder / file).strict


def test_without_any_it_is_the_default(tmp_path: Path) -> None:
    assert Finder(GivenOptions()).settings(tmp_path / "net.yaml") is DEFAULT


def test_the_nearest_counts(tmp_path: Path) -> None:
    put(tmp_path, "strict = true")
    put(tmp_path / "sub", "preview = true")
    assert strict(tmp_path, "net.yaml")
    assert strict(tmp_path, "other/net.yaml")
    assert not strict(tmp_path, "sub/net.yaml")
    assert not strict(tmp_path, "sub/deep/net.yaml")


def test_a_pyproject_that_holds_none_is_skipped(tmp_path: Path) -> None:
    put(tmp_path, "strict = true")
    put(tmp_path / "sub", "[tool.ruff]\nline-length = 3", "pyproject.toml")
    assert strict(tmp_path, "sub/net.yaml")
    put(tmp_path / "sub", "[tool.cnncalc]", "pyproject.toml")
    assert not strict(tmp_path, "sub/net.yaml")


def test_of_two_in_a_folder_its_own_file_counts(tmp_path: Path) -> None:
    put(tmp_path, "[tool.cnncalc]\nstrict = true", "pyproject.toml")
    assert strict(tmp_path, "net.yaml")
    put(tmp_path, "strict = false")
    assert not strict(tmp_path, "net.yaml")


def test_one_for_all_is_the_only_one(tmp_path: Path) -> None:
    put(tmp_path, "strict = true")
    assert Finder(GivenOptions(), NO_CONFIG).settings(tmp_path / "net.yaml") is DEFAULT


def test_a_broken_one_is_found_for_its_files_alone(tmp_path: Path) -> None:
    put(tmp_path / "sub", "strict = ")
    finder = Finder(GivenOptions())
    assert finder.settings(tmp_path / "net.yaml") is DEFAULT
    with pytest.raises(BadConfig):
        finder.settings(tmp_path / "sub" / "net.yaml")


def test_files_of_the_same_patterns_share_their_settings(tmp_path: Path) -> None:
    put(tmp_path, '[per-file."a*"]\nignore = ["D"]')
    finder = Finder(GivenOptions())
    settings = [finder.settings(tmp_path / name) for name in ("a1.yaml", "a2.yaml", "b.yaml")]
    assert settings[0] is settings[1]
    assert settings[0] != settings[2]


def test_exclude_is_of_paths_from_the_configuration(tmp_path: Path) -> None:
    put(tmp_path, 'exclude = ["old/*.yaml", "drafts"]')
    finder = Finder(GivenOptions())
    paths = ("old/a.yaml", "x/old/a.yaml", "drafts", "x/drafts/y/a.yaml")
    excluded = [path for path in paths if finder.excluded(tmp_path / path)]
    assert excluded == ["old/a.yaml", "drafts", "x/drafts/y/a.yaml"]
