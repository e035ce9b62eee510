"""Messages in lines that the page has room for."""

from cnncalc.program.page import wrapped


def test_a_first_word_longer_than_the_page_stands_beside_what_is_before_it() -> None:
    assert wrapped(f"{'n' * 70}: is not a file", 60, after="Error: ") == f"{'n' * 70}:\n  is not a file"


def test_what_stands_before_takes_room() -> None:
    assert wrapped("a word", 11, after="Error: ") == "a\n  word"


def test_lines_stay_lines() -> None:
    assert wrapped("one\n\ntwo three", 6) == "one\n\ntwo\n  three"
