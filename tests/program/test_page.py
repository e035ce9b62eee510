"""Messages in lines that the page has room for."""

from cnncalc.program.page import hung


def test_a_first_word_longer_than_the_page_stands_beside_what_is_before_it() -> None:
    assert hung(f"{'n' * 70}: is no file", 60, after="Error: ") == f"{'n' * 70}:\n  is no file"


def test_what_stands_before_takes_room() -> None:
    assert hung("a word", 11, after="Error: ") == "a\n  word"


def test_lines_stay_lines() -> None:
    assert hung("one\n\ntwo three", 6) == "one\n\ntwo\n  three"
