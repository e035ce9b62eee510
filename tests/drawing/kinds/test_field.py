"""Receptive fields: words that nobody takes for the stride of the layer."""

import cnncalc
from cnncalc.analysis import Analysis
from tests._each import each
from tests.drawing._drawn import drawn, network, texts


@each("name", ("alexnet", "lenet5", "resnet18"))
def test_each_field_says_how_wide_it_is_and_how_far_the_next_is(name: str) -> None:
    graph = cnncalc.load(name)
    analysis = Analysis(graph)
    shown = texts(drawn(graph, "field"))
    assert not any("stride" in line for line in shown)
    lines = [line for line in shown if line.endswith(" apart")]
    assert len(lines) > 2
    for line in lines:
        fields = analysis.receptive_fields[graph[line.partition(":")[0]].index]
        assert fields
        field = fields[-1]
        if field.sizes[0] == field.sizes[1]:
            assert line.endswith(f": {field.largest} wide, {field.stride} apart")


def test_sides_that_differ_have_both() -> None:
    graph = network(input="16x16x3", layers=[{"conv": {"filters": 4, "kernel": [3, 5], "stride": [2, 1]}}])
    assert "conv1: 3x5, 2x1 apart" in texts(drawn(graph, "field"))
