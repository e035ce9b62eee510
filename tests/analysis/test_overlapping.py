"""Parts of a tensor that overlap and are read later: as each pair says, without a look at each pair."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnncalc
from cnncalc.analysis import Analysis
from cnncalc.analysis.overlapping import OutputPart, Parts
from cnncalc.rules.overwritten_value import OverwrittenValue
from cnncalc.vocabulary.region import Region, overlap
from tests._work import at_most

SIZES = (12, 6)
# Calls for each branch.
CALLS = 500


@st.composite
def regions(draw: st.DrawFn) -> Region | None:
    if draw(st.integers(0, 9)) == 0:
        return None
    ranges = []
    for size in SIZES:
        start, step = draw(st.integers(0, size - 1)), draw(st.integers(1, 4))
        ranges.append(range(size)[start : draw(st.integers(start, size)) : step])
    return Region(tuple(ranges), draw(st.booleans()))


@given(
    parts=st.lists(st.tuples(regions(), st.integers(-1, 30)), min_size=1, max_size=20),
    region=regions(),
    index=st.integers(0, 25),
)
def test_finds_what_a_look_at_each_finds(
    parts: list[tuple[Region | None, int]], region: Region | None, index: int
) -> None:
    numbered = [OutputPart(number, part, last) for number, (part, last) in enumerate(parts)]
    wanted = [part.node for part in numbered if part.last > index and overlap(region, part.region)]
    assert list(Parts(numbered).read_after(region, index)) == wanted


def consecutive(number: int, count: int) -> str:
    return f"{{start: {number}, stop: {number + 1}}}"


def interleaved(number: int, count: int) -> str:
    return f"{{start: {number}, step: {count}}}"


def reversed_order(number: int, count: int) -> str:
    return consecutive(count - 1 - number, count)


def network(count: int, part: Callable[[int, int], str]) -> Analysis:
    """Branches that each take a part of the channels and overwrite it."""
    branches = "".join(
        f"      - [slice: {part(number, count)}, dropout: {{inplace: true}}]\n" for number in range(count)
    )
    text = f"cnncalc: 1\ninput: 2x2x3\nlayers:\n  - conv: {2 * count}\n  - concat:\n{branches}"
    return Analysis(cnncalc.load(text, max_nodes=100_000))


@pytest.mark.parametrize("part", [consecutive, interleaved, reversed_order])
def test_the_work_of_the_rule_grows_with_the_branches(part: Callable[[int, int], str]) -> None:
    for count in (100, 1000):
        analysis = network(count, part)
        with at_most(CALLS * count):
            assert list(OverwrittenValue().check(analysis)) == []
