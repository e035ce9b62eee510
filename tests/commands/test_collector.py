"""The collector of cycles is off for what ends soon, and on for what runs long or takes many specs."""

import gc
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from cnncalc.commands._check import PARALLEL, check_files
from cnncalc.commands._lint_options import LintRequest
from cnncalc.commands._outcome import CHECKING
from cnncalc.commands._watch import watch
from cnncalc.lint.settings import DEFAULT
from tests.commands._program import run

SPEC = "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 4, kernel: 3}\n"


@pytest.fixture(autouse=True)
def off() -> Iterator[None]:
    """As `cnncalc` starts."""
    was = gc.isenabled()
    gc.disable()
    yield
    (gc.enable if was else gc.disable)()


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "net.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return path


@pytest.mark.parametrize("command", ["inspect", "validate", "memory", "expand"])
def test_is_off_for_one_spec(spec: Path, command: str) -> None:
    assert run(command, spec).status == 0
    assert not gc.isenabled()


def test_is_on_for_fit(spec: Path) -> None:
    assert run("fit", spec, "--memory", "1GiB").status == 0
    assert gc.isenabled()


@pytest.mark.parametrize(("count", "on"), [(PARALLEL - 1, False), (PARALLEL, True)])
def test_is_on_for_many_specs(monkeypatch: pytest.MonkeyPatch, spec: Path, count: int, on: bool) -> None:
    from cnncalc.commands import _check

    monkeypatch.setattr(_check, "_processes", lambda files: 1)
    assert len(check_files([(spec, DEFAULT)] * count)) == count
    assert gc.isenabled() is on


def test_is_on_while_watching(monkeypatch: pytest.MonkeyPatch, spec: Path) -> None:
    from cnncalc.commands import _watch

    class Enough(Exception):
        pass

    def stop(*_: object) -> None:
        raise Enough

    monkeypatch.setattr(_watch, "_round", stop)
    with pytest.raises(Enough):
        watch((str(spec),), cast("LintRequest", SimpleNamespace(config=None, isolated=True)), CHECKING)
    assert gc.isenabled()
