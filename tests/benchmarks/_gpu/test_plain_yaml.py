"""Where PyYAML is missing, the shipped specs are read all the same: the same events, at the same places."""

from pathlib import Path
from typing import Any

import pytest
from yaml.reader import Reader
from yaml.scanner import Scanner

from benchmarks._bench import ROOT
from benchmarks._gpu.plain_yaml import MarkedYAMLError, PlainParser, ScannerError
from cnncalc.text._parsers import parser

SHIPPED = sorted((*ROOT.glob("specs/*.yaml"), *ROOT.glob("cnncalc/std/*.yaml")))


def events(events: Any) -> list[tuple[object, ...]]:
    """The events of collections and scalars, with what a spec is read from."""
    read: list[tuple[object, ...]] = []
    while (name := type(event := events.get_event()).__name__) != "StreamEndEvent":
        place = (event.start_mark.line, event.start_mark.column, event.start_mark.index)
        if name == "ScalarEvent":
            read.append((name, event.value, event.style or "", *place))
        elif name.endswith("StartEvent") and "Document" not in name and "Stream" not in name:
            read.append((name, bool(event.flow_style), *place))
        elif name.startswith(("Mapping", "Sequence")):
            read.append((name,))
    return read


def test_shipped_specs_are_read_as_pyyaml_does() -> None:
    assert len(SHIPPED) > 100
    for file in SHIPPED:
        text = file.read_text(encoding="utf-8")
        assert events(PlainParser(text)) == events(parser(text, pure=False)), file.name


@pytest.mark.parametrize(
    "text",
    [
        "a: &b c\n",
        "a: *b\n",
        "a: |\n  b\n",
        "a: 'it''s'\n",
        'a: "\\n"\n',
        "a: 'b\n",
        "a: [b\n",
        "a: {b: c]\n",
        "a: b\n c: d\n",
        "a: 1\nb\n",
        "  a: 1\n b: 2\n",
        "? a\n",
        "[",
        "{a",
    ],
)
def test_what_these_specs_do_not_have_is_refused(text: str) -> None:
    with pytest.raises(ScannerError):
        events(PlainParser(text))


def test_an_empty_text_has_no_events() -> None:
    assert events(PlainParser("# nothing\n")) == events(PlainParser("")) == []


def test_what_is_refused_is_an_error_as_pyyaml_s() -> None:
    with pytest.raises(MarkedYAMLError) as caught:
        events(PlainParser("a:\n  [b"))
    assert (caught.value.problem_mark.line, caught.value.problem_mark.column) == (1, 4)


def test_pyyaml_is_used_where_it_is_installed() -> None:
    assert {Path(module.__module__).parts[0] for module in (Reader, Scanner)} == {
        "yaml.reader",
        "yaml.scanner",
    }
