"""Rows and totals: what every format arranges."""

from typing import Any

import pytest

import cnncalc
from cnncalc.report import Report, Row, flattened
from tests._each import each

NET = """\
cnncalc: 1
input: 32x32x3
blocks:
  unit:
    params: {filters: required}
    layers:
      - residual:
          - conv: {filters: $filters, kernel: 3, padding: 1, norm: bn, act: relu}
          - conv: {filters: $filters, kernel: 3, padding: 1, norm: bn}
        shortcut: project
      - relu
  stage:
    params: {filters: required}
    layers:
      - {unit: {filters: $filters}, repeat: 2}
      - maxpool: 2
layers:
  - conv: {filters: 8, kernel: 3, padding: 1, act: relu}
  - stage: 16
  - stage: 32
  - dropout: 0.5
  - flatten
  - fc: {units: 100, act: relu}
  - fc: 10
"""
FIGURES = ("activations", "params", "weights", "macs")


def report(text: str = NET, **options: Any) -> Report:
    modes = {"mode": options.pop("mode")} if "mode" in options else {}
    return Report(cnncalc.analyse(cnncalc.load(text, **modes)), **options)


def names(report: Report) -> list[str]:
    return [row.name for row in report.rows()]


def added(report: Report) -> dict[str, int | None]:
    """The rows' figures, added up."""
    rows = list(report.rows())
    return {
        name: None
        if any(getattr(row, name) is None for row in rows)
        else sum(getattr(row, name) for row in rows)
        for name in FIGURES
    }


class TestSums:
    """However rows are folded and sorted, they add up to the totals."""

    @each("mode", ["inference", "training"])
    @each(
        "options",
        [
            {"fold": True},
            {"fold": False},
            {"depth": 0},
            {"depth": 1},
            {"depth": 2},
            {"depth": 0, "fold": False},
            {"sort": "macs"},
            {"depth": 1, "sort": "name"},
        ],
    )
    @each("spec", [NET, "resnet18", "googlenet", "vgg16", "mobilenet_v1"])
    def test_are_the_totals(self, spec: str, options: dict[str, Any], mode: str) -> None:
        spec_report = report(spec, mode=mode, **options)
        totals = spec_report.analysis.totals
        assert added(spec_report) == {name: getattr(totals, name) for name in FIGURES}


class TestFolding:
    def test_leaves_out_what_stores_and_learns_nothing(self) -> None:
        left = set(names(report(fold=False))) - set(names(report()))
        analysis = report().analysis
        expected = set()
        for node, stored in zip(analysis.graph.nodes, analysis.storage, strict=True):
            assert stored is not None
            if stored.root != node.index:
                expected.add(node.name)
        assert left == expected
        assert {"conv1.relu", "dropout1", "flatten1", "fc1.relu"} <= left

    def test_leaves_out_what_nothing_is_known_of(self) -> None:
        text = "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 3, kernel: 9}\n  - conv: 3\n  - relu\n"
        assert names(report(text)) == ["input", "conv1"]
        assert names(report(text, fold=False)) == ["input", "conv1", "conv2", "relu1"]


class TestDepth:
    def test_0_is_the_top_level(self) -> None:
        assert names(report(depth=0)) == ["input", "conv1", "stage1", "stage2", "fc1", "fc2"]

    def test_1_is_a_level_below(self) -> None:
        assert names(report(depth=1)) == [
            "input", "conv1", "stage1.unit1", "stage1.unit2", "stage1.maxpool1", "stage2.unit1", "stage2.unit2",
            "stage2.maxpool1", "fc1", "fc2",
        ]  # fmt: skip

    def test_deeper_than_the_spec_is_all_of_it(self) -> None:
        assert names(report(depth=9)) == names(report())

    def test_a_row_of_a_block_is_what_it_is_from_outside(self) -> None:
        stage = next(row for row in report(depth=0).rows() if row.name == "stage2")
        assert (stage.kind, stage.label, stage.inputs) == ("stage", "stage2", ("stage1",))
        assert str(stage.output) == "8x8x32"
        assert (
            stage.field
            == report().analysis.receptive_fields[report().analysis.graph.by_name["stage2.maxpool1"]]
        )
        assert (stage.line, stage.weights_formula, stage.activations_formula) == (20, "", "")

    @pytest.mark.parametrize("depth", [0, 1, 2])
    @pytest.mark.parametrize("spec", [NET, "googlenet", "resnet18"])
    def test_inputs_are_rows(self, spec: str, depth: int) -> None:
        before: set[str] = set()
        for row in report(spec, depth=depth, fold=False).rows():
            assert set(row.inputs) <= before
            before.add(row.name)

    def test_unfolded_shows_the_top_levels_own_layers(self) -> None:
        assert names(report(depth=0, fold=False)) == [
            "input", "conv1", "conv1.relu", "stage1", "stage2", "dropout1", "flatten1", "fc1", "fc1.relu", "fc2",
        ]  # fmt: skip

    def test_blocks_used_one_after_another_stay_apart(self) -> None:
        text = (
            "cnncalc: 1\ninput: 8x8x3\nblocks:\n  unit:\n    layers: [conv: 3]\nlayers: [unit, unit, unit]\n"
        )
        assert names(report(text, depth=0)) == ["input", "unit1", "unit2", "unit3"]

    def test_unknown_in_part_is_unknown(self) -> None:
        text = NET.replace("maxpool: 2", "maxpool: 64")
        stage = next(row for row in report(text, depth=0).rows() if row.name == "stage1")
        assert (stage.output, stage.activations, stage.params) == (None, None, None)


