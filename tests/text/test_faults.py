"""Every fault's examples: the invalid one shows it, the valid one shows nothing."""

import pytest

from cnncalc.diagnostic import Diagnostic, DiagnosticKind, edited
from cnncalc.text import from_text, load
from cnncalc.text.faults import FAULTS
from tests._each import each

SHOWN = [pytest.param(fault, id=fault.name) for fault in FAULTS if fault.invalid]


def diagnostics(text: str, pure: bool = False) -> tuple[Diagnostic, ...]:
    source, diagnostics = from_text(text)
    assert source is not None
    return diagnostics + load(source, pure=pure)[1]


@each("pure", [False, True])
@each("fault", SHOWN)
def test_the_invalid_example_shows_the_fault_and_no_other(fault: DiagnosticKind, pure: bool) -> None:
    assert {diagnostic.code for diagnostic in diagnostics(fault.invalid, pure)} == {fault.code}


@each("fault", SHOWN)
def test_the_valid_example_shows_nothing(fault: DiagnosticKind) -> None:
    assert diagnostics(fault.valid) == ()


@each("fault", SHOWN)
def test_every_fix_works(fault: DiagnosticKind) -> None:
    for diagnostic in diagnostics(fault.invalid):
        for fix in diagnostic.fixes:
            assert diagnostics(edited(fault.invalid, fix)) == ()


def test_codes_and_names_are_distinct() -> None:
    assert len({fault.code for fault in FAULTS}) == len({fault.name for fault in FAULTS}) == len(FAULTS)


def test_every_fault_says_what_and_why() -> None:
    for fault in FAULTS:
        assert fault.what.endswith("."), fault.code
        assert fault.why.endswith("."), fault.code
