"""One line each."""

import re

from tests.render._formats import render
from tests.render.findings._cases import EVERY, SOURCES

LINE = re.compile(r"(.+?):(\d+):(\d+): (error|warning|info) ([A-Z]\d{3}) (.+) \[([a-z-]+)\]")


def test_is_one_line_each_with_place_severity_code_and_name() -> None:
    lines = "".join(render(EVERY, SOURCES, "concise")).splitlines()
    assert len(lines) == len(EVERY)
    for line, item in zip(lines, EVERY, strict=True):
        match = LINE.fullmatch(line)
        assert match is not None
        assert match[1] + match[2] + match[3] == f"{item.span.file}{item.span.line}{item.span.column}" or (
            # A colon in the file's name: what reads a line from its start can't know.
            item.span.file == "base,100%:a.yaml"
        )
        assert (match[4], match[5], match[7]) == (item.severity.word, item.code, item.name)
