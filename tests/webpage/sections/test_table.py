"""The table: the rows and the figures are those of `inspect`."""

import pytest

from cnncalc.render.columns import COLUMNS
from cnncalc.report import Report
from cnncalc.webpage.sections import table
from cnncalc.webpage.sections.table import FIGURES, table_rows
from tests.webpage._read import network

NAMES = ["lenet5", "googlenet", "resnet50", "vit_b_16", "efficientnet_b0", "unet"]


@pytest.mark.parametrize("name", NAMES)
def test_every_layer_has_its_row_with_its_figures(name: str) -> None:
    reported = network(name)
    rows, left_out = table_rows(reported)
    layers = [each.row for each in rows if not each.row.folded]
    assert layers == list(Report(reported.analysis, fold=False).rows())
    assert not left_out
    assert [each.row for each in rows if not (each.row.folded or each.slight)] == list(
        Report(reported.analysis).rows()
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_block_is_before_its_layers_with_their_sums(name: str) -> None:
    rows, _ = table_rows(network(name))
    for number, each in enumerate(rows):
        if not each.row.folded:
            continue
        inside = []
        for other in rows[number + 1 :]:
            if other.level <= each.level:
                break
            assert other.row.name.startswith(f"{each.row.name}.")
            inside.append(other.row)
        layers = [row for row in inside if not row.folded]
        assert layers
        for name_of_sum in ("params", "weights", "macs", "activations"):
            assert getattr(each.row, name_of_sum) == sum(getattr(row, name_of_sum) for row in layers)


def test_figures_are_written_as_inspect_writes_them_and_ordered_by_their_values() -> None:
    reported = network("resnet18")
    section = table.section(reported)
    assert section is not None
    assert section.data is not None
    for row, data in zip(
        Report(reported.analysis, fold=False).rows(),
        filter(lambda each: not each[3], section.data["rows"]),
        strict=True,
    ):
        assert data[0] == row.name
        assert data[5:9] == [row.activations, row.weights, row.params, row.macs]
        for name in FIGURES:
            assert COLUMNS[name].cells(row)[0] in section.html


def test_an_unknown_figure_is_no_number() -> None:
    reported = network("cnncalc: 1\ninput: 8x8x3\nlayers: [conv: {filters: 4, kernel: 9}, fc: 3]\n")
    section = table.section(reported)
    assert section is not None
    assert section.data is not None
    assert section.data["rows"][1][5:] == [None] * 5


def test_a_network_with_too_many_layers_has_as_many_levels_as_there_is_room_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(table, "MOST", 40)
    rows, left_out = table_rows(network("resnet50"))
    assert len(rows) <= 40
    assert {each.level for each in rows} == {0}
    assert "not unfolded" in left_out
    monkeypatch.setattr(table, "MOST", 5)
    rows, left_out = table_rows(network("resnet50"))
    assert len(rows) == 5
    assert "The first 5 rows of" in left_out


def test_a_layer_with_the_weights_of_another_says_whose() -> None:
    section = table.section(
        network(
            "cnncalc: 1\ninput: 8x8x4\nlayers:\n  - conv: 4\n    name: a\n  - conv: {filters: 4}\n    share: a\n"
        )
    )
    assert section is not None
    assert "shared with a" in section.html


def test_the_line_of_a_row_is_in_the_text_that_has_the_layer() -> None:
    spec = "cnncalc: 1\ninput: 8x8x4\nblocks: {bottleneck: std/bottleneck}\nlayers:\n  - bottleneck: {width: 4}\n"
    reported = network(spec)
    assert len(reported.graph.sources) == 2
    section = table.section(reported)
    assert section is not None
    rows = section.html.split("<tr ")
    assert 'href="#:line5"' in next(row for row in rows if 'id="bottleneck1"' in row)
    assert 'href="#:text1-line' in next(row for row in rows if 'id="bottleneck1.conv1"' in row)
