"""The top level of a document: its keys and its version."""

import pytest

import cnncalc


def places(text: str) -> list[tuple[str, int, int]]:
    """Code, line and column of every diagnostic."""
    return [(item.code, *item.span.start) for item in cnncalc.load(text).diagnostics]


def test_name_and_source() -> None:
    spec = cnncalc.load("cnncalc: 1\nname: Net 3\nsource: me, 2024\ninput: 8x8x3\nlayers: [relu]\n").spec
    assert (spec.name, spec.origin, spec.file) == ("Net 3", "me, 2024", "<text>")
    assert cnncalc.load("cnncalc: 1\nname:\ninput: 8x8x3\nlayers: [relu]\n").spec.name == ""


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("input: 8x8x3\nlayers: [relu]\n", ("L004", 1, 1)),
        ("cnncalc: 2\ninput: 8x8x3\nlayers: [relu]\n", ("L005", 1, 10)),
        ("cnncalc: '1'\ninput: 8x8x3\nlayers: [relu]\n", ("L005", 1, 10)),
        ("cnncalc: true\ninput: 8x8x3\nlayers: [relu]\n", ("L005", 1, 10)),
        ("cnncalc: [1]\ninput: 8x8x3\nlayers: [relu]\n", ("L005", 1, 10)),
        ("cnncalc: 1\nlayers: [relu]\n", ("L004", 1, 1)),
        ("cnncalc: 1\ninput: 8x8x3\n", ("L004", 1, 1)),
        ("cnncalc: 1\ninput: 8x8x3\nlayers: []\n", ("L004", 3, 1)),
        ("cnncalc: 1\ninput: 8x8x3\nlayers:\n", ("L004", 3, 1)),
        ("cnncalc: 1\ninput: 8x8x3\nlayers: relu\n", ("L003", 3, 9)),
        ("cnncalc: 1\ninput: 8x8x3\nlayers: {conv: 3}\n", ("L003", 3, 10)),
        ("cnncalc: 1\ninput: 8x8x3\nlayer: [relu]\nlayers: [relu]\n", ("L001", 3, 1)),
        ("cnncalc: 1\nname: [a]\ninput: 8x8x3\nlayers: [relu]\n", ("L003", 2, 7)),
        ("cnncalc: 1\nsource: {a: b}\ninput: 8x8x3\nlayers: [relu]\n", ("L003", 2, 9)),
        ("cnncalc: 1\ninput: 8x8x3\ndefaults: [relu]\nlayers: [relu]\n", ("L003", 3, 11)),
        ("cnncalc: 1\ninput: 8x8x3\nblocks: [relu]\nlayers: [relu]\n", ("L003", 3, 9)),
        ("cnncalc: 1\ninput: 8x8x3\nparams: [relu]\nlayers: [relu]\n", ("L003", 3, 9)),
        ("- relu\n", ("L003", 1, 1)),
        ("relu\nrelu\n", ("L003", 1, 1)),
    ],
)
def test_faults_of_the_top_level(text: str, fault: tuple[str, int, int]) -> None:
    assert places(text) == [fault]
