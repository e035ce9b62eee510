"""Workflow commands, read as the runner reads them."""

import re

import pytest

from cnncalc.diagnostic import Diagnostic
from tests.render._formats import render
from tests.render.findings._cases import EVERY, FILE, SOURCES

COMMAND = re.compile(r"::(\w+) ([^:]*)::(.*)")


def read(item: Diagnostic) -> tuple[str, dict[str, str], str]:
    """A command, its properties and its message, as actions/runner unescapes them."""
    (line,) = "".join(render([item], SOURCES, "github")).splitlines()
    match = COMMAND.fullmatch(line)
    assert match is not None
    properties = dict(pair.split("=", 1) for pair in match[2].split(","))
    return match[1], {name: unescaped(value) for name, value in properties.items()}, unescaped(match[3])


def unescaped(text: str) -> str:
    for sign, code in ((",", "%2C"), (":", "%3A"), ("\n", "%0A"), ("\r", "%0D"), ("%", "%25")):
        text = text.replace(code, sign)
    return text


def test_a_message_has_its_notes_and_help_line_by_line() -> None:
    command, properties, message = read(EVERY[0])
    assert command == "error"
    assert properties["title"] == "X001 broken-thing"
    assert message.splitlines() == [
        '100% of "tea" & <cups>: 🍵',
        "note: two ends",
        "of a note",
        "note: the first is here (line 4)",
        "note: and line 1 here",
        "help: write `tea`, or: 'coffee'",
    ]


def test_columns_are_utf_16_and_only_of_one_line() -> None:
    _, properties, _ = read(EVERY[0])
    assert properties["file"] == FILE
    # `🍵` is before the end: one character, two code units.
    assert (properties["col"], properties["endColumn"]) == ("9", "13")
    _, properties, _ = read(EVERY[1])
    assert (properties["line"], properties["endLine"]) == ("4", "6")
    assert "col" not in properties


def test_severities_are_the_three_commands() -> None:
    assert [read(EVERY[index])[0] for index in (0, 1, 2)] == ["error", "warning", "notice"]


def test_a_file_may_have_what_ends_a_property() -> None:
    assert read(EVERY[5])[1]["file"] == "base,100%:a.yaml"


@pytest.mark.parametrize("item", EVERY)
def test_nothing_makes_a_second_command(item: Diagnostic) -> None:
    assert "".join(render([item], SOURCES, "github")).count("\n") == 1
