"""What fields take, refuse, and say of it."""

from fractions import Fraction
from typing import Any

import pytest

from cnncalc.exact import shown
from cnncalc.layers import layer_type, names
from cnncalc.vocabulary.field import (
    REQUIRED,
    Kind,
    flag,
    integer,
    main_field,
    number,
    padding,
    per_axis,
    stated,
)
from cnncalc.vocabulary.reading import Refused
from cnncalc.vocabulary.values import Sides
from cnncalc.vocabulary.word_fields import axes, choice, order
from tests._each import each


def kind(declared: Any) -> Kind:
    kind = declared.stated.kind
    assert isinstance(kind, Kind)
    return kind


TAKEN = [
    (integer(1, ""), 3, 3),
    (integer(1, ""), Fraction(6, 2), 3),
    (integer(0, "", low=0), 0, 0),
    (per_axis(1, ""), 2, 2),
    (per_axis(1, ""), (1, 2, 3), (1, 2, 3)),
    (per_axis(1, ""), (Fraction(4, 2), 1), (2, 1)),
    (padding(0, ""), 0, 0),
    (padding(0, ""), "same", "same"),
    (padding(0, ""), (1, 0), (1, 0)),
    (padding(0, ""), {"top": 1, "left": 2}, Sides(top=1, bottom=0, left=2, right=0)),
    (padding(0, "", by_window=False), {"right": 1}, Sides(right=1)),
    (padding(0, ""), {"front": 1, "left": 2}, Sides(front=1, left=2)),
    (padding(0, ""), "causal", "causal"),
    (axes("positions", ""), "height", "height"),
    (axes("positions", ""), ("channels", "width"), ("channels", "width")),
    (axes("positions", "", also=("all",)), "all", "all"),
    (number(0.5, "", low=0, high=1), 1, 1.0),
    (number(0.5, ""), Fraction(1, 4), 0.25),
    (flag(None, ""), True, True),
    (choice("a", "", ("a", "b")), "b", "b"),
    (order(REQUIRED, "", ("a", "b", "c")), ("b", "a"), ("b", "a")),
]
REFUSED = [
    (order(REQUIRED, "", ("a", "b")), ("a", "b", "a"), "^a twice$"),
    (order(REQUIRED, "", ("a", "b")), ("a", "c"), "^c$"),
    (order(REQUIRED, "", ("a", "b")), ("a", 1), "^1$"),
    (order(REQUIRED, "", ("a", "b")), (), r"^\[\]$"),
    (order(REQUIRED, "", ("a", "b")), "a", "^a$"),
    (integer(1, ""), 0, "0"),
    (integer(1, ""), True, "true"),
    (integer(1, ""), 2.0, "2.0"),
    (integer(1, ""), Fraction(1, 2), "^0.5$"),
    (integer(1, ""), None, "null"),
    (per_axis(1, ""), (), "a list of 0"),
    (per_axis(1, ""), (1, 1, 1, 1), "a list of 4"),
    (per_axis(1, ""), (1, 0), "0"),
    (per_axis(1, ""), "3x3", "^3x3$"),
    (per_axis(1, ""), "3x1", "^3x1$"),
    (per_axis(1, ""), "3×3", "^3×3$"),
    (axes("positions", ""), "hight", "hight"),
    (axes("positions", ""), (), "an empty list"),
    (axes("positions", ""), ("height", "height"), "height twice"),
    (axes("positions", ""), ("a", "b"), "^a$"),
    (padding(0, "", causal=False), "causal", "causal: padding is removed here, and causal padding is added"),
    (padding(0, ""), "full", "full"),
    (padding(0, ""), -1, "-1"),
    (padding(0, ""), {"up": 1}, "a mapping with up: its sides are front, back, top, bottom, left, right"),
    (padding(0, ""), {"top": -1}, "-1"),
    (padding(0, "", by_window=False), "half", "half, which needs a window"),
    (number(0.5, "", low=0, high=1), 1.5, "1.5"),
    (number(0.5, ""), "1", "1"),
    (number(0.5, ""), False, "false"),
    (flag(None, ""), 1, "1"),
    (flag(None, ""), "yes", "yes"),
    (choice("a", "", ("a", "b")), "c", "c"),
    (choice("a", "", ("a", "b")), ("a",), r"\[a\]"),
]


@each(("declared", "value", "read"), TAKEN)
def test_takes(declared: Any, value: Any, read: Any) -> None:
    read_value = kind(declared).read(value)
    assert read_value == read
    assert type(read_value) is type(read)


@each(("declared", "value", "says"), REFUSED)
def test_refuses(declared: Any, value: Any, says: str) -> None:
    with pytest.raises(Refused, match=says):
        kind(declared).read(value)


@each(
    ("value", "help", "instead"),
    [
        ("3x3", "write 3 or [3, 3]", "[3, 3]"),
        ("3×1", "write [3, 1]", "[3, 1]"),
        (Fraction(1, 2), "it must be a whole number", None),
    ],
)
def test_says_what_to_write_instead(value: Any, help: str, instead: str | None) -> None:
    with pytest.raises(Refused) as refused:
        kind(per_axis(1, "")).read(value)
    assert refused.value.help is not None
    assert refused.value.help.startswith(help)
    assert refused.value.instead == instead


@each(
    ("low", "high", "words"),
    [
        (None, None, "a number"),
        (0, None, "a number of at least 0"),
        (None, 1, "a number up to 1"),
        (0, 1, "a number from 0 to 1"),
    ],
)
def test_bounds_in_words(low: float | None, high: float | None, words: str) -> None:
    assert kind(number(0.5, "", low=low, high=high)).words == words


def test_choices_in_words() -> None:
    assert kind(choice("a", "", ("a", "b", "c"))).words == "a, b or c"
    assert kind(choice("a", "", ("a",))).words == "a"


def test_only_a_window_gives_words_to_padding() -> None:
    assert kind(padding(0, "")).choices == ("half", "same", "valid", "causal")
    assert kind(padding(0, "", by_window=False)).choices == ()


@each(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (Fraction(1, 2), "0.5"),
        ((1, "a"), "[1, a]"),
        ({"top": 1, "left": (2,)}, "{top: 1, left: [2]}"),
        ("same", "same"),
    ],
)
def test_shown_as_a_spec_spells_it(value: Any, text: str) -> None:
    assert shown(value) == text


def test_statements_of_a_layer() -> None:
    conv = layer_type("conv")
    declared = stated(conv)
    assert declared["filters"][1] is REQUIRED
    assert declared["kernel"][0].letter == "F"
    assert declared["stride"][1] == 1
    assert main_field(conv) == "filters"
    assert main_field(layer_type("flatten")) is None


@pytest.mark.parametrize("key", names())
def test_the_example_of_a_missing_field_is_a_value_that_it_takes(key: str) -> None:
    for declared, default in stated(layer_type(key)).values():
        if default is REQUIRED and declared.example:
            value = float(declared.example)
            declared.kind.read(int(value) if value.is_integer() else value)
