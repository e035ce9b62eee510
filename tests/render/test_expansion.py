"""Words of an expanded spec (that it is valid with equal figures is tests/commands/test_expand.py's)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnncalc
from cnncalc.render.expansion import expansion, word


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("VGG-16", "VGG-16"),
        ("as published", "as published"),
        ("Simonyan & Zisserman 2014, arXiv", '"Simonyan & Zisserman 2014, arXiv"'),
        ("no", '"no"'),
        ("3", '"3"'),
        ("a: b", '"a: b"'),
        ('say "so"', '"say \\"so\\""'),
        ("", '""'),
        (" x", '" x"'),
    ],
)
def test_a_text_is_plain_where_that_is_safe(text: str, written: str) -> None:
    assert word(text) == written


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp", "Co", "Cn", "Cf"]), max_size=40))
def test_any_text_is_read_back(text: str) -> None:
    spec = f"cnncalc: 1\nname: x\nsource: {word(text)}\ninput: 8x8x3\nlayers: [relu]\n"
    graph = cnncalc.load(spec)
    assert graph.ok, spec
    assert graph.spec.origin == text


def test_shapes_are_mappings_that_nothing_mistakes() -> None:
    graph = cnncalc.load("cnncalc: 1\ninput: {height: 3, width: 224, channels: 224}\nlayers: [relu]\n")
    text = "".join(expansion(graph))
    assert "input: {channels: 224, height: 3, width: 224}\n" in text
    assert cnncalc.load(text).ok


def test_lines_are_ended() -> None:
    assert all(line.endswith("\n") for line in expansion(cnncalc.load("googlenet")))
