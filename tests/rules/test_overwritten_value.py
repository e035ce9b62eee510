"""G003: `inplace: true` where something else needs what is overwritten."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from cnncalc.diagnostic import Diagnostic, edited

Found: TypeAlias = Callable[..., list[Diagnostic]]
HEAD = "cnncalc: 1\ninput: 8x8x3\n"
STEM = "layers:\n  - conv: {filters: 3, kernel: 3, padding: 1}\n    name: stem\n"
IN_PLACE = "  - relu: {inplace: true}\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"{STEM}{IN_PLACE}  - add: [prev, stem]\n", "`relu1` overwrites `stem`, which 2 layers read"),
        (f"layers:\n{IN_PLACE}  - tanh\n", "`relu1` overwrites `input`, which is an input of the network"),
        (
            f"outputs: [stem, relu1]\n{STEM}{IN_PLACE}",
            "`relu1` overwrites `stem`, which is an output of the network",
        ),
        (
            f"{STEM}  - tanh\n{IN_PLACE}",
            "`relu1` overwrites `tanh1`, which `tanh1` keeps for its backward pass",
        ),
        (
            f"{STEM}  - tanh\n  - flatten\n{IN_PLACE}",
            "`relu1` overwrites `flatten1`, which `tanh1` keeps for its backward pass",
        ),
    ],
)
class TestFinding:
    def test_says_who_needs_it(self, found: Found, text: str, says: str) -> None:
        (item,) = found(HEAD + text)
        assert item.message == says

    def test_stands_at_the_word(self, found: Found, text: str, says: str) -> None:
        (item,) = found(HEAD + text)
        line = (HEAD + text).splitlines()[item.span.line - 1]
        assert line[item.span.column - 1 : item.span.end_column - 1] == "true"

    def test_its_fix_mends(self, found: Found, text: str, says: str) -> None:
        (item,) = found(HEAD + text)
        (fix,) = item.fixes
        assert fix.text == "inplace: false"
        assert found(edited(HEAD + text, fix)) == []

    def test_is_allowed_where_it_says_why(self, found: Found, text: str, says: str) -> None:
        allowed = text.replace(IN_PLACE, IN_PLACE + "    allow: {G003: never trained}\n")
        assert found(HEAD + allowed) == []


@pytest.mark.parametrize("inplace", ["true", "false"])
def test_over_a_value_that_nobody_needs_is_fine(found: Found, inplace: str) -> None:
    assert found(f"{HEAD}{STEM}  - relu: {{inplace: {inplace}}}\n") == []


def test_left_out_it_is_decided_where_it_is_safe(found: Found) -> None:
    assert found(f"{HEAD}{STEM}  - relu\n  - add: [prev, stem]\n") == []


def test_given_by_defaults_is_found_at_the_layer(found: Found) -> None:
    text = f"{HEAD}defaults: {{relu: {{inplace: true}}}}\n{STEM}  - relu\n  - add: [prev, stem]\n"
    (item,) = found(text)
    assert item.span.line == 7
    assert item.fixes == ()


def test_as_sugar_is_found_at_the_layer(found: Found) -> None:
    text = f"{HEAD}defaults: {{relu: {{inplace: true}}}}\nlayers:\n  - conv: {{filters: 3, norm: none, act: relu}}\n"
    assert found(text) == []
    (item,) = found(text.replace("act: relu", "act: tanh") + "  - relu\n")
    assert item.message == "`relu1` overwrites `conv1.tanh`, which `conv1.tanh` keeps for its backward pass"
    assert item.span.line == 6


def test_dropout_in_place_matters_in_training_alone(found: Found) -> None:
    text = f"{HEAD}{STEM}  - dropout: {{p: 0.5, inplace: true}}\n  - add: [prev, stem]\n"
    assert found(text) == []
    (item,) = found(text, mode="training")
    assert item.code == "G003"
