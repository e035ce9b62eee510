"""Diagnostics, their places, and the edits that fix them."""

import pytest

from cnncalc.diagnostic import Diagnostic, DiagnosticKind, Edit, Fix, Note, Severity, Span, edited

FAULT = DiagnosticKind("X001", "broken", Severity.ERROR, "What.", "Why.", "invalid", "valid")
PLACE = Span("net.yaml", 2, 3, 2, 7)


def test_severities_are_in_order() -> None:
    assert Severity.INFO < Severity.WARNING < Severity.ERROR
    assert [severity.word for severity in Severity] == ["info", "warning", "error"]


class TestAt:
    def test_gives_a_diagnostic_of_the_fault(self) -> None:
        diagnostic = FAULT.at(PLACE, "4 is not 5", notes=["one", Note("two", PLACE)], help="write 5")
        assert (diagnostic.code, diagnostic.name, diagnostic.severity, diagnostic.message) == (
            "X001",
            "broken",
            Severity.ERROR,
            "4 is not 5",
        )
        assert diagnostic.notes == (Note("one"), Note("two", PLACE))
        assert (diagnostic.span, diagnostic.help, diagnostic.fixes) == (PLACE, "write 5", ())

    def test_can_be_more_or_less_severe(self) -> None:
        assert FAULT.at(PLACE, "so", severity=Severity.INFO).severity is Severity.INFO

    def test_more_notes_come_after(self) -> None:
        diagnostic = FAULT.at(PLACE, "so", notes=["one"]).with_notes(Note("two"), Note("three"))
        assert [note.text for note in diagnostic.notes] == ["one", "two", "three"]


def test_diagnostics_are_ordered_by_place_then_code() -> None:
    def diagnostic(file: str, line: int, column: int, message: str = "") -> Diagnostic:
        return FAULT.at(Span(file, line, column, line, column + 1), message)

    ordered = [
        diagnostic("a", 1, 2),
        diagnostic("a", 1, 10),
        diagnostic("a", 2, 1),
        diagnostic("a", 10, 1),
        diagnostic("b", 1, 1, "a"),
        diagnostic("b", 1, 1, "b"),
    ]
    backwards = ordered[::-1]
    assert sorted(backwards, key=lambda item: item.order) == ordered


class TestEdited:
    TEXT = "one two\nthree\n\nfour"

    @pytest.mark.parametrize(
        ("span", "text", "result"),
        [
            ((1, 5, 1, 8), "2", "one 2\nthree\n\nfour"),
            ((1, 1, 1, 1), "# ", "# one two\nthree\n\nfour"),
            ((1, 8, 2, 1), " ", "one two three\n\nfour"),
            ((2, 1, 3, 1), "", "one two\n\nfour"),
            ((3, 1, 3, 1), "3", "one two\nthree\n3\nfour"),
            ((4, 5, 4, 5), " five", "one two\nthree\n\nfour five"),
            ((1, 1, 4, 5), "", ""),
        ],
    )
    def test_one_place(self, span: tuple[int, int, int, int], text: str, result: str) -> None:
        assert edited(self.TEXT, Fix("", (Edit(Span("", *span), text),))) == result

    def test_several_places_in_any_order(self) -> None:
        edits = (
            Edit(Span("", 1, 1, 1, 4), "1"),
            Edit(Span("", 4, 1, 4, 5), "4"),
            Edit(Span("", 2, 1, 2, 6), "3"),
        )
        for order in (edits, edits[::-1]):
            assert edited(self.TEXT, Fix("", order)) == "1 two\n3\n\n4"

    def test_columns_are_characters(self) -> None:
        assert edited("é網 x\n", Fix("", (Edit(Span("", 1, 4, 1, 5), "y"),))) == "é網 y\n"
