"""Places after edits, compared with the text itself."""

from hypothesis import given
from hypothesis import strategies as st

from cnncalc.diagnostic import Edit, Fix, Span, edited
from cnncalc.lint.moved import Mover, Place, TakenText

# No character twice: each can be found again.
LINES = ("abcde", "fghij", "klmno")
TEXT = "".join(f"{line}\n" for line in LINES)
places = st.tuples(st.integers(1, 3), st.integers(1, 5))
texts = st.text("XY\n", max_size=3)


def edit(place: Place, other: Place, text: str) -> Edit:
    begin, end = sorted((place, other))
    return Edit(Span("net.yaml", *begin, *end), text)


edits = st.lists(st.builds(edit, places, places, texts), max_size=5)


def apart(given: list[Edit]) -> list[Edit]:
    """Of these edits those that touch none before them."""
    taken, kept = TakenText(), []
    for place in given:
        if not taken.touched_by([place]):
            taken.take([place])
            kept.append(place)
    return kept


@given(edits, edits)
def test_edits_touch_where_their_stretches_meet(some: list[Edit], others: list[Edit]) -> None:
    some = apart(some)
    taken = TakenText()
    taken.take(some)
    stretches = [
        ((edit.span.line, edit.span.column), (edit.span.end_line, edit.span.end_column)) for edit in some
    ]
    for other in others:
        begin, end = (other.span.line, other.span.column), (other.span.end_line, other.span.end_column)
        meet = any(first <= end and begin <= last for first, last in stretches)
        assert taken.touched_by([other]) is meet


@given(edits, places)
def test_a_place_is_where_its_character_is(given_edits: list[Edit], place: Place) -> None:
    kept = apart(given_edits)
    after = edited(TEXT, Fix("", tuple(kept)))
    line, column = Mover(kept).moved(place)
    character = LINES[place[0] - 1][place[1] - 1]
    if character in after:
        assert after.split("\n")[line - 1][column - 1] == character
    else:
        # It is gone: what stands there now is what the edit that took it has put there, or what came after it.
        (by,) = [
            edit for edit in kept if edit.span.start <= place < (edit.span.end_line, edit.span.end_column)
        ]
        start = Mover([edit for edit in kept if edit is not by]).moved(by.span.start)
        assert (line, column) == start


def test_a_thousand_edits_are_read_once() -> None:
    """Sorted once: for each place there are ten steps to take, not a thousand."""
    many = [Edit(Span("net.yaml", line, 1, line, 2), "xy") for line in range(1, 4001)]
    moved = Mover(many).moved
    assert [moved((line, 3)) for line in (1, 2000, 4000)] == [(1, 4), (2000, 4), (4000, 4)]
