"""Which browser is driven, and that none is skipped where one has to be there. These tests start none."""

import os
import sys
from pathlib import Path

import pytest

from tests.browser._finding import CHOSEN, NAMES, NEEDED, NoBrowser, browser_path


def test_a_browser_that_is_needed_is_there() -> None:
    """`.ci/run` says that there is a browser: then it is found, and no test of a page may be skipped."""
    if os.environ.get(NEEDED) != "1":
        pytest.skip(f"{NEEDED} is not 1: nothing says that there is a browser")
    path = browser_path()
    assert path is not None
    assert os.access(path, os.X_OK)


@pytest.fixture
def empty_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder of programs, with none in it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv(CHOSEN, raising=False)
    monkeypatch.delenv(NEEDED, raising=False)
    return tmp_path


def put(path: Path) -> str:
    """A program that does nothing."""
    path.write_text("#!/bin/sh\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def test_without_a_browser_there_is_none(empty_path: Path) -> None:
    assert browser_path() is None


def test_a_needed_browser_that_is_missing_is_a_fault(
    empty_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(NEEDED, "1")
    with pytest.raises(NoBrowser, match="none of chromium, chromium-browser, google-chrome is on the PATH"):
        browser_path()


@pytest.mark.skipif(sys.platform == "win32", reason="there a program ends in .exe")
class TestPrograms:
    @pytest.mark.parametrize("name", NAMES)
    def test_each_name_is_looked_for(self, empty_path: Path, name: str) -> None:
        program = put(empty_path / name)
        assert browser_path() == program

    def test_the_chosen_one_has_priority(self, empty_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        put(empty_path / "chromium")
        program = put(empty_path / "my-browser")
        for chosen in (program, "my-browser"):
            monkeypatch.setenv(CHOSEN, chosen)
            assert browser_path() == program

    def test_a_chosen_one_that_is_missing_is_a_fault(
        self, empty_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        put(empty_path / "chromium")
        monkeypatch.setenv(CHOSEN, "my-browser")
        with pytest.raises(NoBrowser, match="'my-browser', and there is no such program"):
            browser_path()
