"""docs/report.md: its commands work, and sizes that it names are those of the pages."""

import re
from pathlib import Path

import pytest

from tests.commands._program import run

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "report.md").read_text(encoding="utf-8")
LINES = re.findall(r"^cnncalc (report .+) -o [\w.]+$", TEXT, re.MULTILINE)


@pytest.mark.parametrize("line", LINES)
def test_every_command_writes_a_page(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "docs" / "examples")
    path = tmp_path / "page.html"
    assert run(*line.split(), "-o", path).status == ("alexnet_224" in line)
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("title", "name"),
    [("ResNet-50", "resnet50"), pytest.param("EfficientNet-B7", "efficientnet_b7", marks=pytest.mark.long)],
)
def test_sizes_are_those_of_the_pages(title: str, name: str, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    assert run("report", name, "-o", path).status == 0
    said = re.search(rf"{title} (?:takes )?(\d+) KB", TEXT)
    assert said is not None
    assert path.stat().st_size / 1000 == pytest.approx(int(said[1]), rel=0.1)
