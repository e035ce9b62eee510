"""Diagnostics as JSON."""

import json

from cnncalc.diagnostic import DiagnosticKind, Edit, Fix, Note, Severity, Span
from tests.render._formats import render

FAULT = DiagnosticKind("X001", "broken-thing", Severity.WARNING, "What.", "Why.", "", "")
SPAN = Span("net.yaml", 2, 3, 2, 7)


def test_has_every_field() -> None:
    item = FAULT.at(
        SPAN,
        "4 is not 5",
        notes=[Note("why"), Note("here", SPAN)],
        help="do so",
        fixes=[Fix("five", (Edit(SPAN, "5"),))],
    )
    (data,) = json.loads("".join(render([item], {}, "json")))["diagnostics"]
    assert data == {
        "code": "X001",
        "name": "broken-thing",
        "severity": "warning",
        "message": "4 is not 5",
        "file": "net.yaml",
        "line": 2,
        "column": 3,
        "end_line": 2,
        "end_column": 7,
        "notes": [{"text": "why"}, {"text": "here", "line": 2, "column": 3, "file": "net.yaml"}],
        "help": "do so",
        "fixes": [
            {
                "text": "five",
                "edits": [
                    {"file": "net.yaml", "line": 2, "column": 3, "end_line": 2, "end_column": 7, "text": "5"}
                ],
            }
        ],
        "url": "https://github.com/cnncalc/cnncalc/blob/main/docs/diagnostics/X001.md",
    }


def test_of_none_is_an_empty_list() -> None:
    assert json.loads("".join(render([], {}, "json"))) == {"version": 1, "diagnostics": []}


def test_other_scripts_are_themselves_and_what_cannot_be_seen_is_escaped() -> None:
    text = "".join(render([FAULT.at(SPAN, "網 \u202e \x9b \x7f")], {}, "json"))
    assert "網" in text
    assert json.loads(text)["diagnostics"][0]["message"] == "網 \u202e \x9b \x7f"
    for sign in "\u202e\x9b\x7f":
        assert sign not in text
