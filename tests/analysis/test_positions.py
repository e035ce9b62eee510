"""Sets of positions through a layer, both ways, against positions one by one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.analysis.positions import MOST_BITS, TooLarge, all_of, ends, reached, read
from cnncalc.vocabulary.reach import Reach, Taps

TAPS = st.none() | st.builds(Taps, st.integers(-6, 6), st.integers(1, 3), st.integers(1, 5))
REACHES = st.builds(Reach, st.lists(TAPS, min_size=1, max_size=4).map(tuple), st.integers(0, 4))


def positions_read(reach: Reach, output: int) -> set[int]:
    turns, phase = divmod(output, len(reach.phases))
    taps = reach.phases[phase]
    if taps is None:
        return set()
    return {taps.first + turns * reach.shift + tap * taps.step for tap in range(taps.number)}


def bits(positions: set[int]) -> int:
    return sum(1 << position for position in positions)


@given(REACHES, st.sets(st.integers(0, 14)), st.integers(1, 20))
def test_what_is_read(reach: Reach, wanted: set[int], size: int) -> None:
    every = {position for index in wanted for position in positions_read(reach, index)}
    inside = {position for position in every if 0 <= position < size}
    assert read(bits(wanted), reach, size) == (bits(inside), inside != every)


@given(REACHES, st.sets(st.integers(0, 19)), st.integers(1, 20))
def test_what_is_reached(reach: Reach, given: set[int], count: int) -> None:
    readers = {output for output in range(count) if positions_read(reach, output) & given}
    assert reached(bits(given), reach, count) == bits(readers)


def test_ends() -> None:
    assert [ends(stride) for stride in (0, 0b1, 0b10100)] == [None, (0, 0), (2, 4)]


def test_what_is_too_large_is_refused_before_it_is_made() -> None:
    with pytest.raises(TooLarge):
        all_of(MOST_BITS + 1)
    with pytest.raises(TooLarge):
        read(1, Reach.window(10**17), 10)
