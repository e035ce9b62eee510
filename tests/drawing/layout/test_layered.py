"""The layered layout: boxes apart, edges downwards, chains straight, always the same."""

from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc.drawing.layout import Extent, Layout, layered
from cnncalc.drawing.layout._order import crossings, ordered
from cnncalc.drawing.layout._rows import MOST_POINTS, in_rows
from tests._depth import cases

BOX = Extent(40.0, 60.0, 30.0)


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[Extent], list[tuple[int, int]]]:
    """Boxes of several sizes, and edges from earlier ones to later ones."""
    count = draw(st.integers(1, 24))
    side = st.floats(1, 200)
    boxes = draw(st.lists(st.builds(Extent, side, side, side), min_size=count, max_size=count))
    pairs = [(source, target) for target in range(count) for source in range(target)]
    edges = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=60)) if pairs else []
    return boxes, edges


def rectangles(boxes: list[Extent], layout: Layout) -> list[tuple[float, float, float, float]]:
    return [
        (x - box.left, x + box.right, y, y + box.height)
        for box, x, y in zip(boxes, layout.x, layout.y, strict=True)
    ]


@settings(max_examples=cases(60, 1000))
@given(graphs())
def test_no_two_boxes_overlap_and_all_are_in_the_picture(
    graph: tuple[list[Extent], list[tuple[int, int]]],
) -> None:
    boxes, edges = graph
    layout = layered(boxes, edges)
    placed = rectangles(boxes, layout)
    for number, (left, right, top, bottom) in enumerate(placed):
        assert left >= -0.01
        assert right <= layout.width + 0.01
        assert top >= -0.01
        assert bottom <= layout.height + 0.01
        for low, high, upper, lower in placed[:number]:
            assert low >= right - 0.01 or high <= left + 0.01 or upper >= bottom - 0.01 or lower <= top + 0.01


@settings(max_examples=cases(60, 1000))
@given(graphs())
def test_every_edge_goes_down_from_its_source_to_its_target(
    graph: tuple[list[Extent], list[tuple[int, int]]],
) -> None:
    boxes, edges = graph
    layout = layered(boxes, edges)
    for (source, target), link in zip(edges, layout.links, strict=True):
        assert link.points[0] == (layout.x[source], layout.y[source] + boxes[source].height)
        assert link.points[-1] == (layout.x[target], layout.y[target])
        heights = [y for _, y in link.points]
        assert heights == sorted(heights)
        assert len(link.points) % 2 == 0


@settings(max_examples=cases(60, 1000))
@given(graphs())
def test_an_edge_that_is_drawn_over_rows_goes_through_no_box(
    graph: tuple[list[Extent], list[tuple[int, int]]],
) -> None:
    boxes, edges = graph
    layout = layered(boxes, edges)
    placed = rectangles(boxes, layout)
    for edge, link in zip(edges, layout.links, strict=True):
        for (x, top), (_, bottom) in zip(link.points[2:-2:2], link.points[3:-2:2], strict=True):
            for number, (left, right, upper, lower) in enumerate(placed):
                if number not in edge and upper < bottom and lower > top:
                    assert not left < x < right


@settings(max_examples=cases(30, 500))
@given(graphs())
def test_sweeps_never_leave_more_crossings(graph: tuple[list[Extent], list[tuple[int, int]]]) -> None:
    boxes, edges = graph
    grid = in_rows(len(boxes), edges, ())
    before = crossings(grid)
    ordered(grid)
    assert crossings(grid) <= before


def test_a_chain_is_one_straight_line() -> None:
    layout = layered([BOX] * 50, [(number, number + 1) for number in range(49)])
    assert set(layout.x) == {BOX.left}


def test_a_shortcut_runs_beside_a_straight_body() -> None:
    layout = layered([BOX] * 6, [(0, 1), (1, 2), (2, 3), (3, 4), (0, 4), (4, 5)])
    assert layout.x[1] == layout.x[2] == layout.x[3]
    (beside,) = {x for x, _ in layout.links[4].points[2:-2]}
    assert beside > layout.x[1] + BOX.right


def test_two_branches_do_not_cross() -> None:
    edges = [(0, 1), (0, 2), (1, 3), (2, 4), (3, 5), (4, 5)]
    grid = in_rows(6, edges, ())
    grid.rows[2].reverse()
    assert crossings(grid) == 1
    ordered(grid)
    assert crossings(grid) == 0


def test_what_reads_nothing_is_just_above_its_reader() -> None:
    layout = layered([BOX] * 5, [(0, 1), (1, 2), (2, 4), (3, 4)])
    assert layout.y[3] == layout.y[2]


def test_an_edge_against_the_order_is_drawn_as_well() -> None:
    layout = layered([BOX] * 3, [(0, 1), (1, 2), (2, 0)])
    assert layout.links[2].points[0] == (layout.x[2], layout.y[2])
    assert layout.links[2].points[-1] == (layout.x[0], layout.y[0] + BOX.height)


def test_the_lowest_are_in_the_last_row() -> None:
    layout = layered([BOX] * 4, [(0, 1), (1, 2), (0, 3)], [2, 3])
    assert layout.y[2] == layout.y[3] == max(layout.y)


def test_edges_over_too_many_rows_are_not_drawn_as_lines() -> None:
    count = 400
    chain = [(number, number + 1) for number in range(count - 1)]
    long = [(number, count - 1) for number in range(count - 2)]
    assert sum(count - number for number in range(count)) > MOST_POINTS
    layout = layered([BOX] * count, [*chain, *long])
    far = [link.far for link in layout.links]
    assert not any(far[: len(chain)])
    # The longest ones, and as few as it needs.
    assert far[len(chain)]
    assert not far[-1]


def test_nothing_is_laid_out_as_nothing() -> None:
    assert layered([], []) == Layout([], [], [], 0.0, 0.0)
