"""Fields after a concat along a spatial axis: each position sees what the operand sees that it comes from."""

import cnncalc

TEXT = """cnncalc: 1
input: 12x10x3
layers:
  - conv: {filters: 4, kernel: 3, padding: 1}
    name: wide
  - conv: {filters: 4, kernel: 1}
    from: input
    name: narrow
  - concat: {of: [wide, narrow], over: height}
"""


def test_each_position_has_the_field_of_its_operand() -> None:
    analysis = cnncalc.analyse(cnncalc.load(TEXT))
    fields = analysis.receptive_fields[-1]
    assert fields is not None
    assert [fields[0].at(position) for position in (0, 11, 12, 23)] == [(-1, 1), (10, 12), (0, 0), (11, 11)]
    assert fields[0].sizes == (1, 3)


def test_along_another_axis_the_largest_is_a_bound() -> None:
    """Along the width a position sees 3 or 1 pixels, by its height: an axis alone cannot say which."""
    analysis = cnncalc.analyse(cnncalc.load(TEXT))
    fields, exactness = analysis.receptive_fields[-1], analysis.field_exactness[-1]
    assert fields is not None
    assert fields[1].sizes == (3, 3)
    assert exactness is not None
    assert (exactness.status, exactness.at_most) == ("bound", 3)


def test_operands_that_agree_are_exact() -> None:
    analysis = cnncalc.analyse(cnncalc.load(TEXT.replace("kernel: 1", "kernel: 3, padding: 1")))
    assert analysis.field_exactness[-1] is None


def test_positions_are_followed_to_their_operand_and_back() -> None:
    graph = cnncalc.load(TEXT)
    from cnncalc.analysis.receptive_field import follow
    from cnncalc.analysis.walk_forward import forward

    whole = (1 << 10) - 1
    wide, narrow = graph.nodes[1], graph.nodes[2]
    assert forward(graph, wide.index, graph.nodes[-1].index, (1, whole)) == (1, whole)
    assert forward(graph, narrow.index, graph.nodes[-1].index, (1, whole)) == (1 << 12, whole)
    agreeing = cnncalc.load(TEXT.replace("kernel: 1", "kernel: 3, padding: 1"))
    seen = follow(agreeing, 0).walk(agreeing, agreeing.nodes[-1].index, (1 << 23, 1 << 4))
    assert seen.pixels == (0b11 << 10, 0b111 << 3)
