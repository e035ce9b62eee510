"""Findings on a narrow terminal: words are broken with an indent, lines of a spec are not, and styles stay."""

import os
import pty
import re
import subprocess

import pytest

from cnncalc import describe
from cnncalc.diagnostic import Diagnostic, Note, Severity, Span
from cnncalc.text import Source
from tests.commands._program import command, environment
from tests.render._formats import render

TEXT = (
    "layers:\n  - conv: {filters: 64, kernel: 3, stride: 2, padding: 1, dilation: 1, groups: 1, norm: bn}\n"
)
WORDS = "some words that go on and on until a narrow terminal has no room for them on one line"
ITEM = Diagnostic(
    describe.faults()["S001"], Severity.ERROR, WORDS, Span("net.yaml", 2, 5, 2, 9), (Note(WORDS),), WORDS
)
SOURCES = {"net.yaml": Source("net.yaml", TEXT)}


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_words_are_broken_with_an_indent_and_nothing_is_lost(width: int) -> None:
    whole, broken = ("".join(render([ITEM], SOURCES, "text", room)) for room in (None, width))
    words = [
        [word for line in text.splitlines() if " | " not in line for word in line.split()]
        for text in (whole, broken)
    ]
    assert words[0] == words[1]
    for line in broken.splitlines():
        assert len(line) <= width


@pytest.mark.parametrize("width", [40, 60, 80])
@pytest.mark.parametrize("column", [5, 40, 80])
def test_a_line_of_a_spec_is_cut_around_its_caret(width: int, column: int) -> None:
    item = ITEM._replace(span=Span("net.yaml", 2, column, 2, column + 4))
    shown = [line for line in "".join(render([item], SOURCES, "text", width)).splitlines() if " | " in line]
    text, caret = shown[0].partition(" | ")[2], shown[1].partition(" | ")[2]
    assert text[caret.index("^") :].startswith(TEXT.splitlines()[1][column - 1 : column + 3])


def test_what_fits_stays_as_it_is() -> None:
    assert "".join(render([ITEM], SOURCES, "text", 200)) == "".join(render([ITEM], SOURCES, "text"))


def test_on_a_terminal_lines_are_broken_and_in_a_pipe_they_are_not() -> None:
    spec = b"cnncalc: 1\ninput: 224x224x3\nlayers:\n  - conv: {filters: 96, kernel: 11, stride: 4}\n"
    arguments = command("validate", "-")
    piped = subprocess.run(
        arguments, input=spec, capture_output=True, env=environment(COLUMNS="60")
    ).stdout.decode()
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        arguments,
        stdin=subprocess.PIPE,
        stdout=theirs,
        stderr=theirs,
        env=environment(COLUMNS="60", TERM="xterm", NO_COLOR="1"),
    ) as running:
        os.close(theirs)
        assert running.stdin is not None
        running.stdin.write(spec)
        running.stdin.close()
        shown = b""
        while True:
            try:
                data = os.read(ours, 4096)
            except OSError:
                break
            if not data:
                break
            shown += data
    os.close(ours)
    lines = re.sub(r"\x1b\[[0-9;]*m", "", shown.decode().replace("\r\n", "\n"))
    assert max(map(len, piped.splitlines())) > 60
    assert max(map(len, lines.splitlines())) <= 60
    assert lines.split() == piped.split()
