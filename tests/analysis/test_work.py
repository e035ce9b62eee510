"""Operations of each node."""

from collections.abc import Callable
from typing import TypeAlias

from cnncalc.analysis import Analysis
from cnncalc.layers import Work

Figures: TypeAlias = Callable[..., Analysis]


def test_is_of_each_node(figures: Figures) -> None:
    analysis = figures("- conv: {filters: 4, kernel: 3}\n- relu\n- flatten\n- fc: 10")
    assert analysis.work == [
        Work(),
        Work(macs=36 * 27 * 4, adds=36 * 4),
        Work(compares=36 * 4),
        Work(),
        Work(macs=1440, adds=10),
    ]


def test_is_unknown_where_the_shapes_are(figures: Figures) -> None:
    analysis = figures("- conv: {filters: 4, kernel: 9}\n- relu", sound=False)
    assert analysis.work == [Work(), None, None]


def test_is_done_for_shared_weights_too(figures: Figures) -> None:
    analysis = figures("- conv: 3\n- conv: 3\n  share: conv1")
    assert analysis.work[1] == analysis.work[2]