class TestSort:
    @pytest.mark.parametrize("figure", FIGURES)
    def test_by_a_figure_is_largest_first(self, figure: str) -> None:
        values = [getattr(row, figure) for row in report(sort=figure).rows()]
        assert values == sorted(values, reverse=True)

    def test_by_name_is_as_in_a_dictionary(self) -> None:
        assert names(report(sort="name")) == sorted(names(report()))

    def test_unknown_comes_last(self) -> None:
        text = NET.replace("maxpool: 2", "maxpool: 64")
        assert next(reversed(list(report(text, sort="macs").rows()))).macs is None


class TestRow:
    def row(self, name: str, text: str = NET) -> Row:
        (entry,) = [row for row in report(text, fold=False).rows() if row.name == name]
        return entry

    def test_of_a_convolution(self) -> None:
        row = self.row("conv1")
        assert (row.kind, row.label, row.inputs, str(row.output)) == (
            "conv",
            "CONV3-8",
            ("input",),
            "32x32x8",
        )
        assert (row.activations, row.activations_formula) == (8192, "32*32*8")
        assert (row.weights, row.weights_formula, row.params) == (216, "(3*3*3)*8", 224)
        assert (row.macs, row.line, row.shared) == (221_184, 18, None)

    def test_of_the_first_fully_connected_layer_shows_the_volume_it_reads(self) -> None:
        assert self.row("fc1").weights_formula == "8*8*32*100"
        assert self.row("fc2").weights_formula == "100*10"

    def test_the_volume_is_found_through_what_changes_no_shape(self) -> None:
        text = "cnncalc: 1\ninput: 4x4x3\nlayers:\n  - flatten\n  - relu\n  - dropout\n  - fc: 10\n"
        analysis = report(text).analysis
        assert str(flattened(analysis, analysis.graph.nodes[-1])) == "4x4x3"

    def test_there_is_no_volume_where_features_enter(self) -> None:
        analysis = report("cnncalc: 1\ninput: 48\nlayers:\n  - relu\n  - fc: 10\n").analysis
        assert flattened(analysis, analysis.graph.nodes[-1]) is None

    def test_a_volume_that_is_pooled_is_not_reported(self) -> None:
        text = "cnncalc: 1\ninput: 4x4x16\nlayers:\n  - global_avgpool\n  - fc: 10\n"
        assert self.row("fc1", text).weights_formula == "16*10"

    def test_of_shared_weights_names_their_owner(self) -> None:
        text = "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: 3\n  - conv: 3\n    share: conv1\n"
        row = self.row("conv2", text)
        assert (row.shared, row.weights, row.weights_formula) == ("conv1", 0, "")

    def test_of_an_input(self) -> None:
        row = self.row("input")
        assert (row.kind, row.label, row.inputs, row.activations, row.line) == ("input", "INPUT", (), 3072, 2)

    def test_of_a_fault(self) -> None:
        row = self.row("conv1", "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 3, kernel: 9}\n")
        assert (row.label, row.output, row.activations, row.params, row.macs, row.field) == (
            "CONV",
            *[None] * 5,
        )

    def test_formulas_give_their_figures(self) -> None:
        for spec in ("vgg16", "googlenet", "mobilenet_v1", "alexnet_groups"):
            for row in report(spec, fold=False).rows():
                if row.activations_formula:
                    assert eval(row.activations_formula) == row.activations
                if row.weights_formula:
                    assert eval(row.weights_formula) == row.weights


def test_rows_are_made_as_they_are_asked_for() -> None:
    rows = report().rows()
    assert next(rows).name == "input"
    assert next(rows).name == "conv1"


def test_of_two_operands_with_one_name_the_inner_has_its_full_name() -> None:
    block = "blocks: {b: {layers: [conv: 8, add: [prev, in]]}}"
    rows = report(f"cnncalc: 1\ninput: 8x8x3\n{block}\nlayers: [conv: 8, b, b]\n").rows()
    assert [row.reads for row in rows if row.kind == "add"] == [("b1.conv1", "conv1"), ("conv1", "b1")]
