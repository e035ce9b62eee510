"""Translated pages show the same specs, commands and output as the English ones."""

import re
from pathlib import Path

import pytest

from docs.regions import REGION, WRITTEN
from tests.docs._pages import ROOT, name

FOLDER = ROOT / "docs" / "ko"
PAIRS = [
    (path, ROOT / "docs" / path.name) for path in sorted(FOLDER.glob("*.md")) if path.name != "README.md"
]
COMMAND = re.compile(r"`(cnncalc [^`]+)`")
COMMENT = re.compile(r" *# .*$", re.MULTILINE)


def test_what_is_promised_is_there() -> None:
    assert {path.name for path in FOLDER.glob("*.md")} == {"README.md", "tutorial.md", "cheat-sheet.md"}


@pytest.mark.parametrize(("translated", "original"), PAIRS, ids=lambda path: name(path))
def test_files_and_output_are_those_of_the_original(translated: Path, original: Path) -> None:
    here, there = (path.read_text(encoding="utf-8") for path in (translated, original))
    for pattern in (WRITTEN, REGION):
        assert [match[0] for match in pattern.finditer(here)] == [
            match[0] for match in pattern.finditer(there)
        ]


@pytest.mark.parametrize(("translated", "original"), PAIRS, ids=lambda path: name(path))
def test_specs_differ_in_comments_alone(translated: Path, original: Path) -> None:
    here, there = (
        re.findall(r"```yaml\n(.*?)^```$", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
        for path in (translated, original)
    )
    assert [COMMENT.sub("", block) for block in here] == [COMMENT.sub("", block) for block in there]


def test_the_cheat_sheets_name_the_same_commands() -> None:
    here, there = (
        path.read_text(encoding="utf-8") for path in (FOLDER / "cheat-sheet.md", ROOT / "docs/cheat-sheet.md")
    )
    assert COMMAND.findall(here) == COMMAND.findall(there)
