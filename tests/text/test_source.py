"""Text comes in whole and clean, or is refused with its place."""

import os
from pathlib import Path

import pytest

from cnncalc.diagnostic import Severity, edited
from cnncalc.text import escaped, from_bytes, from_text, load, read
from cnncalc.text.source import LIMIT, REPEATS


def codes(codes: tuple) -> list[str]:
    return [diagnostic.code for diagnostic in codes]


def test_a_file_is_read_under_its_path(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_text("cnncalc: 1\nname: é\n")
    source, diagnostics = read(path)
    assert source is not None
    assert (source.name, source.path, diagnostics) == (str(path), str(path), ())
    assert (source.line(1), source.line(2), source.line(9)) == ("cnncalc: 1", "name: é", "")


@pytest.mark.parametrize("name", ["missing.yaml", ".", "missing/net.yaml", "a\0b"])
def test_a_path_that_cannot_be_read_is_reported(tmp_path: Path, name: str) -> None:
    source, diagnostics = read(tmp_path / name)
    assert source is None
    assert codes(diagnostics) == ["Y001"]
    assert "\0" not in diagnostics[0].message


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.touch(mode=0)
    assert "permission" in read(path)[1][0].message


@pytest.mark.parametrize("data", [b" " * 10_000_000, b"a" * 2_000_000, b"a" * (LIMIT + 1)])
def test_more_than_the_limit_is_not_read(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "net.yaml"
    path.write_bytes(data)
    for source, diagnostics in (read(path), from_bytes(data, "net.yaml"), from_text(data.decode())):
        assert source is None
        assert codes(diagnostics) == ["Y004"]
    assert f"{len(data):,}" in read(path)[1][0].message


def test_the_limit_itself_is_read() -> None:
    assert from_bytes(b"#" * LIMIT, "net.yaml")[1] == ()


def test_bytes_that_are_not_utf_8_are_shown_with_their_place() -> None:
    source, diagnostics = from_bytes(b"name: x\r\nsource: caf\xe9 au lait\n", "net.yaml")
    assert codes(diagnostics) == ["Y002"]
    assert diagnostics[0].span.start == (2, 12)
    assert "0xe9" in diagnostics[0].message
    assert source is not None
    assert load(source) == (None, ())


def test_utf_16_is_named() -> None:
    assert "UTF-16" in (from_bytes("cnncalc: 1".encode("utf-16"), "net.yaml")[1][0].help or "")


@pytest.mark.parametrize(
    ("character", "shown"),
    [
        ("\x00", "\\x00"),
        ("\x1b", "\\x1b"),
        ("\x7f", "\\x7f"),
        ("\x85", "\\x85"),
        ("\ud800", "\\ud800"),
        ("\u2028", "\\u2028"),
        ("\ufeff", "\\ufeff"),
        ("\uffff", "\\uffff"),
        ("\x0c", "\\x0c"),
    ],
)
def test_what_cannot_be_seen_is_refused_and_shown_escaped(character: str, shown: str) -> None:
    source, diagnostics = from_text(f"cnncalc: 1\nname: a{character}b\n")
    assert codes(diagnostics) == ["Y003"]
    assert shown in diagnostics[0].message
    assert diagnostics[0].span.start == (2, 8)
    assert source is not None
    assert load(source) == (None, ())


def test_many_of_them_are_counted() -> None:
    _, diagnostics = from_text("\0" * 1000)
    assert len(diagnostics) == REPEATS
    assert "990 more" in diagnostics[-1].notes[0].text


def test_emoji_and_accents_are_text() -> None:
    assert from_text("name: é 😀 漢\n")[1] == ()


@pytest.mark.parametrize("ending", ["\r\n", "\r"])
def test_other_line_endings_are_accepted_and_reported_once(ending: str) -> None:
    source, diagnostics = from_text(f"cnncalc: 1{ending}input: 3x3x3{ending}")
    assert [(diagnostic.code, diagnostic.severity) for diagnostic in diagnostics] == [
        ("Y018", Severity.WARNING)
    ]
    assert "2 of 2" in diagnostics[0].message
    assert source is not None
    assert source.text == "cnncalc: 1\ninput: 3x3x3\n"


@pytest.mark.parametrize("text", ["cnncalc: 1\nname: a\n", "cnncalc: 1", "\n"])
def test_a_byte_order_mark_is_stripped_reported_and_fixed(text: str) -> None:
    source, diagnostics = from_text("\ufeff" + text)
    assert source is not None
    assert (source.text, codes(diagnostics)) == (text, ["Y019"])
    (fix,) = diagnostics[0].fixes
    # The fix is right on the text as it stands in the file and on the text without its mark.
    assert edited("\ufeff" + text, fix) == edited(text, fix) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("conv", "conv"),
        ("\x1b[31m", "\\x1b[31m"),
        ("a\nb\tc", "a\\nb\\tc"),
        ("\u202e", "\\u202e"),
        ("😀", "😀"),
    ],
)
def test_escaped_text_is_fit_for_a_message(text: str, shown: str) -> None:
    assert escaped(text) == shown


def test_escaped_text_is_shortened() -> None:
    assert len(escaped("x" * 1000)) == 60
