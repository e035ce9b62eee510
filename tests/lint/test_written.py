"""Files are changed only where a fix changes them."""

import pytest

from cnncalc.diagnostic import Edit, Span
from cnncalc.lint.written import WrittenText, decoded


def edit(line: int, column: int, end_line: int, end_column: int, text: str) -> Edit:
    return Edit(Span("net.yaml", line, column, end_line, end_column), text)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_stay(end: str) -> None:
    written = WrittenText(end.join(("a: 1", "b: 2", "c: 3", "")))
    after = written.edited([edit(1, 4, 1, 5, "é"), edit(2, 1, 3, 1, ""), edit(3, 5, 3, 5, "\nd: 4")])
    assert after.text == end.join(("a: é", "c: 3", "d: 4", ""))


def test_of_mixed_line_ends_each_stays() -> None:
    assert WrittenText("a\r\nb\nc\r\nd").edited([edit(2, 1, 2, 2, "x\ny")]).text == "a\r\nx\r\ny\nc\r\nd"


def test_the_last_line_may_be_without_one() -> None:
    assert WrittenText("a\nb").edited([edit(2, 1, 3, 1, "")]).text == "a\n"


def test_a_byte_order_mark_is_not_part_of_the_text() -> None:
    data = "\ufeffa: é\r\n".encode()
    written = decoded(data)
    assert written == WrittenText("a: é\r\n", True)
    assert written.encoded() == data
    assert decoded(b"\xff") is None
