"""The output of every format for programs, whole. tests/render/_golden.py says how to write the files again."""

import re
from pathlib import Path

import pytest

from cnncalc.render.formats import names
from cnncalc.render.json_text import UNSAFE
from tests.render._formats import render
from tests.render._golden import hold
from tests.render.findings._cases import EVERY, SOURCES

GOLDEN = Path(__file__).parent / "golden"
# Text for people is in tests/diagnostics, and its messages come escaped from where they are made.
FORMATS = [format for format in names("findings") if format != "text"]


@pytest.mark.parametrize("format", FORMATS)
def test_matches_its_golden_file(format: str) -> None:
    hold(GOLDEN / f"{format}.out", "".join(render(EVERY, SOURCES, format)))


@pytest.mark.parametrize("format", FORMATS)
def test_of_nothing_matches_its_golden_file(format: str) -> None:
    hold(GOLDEN / f"{format}-of-none.out", "".join(render([], {}, format)))


@pytest.mark.parametrize("format", names("findings"))
def test_needs_no_source(format: str) -> None:
    assert "".join(render(EVERY, {}, format))


@pytest.mark.parametrize("format", FORMATS)
def test_no_control_sequence_is_printed(format: str) -> None:
    text = "".join(render(EVERY, SOURCES, format))
    assert not re.search(f"[\0-\x09\x0b-\x1f]|{UNSAFE}", text)


def test_no_golden_file_is_left_over() -> None:
    named = {f"{format}{of}.out" for format in FORMATS for of in ("", "-of-none")}
    assert {file.name for file in GOLDEN.iterdir()} == named
