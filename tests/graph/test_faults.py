"""Every fault of text, language, layers and graph: its examples, and its fixes."""

import pytest

import cnncalc
from cnncalc.diagnostic import Diagnostic, DiagnosticKind, Severity, edited
from cnncalc.graph import faults as graph_faults
from cnncalc.spec import faults as language_faults
from cnncalc.text import faults as text_faults
from cnncalc.vocabulary import field_faults, operand_faults, shape_faults, value_faults, window_faults
from tests._each import each

LAYER_FAULTS = (window_faults, shape_faults, operand_faults, value_faults, field_faults)
FAULTS = [
    fault
    for module in (text_faults, language_faults, *LAYER_FAULTS, graph_faults)
    for fault in vars(module).values()
    if isinstance(fault, DiagnosticKind)
]
# Faults that no text of a few lines can show, with the reason.
UNSHOWN = {
    "Y001": "there is no file to read",
    "Y002": "a str is text already",
    "Y004": "it takes a mebibyte of text",
    "Y007": "it takes 200,000 words",
}
SHOWN = [pytest.param(fault, id=fault.code) for fault in FAULTS if fault.code not in UNSHOWN]


def diagnostics(text: str) -> tuple[Diagnostic, ...]:
    return cnncalc.load(text).diagnostics


def errors(text: str) -> set[str]:
    return {item.code for item in diagnostics(text) if item.severity is Severity.ERROR}


def test_codes_and_names_are_distinct() -> None:
    assert len({fault.code for fault in FAULTS}) == len({fault.name for fault in FAULTS}) == len(FAULTS)


def test_only_what_no_text_can_show_lacks_an_example() -> None:
    assert {fault.code for fault in FAULTS if not fault.invalid} == set(UNSHOWN)


@each("fault", SHOWN)
def test_the_invalid_example_shows_the_fault_and_no_other_error(fault: DiagnosticKind) -> None:
    assert fault.code in {item.code for item in diagnostics(fault.invalid)}
    assert errors(fault.invalid) <= {fault.code}


@each("fault", SHOWN)
def test_the_valid_example_shows_neither_the_fault_nor_an_error(fault: DiagnosticKind) -> None:
    assert fault.code not in {item.code for item in diagnostics(fault.valid)}
    assert not errors(fault.valid)


@each("fault", SHOWN)
def test_every_fix_removes_its_diagnostic(fault: DiagnosticKind) -> None:
    # Places are those of the text as it is read: without carriage returns.
    text = fault.invalid.replace("\r\n", "\n")
    for item in diagnostics(text):
        for fix in item.fixes:
            after = edited(text, fix)
            left = [(diagnostic.code, diagnostic.span.start) for diagnostic in diagnostics(after)]
            assert (item.code, item.span.start) not in left, f"{fix.text}:\n{after}"


@each("fault", SHOWN)
def test_the_examples_say_where_it_is(fault: DiagnosticKind) -> None:
    lines = fault.invalid.splitlines()
    for item in diagnostics(fault.invalid):
        assert item.message
        assert 1 <= item.span.line <= len(lines) + 1
        assert item.span.start <= (item.span.end_line, item.span.end_column)
