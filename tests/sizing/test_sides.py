"""The sizes that fit along one side."""

from hypothesis import given
from hypothesis import strategies as st

from cnncalc.sizing import FittingSide


@given(
    period=st.integers(1, 12),
    rests=st.sets(st.integers(0, 11), max_size=12),
    early=st.sets(st.integers(1, 19)),
    start=st.integers(1, 20),
    of=st.integers(1, 12),
)
def test_multiples_are_those_of_its_sizes(
    period: int, rests: set[int], early: set[int], start: int, of: int
) -> None:
    kept = tuple(sorted({rest % period for rest in rests}))
    side = FittingSide(period, kept, start, tuple(sorted(size for size in early if size < start)))
    multiples = side.multiples(of)
    for size in range(1, 400):
        assert (size in multiples) == (size in side and size % of == 0)
