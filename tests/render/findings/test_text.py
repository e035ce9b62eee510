"""Diagnostics as a person reads them: the place, the caret, what is cut, and no control sequences."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from cnncalc.diagnostic import Diagnostic, DiagnosticKind, Note, Severity, Span
from cnncalc.render.findings.text import EXCERPT, _cut
from cnncalc.render.formats import names
from cnncalc.text import Source
from tests.render._formats import render

FAULT = DiagnosticKind("X001", "broken", Severity.ERROR, "What.", "Why.", "", "")


def shown(
    text: str, span: Span, *notes: Note, help: str | None = None, severity: Severity = Severity.ERROR
) -> str:
    item = FAULT.at(span, "4 is not 5", notes=notes, help=help, severity=severity)
    return "".join(render([item], {"net.yaml": Source("net.yaml", text)}, "text"))


def span_at(line: int, column: int, end_column: int, end_line: int | None = None) -> Span:
    return Span("net.yaml", line, column, end_line or line, end_column)


def caret(text: str) -> tuple[str, str]:
    """The line shown, and what of it the carets stand under (one cell a character)."""
    line, under = re.findall(r"^ *(?:\d+)? \| (.*)$", text, re.MULTILINE)[:2]
    start = len(under) - len(under.lstrip())
    return line, line[start : len(under)]


def test_formats() -> None:
    assert {"json", "text"} <= set(names("findings"))


class TestParagraph:
    def test_has_the_fact_the_place_and_the_caret(self) -> None:
        assert shown("one\ntwo three\n", span_at(2, 5, 10)) == (
            "error[X001] broken: 4 is not 5\n --> net.yaml:2:5\n  |\n2 | two three\n  |     ^^^^^\n\n"
        )

    @pytest.mark.parametrize("severity", Severity)
    def test_begins_with_the_severity(self, severity: Severity) -> None:
        assert shown("one\n", span_at(1, 1, 2), severity=severity).startswith(f"{severity.word}[X001] ")

    def test_has_notes_and_help(self) -> None:
        text = shown("one\n", span_at(1, 1, 4), Note("why"), Note("and why"), help="do so")
        assert text.endswith("note: why\nnote: and why\nhelp: do so\n\n")

    def test_shows_the_place_of_a_note(self) -> None:
        text = shown("one\ntwo\n", span_at(2, 1, 4), Note("first here", span_at(1, 2, 3)))
        assert text.endswith("note: first here\n --> net.yaml:1:2\n  |\n1 | one\n  |  ^\n\n")

    def test_shows_no_place_that_the_note_already_has(self) -> None:
        assert shown("one\ntwo\n", span_at(2, 1, 4), Note("it is at line 1", span_at(1, 2, 3))).endswith(
            "note: it is at line 1\n\n"
        )

    def test_has_room_for_the_number_of_the_line(self) -> None:
        text = shown("\n" * 99 + "one\n", span_at(100, 1, 4))
        assert text.splitlines()[1:] == ["   --> net.yaml:100:1", "    |", "100 | one", "    | ^^^", ""]

    def test_without_its_text_has_the_place_alone(self) -> None:
        item = FAULT.at(span_at(1, 1, 2), "4 is not 5")
        assert "".join(render([item], {}, "text")) == "error[X001] broken: 4 is not 5\n --> net.yaml:1:1\n\n"

    def test_of_an_empty_line_or_none_has_no_excerpt(self) -> None:
        assert "|" not in shown("one\n\n", span_at(2, 1, 1))
        assert "|" not in shown("one\n", span_at(7, 1, 2))


class TestCaret:
    @pytest.mark.parametrize(
        ("span", "under"),
        [
            (span_at(1, 1, 4), "one"),
            (span_at(1, 5, 5), "t"),
            (span_at(1, 5, 1, 2), "two"),
            (span_at(1, 5, 99), "two"),
        ],
    )
    def test_stands_under_the_span(self, span: Span, under: str) -> None:
        assert caret(shown("one two\nthree\n", span)) == ("one two", under)

    def test_stands_after_the_line_where_something_is_missing(self) -> None:
        assert shown("one\n", span_at(1, 4, 4)).splitlines()[4] == "  |    ^"

    def test_goes_by_cells_under_wide_characters(self) -> None:
        lines = shown("網網 two\n", span_at(1, 4, 7)).splitlines()
        assert lines[3] == "1 | 網網 two"
        assert lines[4] == "  |      ^^^"
        assert shown("a網網b\n", span_at(1, 2, 4)).splitlines()[4] == "  |  ^^^^"

    def test_counts_no_cell_for_combining_characters(self) -> None:
        assert shown("e\u0301 x\n", span_at(1, 4, 5)).splitlines()[4] == "  |   ^"

    def test_takes_a_tab_for_one_blank(self) -> None:
        lines = shown("a:\tb\n", span_at(1, 4, 5)).splitlines()
        assert (lines[3], lines[4]) == ("1 | a: b", "  |    ^")


class TestLongLines:
    LINE = "".join(chr(ord("a") + index % 26) for index in range(1000))

    @pytest.mark.parametrize("column", [1, 20, 99, 100, 101, 500, 900, 999, 1000])
    def test_are_cut_around_the_caret(self, column: int) -> None:
        line, under = caret(shown(self.LINE + "\n", span_at(1, column, column + 1)))
        assert under == self.LINE[column - 1]
        assert len(line.strip("…")) == EXCERPT
        assert line.strip("…") in self.LINE
        assert line.startswith("…") is not self.LINE.startswith(line.strip("…"))
        assert line.endswith("…") is not self.LINE.endswith(line.strip("…"))

    def test_a_long_span_ends_with_the_excerpt(self) -> None:
        line, under = caret(shown(self.LINE + "\n", span_at(1, 300, 900)))
        assert line.strip("…").endswith(under)
        assert len(under) > EXCERPT // 2

    def test_as_long_as_the_excerpt_are_whole(self) -> None:
        line, _ = caret(shown(self.LINE[:EXCERPT] + "\n", span_at(1, 50, 51)))
        assert line == self.LINE[:EXCERPT]

    def test_of_megabytes_are_cut_quickly(self) -> None:
        assert len(shown("x" * 1_000_000 + "\n", span_at(1, 500_000, 500_001))) < 400

    @given(
        st.text(alphabet="ab 網\t\x1b", min_size=1, max_size=300), st.integers(1, 310), st.integers(0, 320)
    )
    def test_a_cut_is_whole_and_holds_the_span(self, line: str, column: int, length: int) -> None:
        cut, start, width = _cut(line, span_at(1, column, column + length))
        assert 0 <= start <= len(cut)
        assert width >= 1
        assert len(cut) <= EXCERPT + 2
        assert cut.isprintable()
        if column <= len(line) and line[column - 1] not in "\t\x1b":
            assert cut[start] == line[column - 1]


class TestWhatATerminalMayObey:
    @pytest.mark.parametrize("sign", ["\x1b", "\x07", "\r", "\x9b", "\u202e", "\u2028", "\u200f"])
    def test_is_not_in_an_excerpt(self, sign: str) -> None:
        text = shown(f"a{sign}[31mb\n", span_at(1, 1, 2))
        assert sign not in text
        assert "a\N{REPLACEMENT CHARACTER}[31mb" in text

    def test_markup_is_text(self) -> None:
        text = shown("[/red] [bold]x\n", span_at(1, 1, 7), Note("[/red]"), help="[link=x]y[/link]")
        for part in ("1 | [/red] [bold]x", "note: [/red]", "help: [link=x]y[/link]"):
            assert part in text


def test_several_are_paragraphs_one_after_another() -> None:
    items: list[Diagnostic] = [FAULT.at(span_at(line, 1, 2), "so") for line in (1, 2)]
    text = "".join(render(items, {"net.yaml": Source("net.yaml", "one\ntwo\n")}, "text"))
    assert text.count("error[X001]") == 2
    assert text.count("\n\n") == 2
    assert cell_len(text.splitlines()[0]) < 80
