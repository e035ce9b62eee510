"""SVG: text is never markup, colours are readable, shades are steps of a scale."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.drawing.svg import HUES, RAMP, document, element, number, shortened, text, text_width, title
from cnncalc.drawing.svg._ramp import scale_of
from cnncalc.drawing.svg._style import style
from cnncalc.text import escaped


def contrast(first: str, second: str) -> float:
    """The ratio of WCAG 2.1, between 1 and 21."""
    bright = []
    for colour in (first, second):
        parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        bright.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    return (max(bright) + 0.05) / (min(bright) + 0.05)


@given(st.text(max_size=40))
def test_any_text_comes_back_as_text(words: str) -> None:
    picture = document(words, words, 10, 10, [text(0, 0, f"x{words}", "t"), element("g", title("a", words))])
    root = ElementTree.fromstring(picture)
    shown = [line for part in root.iter() if part.tag.endswith("}text") for line in part.itertext()]
    assert shown == [escaped(f"x{words}", 300)]


@given(st.text(max_size=60), st.floats(0, 400), st.floats(6, 20))
def test_a_text_that_is_cut_has_room(words: str, room: float, size: float) -> None:
    cut = shortened(words, room, size)
    if text_width(words, size) <= room:
        assert cut == words
    else:
        assert cut.endswith("…")
        assert words.startswith(cut[:-1])
        assert text_width(cut, size) <= max(room, text_width("…", size)) + 1e-6


def test_full_width_letters_are_wider() -> None:
    assert text_width("합성곱", 10) > text_width("abc", 10) > text_width("ill", 10)


@pytest.mark.parametrize(("value", "words"), [(12.0, "12"), (12.5, "12.5"), (0.04, "0"), (-3.25, "-3.2")])
def test_coordinates_are_short(value: float, words: str) -> None:
    assert number(value) == words


def test_shades_are_equal_factors() -> None:
    scale = scale_of([1, 8, None, 0, 2**8])
    assert scale is not None
    assert [scale.shade(2**power) for power in range(9)] == [
        f"c{step}" for step in (0, 1, 2, 3, 4, 5, 6, 7, 8)
    ]
    assert scale.shade(0) == "cz"
    assert scale.shade(None) == "cu"


def test_small_figures_share_the_first_shade_of_a_long_scale() -> None:
    scale = scale_of([1, 10**12])
    assert scale is not None
    assert scale.cut
    assert scale.shade(1) == scale.shade(1000) == "c0"


def test_one_figure_has_the_last_shade_and_none_has_no_scale() -> None:
    scale = scale_of([7])
    assert scale is not None
    assert scale.shade(7) == f"c{len(RAMP) - 1}"
    assert scale_of([None, 0]) is None


def test_text_on_a_shade_is_readable() -> None:
    for colour in RAMP:
        assert max(contrast(colour, "#000000"), contrast(colour, "#ffffff")) >= 4.5


def test_text_and_colours_are_seen_on_both_pages() -> None:
    for page, words, quiet, place in (
        ("#ffffff", "#1b2430", "#56616d", 0),
        ("#12161c", "#e8edf3", "#a3afbc", 1),
    ):
        assert contrast(page, words) >= 7
        assert contrast(page, quiet) >= 4.5
        for name, pair in HUES.items():
            assert contrast(page, pair[place]) >= 2, name


def test_every_colour_that_a_light_page_has_a_dark_page_has_too() -> None:
    light, dark = style().split("@media(prefers-color-scheme:dark)")
    for name in (*HUES, *(f"c{step}" for step in range(len(RAMP)))):
        assert f".{name}{{" in light
        assert f".{name}{{" in dark
