"""Sides of one to three axes, and causal padding: positions worked out by hand."""

from typing import Any

import pytest

from cnncalc.layers import layer_type
from cnncalc.shape import Shape
from cnncalc.vocabulary.values import Sides
from cnncalc.vocabulary.window import both_ends, sliding


@pytest.mark.parametrize(
    ("sides", "rank", "ends"),
    [
        (Sides(left=2), 1, ((2, 0),)),
        (Sides(left=2, bottom=1), 2, ((0, 1), (2, 0))),
        (Sides(front=3, right=1), 3, ((3, 0), (0, 0), (0, 1))),
        (Sides(top=1), 3, ((0, 0), (1, 0), (0, 0))),
    ],
)
def test_sides_are_the_ends_of_their_axes(sides: Sides, rank: int, ends: tuple[tuple[int, int], ...]) -> None:
    assert sides.ends(rank) == ends
    assert Sides.of(ends) == sides


@pytest.mark.parametrize(
    ("sides", "least"), [(Sides(), 1), (Sides(left=1), 1), (Sides(bottom=1), 2), (Sides(back=1), 3)]
)
def test_sides_need_so_many_axes(sides: Sides, least: int) -> None:
    assert sides.least_axes == least


def test_sides_are_written_as_a_spec_says_them() -> None:
    assert Sides(left=1).asdict() == {"top": 0, "bottom": 0, "left": 1, "right": 0}
    assert Sides(front=1).nonzero() == {"front": 1}
    assert both_ends(((2, 0),)) == {"left": 2, "right": 0}
    assert both_ends(((1, 1), (2, 2))) == (1, 2)


def test_causal_padding_is_all_before_the_first_axis() -> None:
    time, *others = sliding(Shape(4, (20, 9, 9)), (2, 3, 5), 1, "causal", (4, 1, 2))
    assert (time.before, time.after, time.output) == (4, 0, 20)
    assert [(window.before, window.after) for window in others] == [(1, 1), (4, 4)]


def test_causal_needs_odd_kernels_along_the_other_axes_only() -> None:
    shape = Shape(4, (8, 8))
    fields: dict[str, Any] = {"filters": 1, "padding": "causal"}
    fine, even = (layer_type("conv")(**fields | {"kernel": kernel}) for kernel in ((2, 3), (3, 2)))
    assert not list(fine.problems((shape,)))
    assert [problem.fault.code for problem in even.problems((shape,))] == ["S011"]
