"""Bars: every row that counts has one, so that rows add up to the head of their column."""

import cnncalc
from cnncalc.analysis import Analysis
from tests._each import each
from tests.drawing._drawn import QUICK, SVG, drawn, read, texts


@each("name", QUICK)
def test_activations_of_all_rows_add_up_to_the_total(name: str) -> None:
    graph = cnncalc.load(name)
    total = Analysis(graph).totals.activations
    shown = 0
    for group in read(drawn(graph, "bars")).iter(f"{SVG}g"):
        title = group.find(f"{SVG}title")
        lines = [] if title is None else "".join(title.itertext()).split("\n")
        shown += sum(int(line.split()[0].replace(",", "")) for line in lines if line.endswith(" activations"))
    assert shown == total


def test_each_input_has_a_row() -> None:
    shown = texts(drawn(cnncalc.load("alexnet"), "bars"))
    assert "input" in shown
    assert any(line.startswith("154,587 ") for line in shown)
