"""Bars: as long as their part of the largest, in blocks and in ASCII."""

import pytest

from cnncalc.render.bars import ASCII, BLOCKS, Ink, bar


def test_grows_by_eighths() -> None:
    assert [bar(value, 16, 2, BLOCKS) for value in (0, 1, 8, 9, 16)] == ["", "▏", "█", "█▏", "██"]


def test_in_ascii() -> None:
    assert [bar(value, 16, 2, ASCII) for value in (0, 1, 8, 9, 16)] == ["", "#", "#", "##", "##"]


@pytest.mark.parametrize("ink", [BLOCKS, ASCII])
def test_what_is_there_is_seen_and_nothing_is_too_long(ink: Ink) -> None:
    assert len(bar(1, 10**30, 30, ink)) == 1
    assert len(bar(10**30, 10**30, 30, ink)) == 30
    assert bar(0, 0, 30, ink) == ""
