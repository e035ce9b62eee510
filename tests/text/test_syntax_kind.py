"""Marks and characters say at which kind of mistake PyYAML stopped, never its sentences."""

import yaml

from cnncalc.text import from_text
from cnncalc.text._parsers import parser
from cnncalc.text._syntax import syntax_fault
from cnncalc.text._syntax_kind import SyntaxKind, syntax_kind
from tests._each import each

TEXTS = [
    (SyntaxKind.BAD_START, "a: @b\n"),
    (SyntaxKind.BAD_START, "a: `b`\n"),
    (SyntaxKind.BAD_START, "a: [|b]\n"),
    (SyntaxKind.COLON_BEFORE_BRACKET, "a: [b:]\n"),
    (SyntaxKind.COLON_BEFORE_BRACKET, "a: {b:{c: 1}}\n"),
    (SyntaxKind.COLON_BEFORE_BRACKET, "a: [b,\n    c:]\n"),
    (SyntaxKind.COLON_WITHOUT_KEY, "a: b: c\n"),
    (SyntaxKind.QUESTION_MARK, "a: ? b\n"),
    (SyntaxKind.DASH, "a: - b\n"),
    (SyntaxKind.KEY_WITHOUT_COLON, "a: 1\nb\nc: 2\n"),
    (SyntaxKind.KEY_WITHOUT_COLON, 'a: 1\n"b"\nc: 2\n'),
    (SyntaxKind.KEY_WITHOUT_COLON, "a: 1\n&b\n"),
    (SyntaxKind.OPEN_QUOTE, 'a: "b\n'),
    (SyntaxKind.OPEN_QUOTE, "a: 'b\n---\nc: 1\n"),
    (SyntaxKind.ESCAPE, 'a: "\\q"\n'),
    (SyntaxKind.ESCAPE, 'a: "\\xzz"\n'),
    (SyntaxKind.NO_NAME, "a: &\n"),
    (SyntaxKind.NO_NAME, "a: *[b]\n"),
    (SyntaxKind.BLOCK_TEXT, "a: |b\n  c\n"),
    (SyntaxKind.BLOCK_TEXT, "a: >0\n  c\n"),
    (SyntaxKind.OPEN_LIST, "a: [b, c\n"),
    (SyntaxKind.OPEN_LIST, 'a: [b, "]"\nc: 1\n'),
    (SyntaxKind.OPEN_MAPPING, "a: {b: 1\nc: 2\n"),
    (SyntaxKind.NOT_AN_ENTRY, 'a: "b" c\n'),
    (SyntaxKind.NOT_AN_ENTRY, "{}b: c\n"),
    (SyntaxKind.NOT_AN_ITEM, "- a\nb: 1\n"),
    (SyntaxKind.NO_VALUE, "a: [b, , c]\n"),
    (SyntaxKind.TAG_HANDLE, "a: !b!c d\n"),
    (SyntaxKind.BAD_TAG, "a: [!<b]\n"),
    (SyntaxKind.AFTER_THE_END, "[a]\n]\n"),
]


def stopped(text: str, *, pure: bool) -> yaml.MarkedYAMLError | None:
    """What PyYAML raises for a text."""
    events = parser(text, pure)
    try:
        while type(events.get_event()) is not yaml.StreamEndEvent:
            pass
    except yaml.MarkedYAMLError as error:
        return error
    return None


@each("pure", [False, True], ids=["libyaml", "pure"])
@each(("kind", "text"), TEXTS)
def test_is_the_same_for_both_parsers(kind: SyntaxKind, text: str, pure: bool) -> None:
    error = stopped(text, pure=pure)
    assert error is not None
    assert syntax_kind(error, text) is kind


def test_every_kind_is_shown() -> None:
    assert {kind for kind, _ in TEXTS} == set(SyntaxKind) - {SyntaxKind.OTHER}


@each("pure", [False, True], ids=["libyaml", "pure"])
@each(("kind", "text"), TEXTS)
def test_the_words_of_pyyaml_are_not_read(kind: SyntaxKind, text: str, pure: bool) -> None:
    error = stopped(text, pure=pure)
    assert error is not None
    source, _ = from_text(text)
    assert source is not None
    report = syntax_fault(error, source)
    silent = type(error)("?", error.context_mark, "?", error.problem_mark)
    assert syntax_fault(silent, source) == report
    assert "not YAML" not in report.message
