"""Findings on a narrow terminal: words are broken with an indent, lines of a spec are not, and styles stay."""

import os
import pty
import re
import subprocess

import pytest

from cnncalc import describe
from cnncalc.diagnostic import Diagnostic, Note, Severity, Span
from cnncalc.render.findings.text import render
from cnncalc.text import Source
from tests.commands._program import command, environment

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
    whole, broken = ("".join(render([ITEM], SOURCES, room)) for room in (None, width))
    assert broken.split() == whole.split()
    for line in broken.splitlines():
        assert len(line) <= width or line.startswith(("2 | ", "  | "))
    assert [line for line in whole.splitlines() if "|" in line] == [
        line for line in broken.splitlines() if "|" in line
    ]


def test_what_fits_stays_as_it_is() -> None:
    assert "".join(render([ITEM], SOURCES, 200)) == "".join(render([ITEM], SOURCES))


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
