"""Rounds of fixes."""

import pytest

from cnncalc.diagnostic import Diagnostic, DiagnosticKind, Edit, Fix, Severity, Span
from cnncalc.lint.engine import CheckedSpec, check
from cnncalc.lint.fixing import fixed
from cnncalc.lint.moved import Mover
from cnncalc.lint.written import WrittenText
from cnncalc.spec import read_spec
from cnncalc.text import from_bytes

NAME = "net.yaml"
HEAD = "cnncalc: 1\ninput: 31x31x3\nlayers:\n"
KIND = DiagnosticKind("X001", "letter", Severity.WARNING, "", "", "", "")


def look(written: WrittenText) -> CheckedSpec:
    return check(read_spec(*from_bytes(written.encoded(), NAME)))


def corrected(text: str, *, unsafe: bool = False) -> str:
    return fixed(WrittenText(text), NAME, look, unsafe=unsafe).written.text


def test_only_safe_ones_unless_asked() -> None:
    text = f"{HEAD}  - conv: {{filters: 8, kernal: 4}}  # cnncalc: ignore[S999]\n"
    assert corrected(text) == text.replace("  # cnncalc: ignore[S999]", "")
    assert "kernel: 4" in corrected(text, unsafe=True)


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_and_marks_are_fixed_in_the_bytes(end: str) -> None:
    text = f"{HEAD}  - relu\n"
    after, fixes, left = fixed(WrittenText(text.replace("\n", end), True), NAME, look, unsafe=False)
    assert (after, left.findings) == (WrittenText(text), ())
    assert {item.code for item in fixes} == {"Y018", "Y019"}


def test_tabs() -> None:
    assert (
        corrected("cnncalc: 1\ninput: 8x8x3\nlayers:\n\t- relu\n")
        == "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - relu\n"
    )


def test_a_tab_hides_a_key_that_stands_twice() -> None:
    """Nothing is read before the tab is fixed: then the second key is found, and the fix has not caused it."""
    text = "cnncalc: 1\ninput: 8x8x3\nlayers:\n\t- relu\ninput: 9x9x3\n"
    after, fixes, left = fixed(WrittenText(text), NAME, look, unsafe=False)
    assert after.text == text.replace("\t", "  ")
    assert ([item.code for item in fixes], {item.code for item in left.findings}) == (["Y020"], {"Y012"})


def letters(text: str, *, liar: bool = False, error: bool = False) -> list[Diagnostic]:
    """A finding at every `a`, fixed by a `b` there; a `liar` does not fix it, `error` breaks something else."""
    diagnostics = []
    for column, letter in enumerate(text, 1):
        span = Span(NAME, 1, column, 1, column + 1)
        if letter == "a":
            new = "a" if liar else "c" if error else "b"
            diagnostics.append(KIND.at(span, f"{column}", fixes=[Fix(new, (Edit(span, new),), safe=True)]))
        elif letter == "c":
            diagnostics.append(KIND.at(span, "broken", severity=Severity.ERROR))
    return diagnostics


def test_those_that_touch_wait_for_the_next_round() -> None:
    seen: list[str] = []

    def looking(written: WrittenText) -> CheckedSpec:
        seen.append(written.text)
        return CheckedSpec(tuple(letters(written.text)), 0, 0)

    after, fixes, _ = fixed(WrittenText("aaxa"), NAME, looking, unsafe=False)
    assert (after.text, len(fixes)) == ("bbxb", 3)
    assert seen == ["aaxa", "baxb", "bbxb"]


@pytest.mark.parametrize("wrong", ["liar", "error"])
def test_one_that_does_not_work_is_undone(wrong: str) -> None:
    def looking(written: WrittenText) -> CheckedSpec:
        text = written.text
        wrongly = letters(text, liar=wrong == "liar", error=wrong == "error")[:1]
        return CheckedSpec((*wrongly, *letters(text)[1:]), 0, 0)

    after, fixes, left = fixed(WrittenText("axa"), NAME, looking, unsafe=False)
    assert (after.text, len(fixes), len(left.findings)) == ("axb", 1, 1)


def test_texts_do_not_come_back() -> None:
    """Two fixes that undo each other come to an end."""

    def looking(written: WrittenText) -> CheckedSpec:
        span = Span(NAME, 1, 1, 1, 2)
        other = "b" if written.text == "a" else "a"
        fix = Fix(other, (Edit(span, other),), safe=True)
        kind = KIND if other == "a" else KIND._replace(code="X002")
        return CheckedSpec((kind.at(span, other, fixes=[fix]),), 0, 0)

    assert len(fixed(WrittenText("a"), NAME, looking, unsafe=False).done) == 1


def test_edits_of_other_files_are_left() -> None:
    def looking(written: WrittenText) -> CheckedSpec:
        span = Span("base.yaml", 1, 1, 1, 2)
        return CheckedSpec((KIND.at(span, "", fixes=[Fix("", (Edit(span, "b"),), safe=True)]),), 0, 0)

    assert fixed(WrittenText("a"), NAME, looking, unsafe=False).done == ()


@pytest.mark.parametrize(
    ("place", "edits", "there"),
    [
        ((2, 5), [], (2, 5)),
        ((2, 5), [((1, 1, 1, 1), "x\n")], (3, 5)),
        ((2, 5), [((1, 1, 2, 1), "")], (1, 5)),
        ((2, 5), [((2, 1, 2, 3), "xxxx")], (2, 7)),
        ((2, 5), [((2, 6, 2, 7), "")], (2, 5)),
        ((2, 5), [((2, 5, 2, 7), "abc")], (2, 5)),
        ((2, 5), [((2, 5, 2, 5), "ab")], (2, 7)),
        ((2, 5), [((2, 3, 2, 9), "")], (2, 3)),
        ((2, 5), [((2, 2, 2, 2), "a\nb")], (3, 5)),
        ((3, 1), [((1, 4, 2, 2), ""), ((2, 3, 2, 3), "z")], (2, 1)),
    ],
)
def test_places_move(
    place: tuple[int, int], edits: list[tuple[tuple[int, int, int, int], str]], there: tuple[int, int]
) -> None:
    assert Mover(Edit(Span(NAME, *span), text) for span, text in edits).moved(place) == there
