"""Tables without rich have the layout of rich: compared with it, for any cells and any width."""

from collections.abc import Sequence
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.table import Table

from cnncalc import describe, layers
from cnncalc.render.columns_of_text import TextRow, in_columns
from tests._each import each

WORDS = st.lists(st.text("abcdefgh", min_size=1, max_size=8), max_size=12).map(" ".join)


def ours(rows: Sequence[tuple[str, ...]], width: int, wrapped: list[int]) -> list[str]:
    return "".join(in_columns(list(map(TextRow, rows)), width, wrapped)).splitlines()


def theirs(rows: Sequence[tuple[str, ...]], width: int, wrapped: list[int]) -> list[str]:
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), show_header=False)
    for column in range(len(rows[0])):
        table.add_column(no_wrap=column not in wrapped, overflow="fold" if column in wrapped else "ellipsis")
    for row in rows:
        table.add_row(*row)
    console = Console(file=StringIO(), width=width, markup=False, highlight=False)
    console.print(table)
    assert isinstance(console.file, StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


@given(
    st.lists(st.tuples(WORDS, WORDS, st.text("xyz", min_size=1, max_size=9)), min_size=1, max_size=5),
    st.integers(40, 130),
)
def test_has_the_same_widths_as_rich(rows: list[tuple[str, ...]], width: int) -> None:
    assert ours(rows, width, [0, 1]) == theirs(rows, width, [0, 1])


@each("width", [60, 80, 120])
@each("name", layers.names())
def test_the_fields_of_a_layer_have_the_same_widths_as_rich(name: str, width: int) -> None:
    rows = [("parameter", "takes", "default", "meaning"), *describe.fields(layers.layer_type(name))]
    assert ours(rows, width, [1, 3]) == theirs(rows, width, [1, 3])


@pytest.mark.parametrize("width", [1, 10, 30])
def test_a_page_too_narrow_for_anything_still_has_every_row(width: int) -> None:
    rows = [("name", "a longer text", "x"), ("n" * 30, "word " * 9, "y")]
    assert len(ours(rows, width, [1])) >= 2
    assert len(ours(rows, width, [])) == 2


def test_without_a_width_nothing_is_broken() -> None:
    rows = [TextRow(("a", "word " * 50 + "end")), TextRow(("bb", ""))]
    assert "".join(in_columns(rows, None, [1])).splitlines() == [f"a    {'word ' * 50}end", "bb"]
