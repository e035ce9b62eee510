"""Which diagnostics are reported."""

import pytest

import cnncalc
from cnncalc.diagnostic import DiagnosticKind, Severity
from cnncalc.rules import EVERYTHING, Choice, Selection, check


def fault(code: str, *, preview: bool = False) -> DiagnosticKind:
    return DiagnosticKind(code, "name", Severity.INFO, "", "", "", "", preview=preview)


CODES = ("S001", "S002", "D001", "D101")


@pytest.mark.parametrize(
    ("choices", "taken"),
    [
        ((), "S001 S002 D001 D101"),
        ((Choice(("S",)),), "S001 S002"),
        ((Choice(("D1", "S002")),), "S002 D101"),
        ((Choice(("ALL",), ignore=("S",)),), "D001 D101"),
        ((Choice(("ALL",), extend=("S001",), ignore=("S",)),), "S001 D001 D101"),
        ((Choice(("S001",), ignore=("S",)),), "S001"),
        ((Choice(("S",), ignore=("S001",)),), "S002"),
        ((Choice(("S",), ignore=("S",)),), ""),
        ((Choice(ignore=("D",)),), "S001 S002"),
        ((Choice(("S",)), Choice(extend=("D001",))), "S001 S002 D001"),
        ((Choice(("S",)), Choice(("D",))), "D001 D101"),
        ((Choice(ignore=("S001",)), Choice(("S",))), "S001 S002"),
        ((Choice(("S001",)), Choice(ignore=("S",))), ""),
        ((Choice(()),), ""),
    ],
)
def test_choices_follow_each_other(choices: tuple[Choice, ...], taken: str) -> None:
    selection = Selection(choices)
    assert [code for code in CODES if selection.takes(fault(code))] == taken.split()


def test_what_is_in_preview_is_reported_under_preview_alone() -> None:
    new = fault("D001", preview=True)
    assert not EVERYTHING.takes(new)
    assert not Selection((Choice(("D001",)),)).takes(new)
    assert Selection(preview=True).takes(new)
    assert not Selection((Choice(("S",)),), preview=True).takes(new)


def test_rules_that_are_not_selected_do_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    from cnncalc.rules.unused_layer import UnusedLayer

    text = "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: 3\n    name: a\n  - tanh\n  - relu:\n    from: a\n"
    analysis = cnncalc.analyse(cnncalc.load(text))
    assert {item.code for item in check(analysis)} >= {"G001"}
    monkeypatch.setattr(UnusedLayer, "check", None)
    assert check(analysis, Selection((Choice(("S",)),))) == ()
