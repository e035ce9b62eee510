"""`cnncalc conv`, `pool` and `fc`: one layer without a spec, with the facts and the faults of the layer itself."""

import json
from typing import Any

import pytest

import cnncalc
from tests.commands._program import Ended, modules_of, run

LOCAL = "reads X[2:5, 3:6, :]"
TRANSPOSED = "conv 3x3x2 -k 3 -s 2 -p 1 -f 3 --type transposed"


def content(line: str, status: int = 0) -> dict[str, Any]:
    ended = run(*line.split(), "--format", "json")
    assert (ended.status, ended.err) == (status, "")
    content_of_line: dict[str, Any] = json.loads(ended.out)
    return content_of_line


def page(line: str, status: int = 0) -> dict[str, str]:
    """The lines of the page by their names; of lines of one name all."""
    ended = run(*line.split(), COLUMNS="300")
    assert (ended.status, ended.err) == (status, "")
    lines: dict[str, str] = {}
    for text in ended.out.splitlines()[2:]:
        name, _, said = text[2:].partition("   ")
        name = name.strip()
        lines[name] = f"{lines[name]}\n{said.strip()}" if name in lines else said.strip()
    return lines


def refused(line: str) -> str:
    ended: Ended = run(*line.split())
    assert (ended.status, ended.out) == (2, "")
    return ended.err


class TestConv:
    def test_has_the_figures_of_the_same_layer_in_a_spec(self) -> None:
        alone = content("conv 227x227x3 -k 11 -s 4 --filters 96")
        ended = run("explain", "alexnet", "conv1", "--format", "json")
        inside = json.loads(ended.out)
        assert alone["layer_facts"] == inside["layer_facts"]
        for name in ("label", "output", "params", "weights", "macs", "activations", "type"):
            assert alone[name] == inside[name]

    def test_lines_are_those_of_explain(self) -> None:
        alone = page("conv 227x227x3 -k 11 -s 4 --filters 96")
        inside = page("explain alexnet conv1")
        # Below the arithmetic `explain` says where each field comes from.
        same = set(alone) - {"input", "field", "bias"}
        assert {name: alone[name] for name in same} == {name: inside[name] for name in same}

    @pytest.mark.parametrize(
        ("options", "fields"),
        [
            ("-k 3", "kernel: 3"),
            ("-k 3x1 -s 3x1", "kernel: [3, 1], stride: [3, 1]"),
            ("--kernel 3,1", "kernel: [3, 1]"),
            ("-k 3 --padding half --dilation 2", "kernel: 3, padding: half, dilation: 2"),
            ("-k 4 -p same", "kernel: 4, padding: same"),
            ("-k 3 -p bottom=1,right=2", "kernel: 3, padding: {bottom: 1, right: 2}"),
            ("-k 3 -p 1x2 -g 4 --no-bias", "kernel: 3, padding: [1, 2], groups: 4, bias: false"),
        ],
    )
    def test_options_are_the_fields_of_the_language(self, options: str, fields: str) -> None:
        alone = content(f"conv 12x13x4 --filters 8 {options}")
        graph = cnncalc.load(f"cnncalc: 1\ninput: 12x13x4\nlayers:\n  - conv: {{filters: 8, {fields}}}\n")
        figures = cnncalc.analyse(graph)["conv1"]
        assert figures.output is not None
        assert alone["output"] == figures.output.asdict()
        assert (alone["params"], alone["macs"]) == (figures.params, figures.macs)

    @pytest.mark.parametrize(
        ("kind", "key"), [("local", "locally_connected"), ("transposed", "conv_transpose")]
    )
    def test_has_types(self, kind: str, key: str) -> None:
        assert content(f"conv 9x9x2 -k 3 -f 4 --type {kind}")["type"] == key

    @pytest.mark.parametrize("shape", ["20x4", "6x7x4", "4x5x6x4"])
    def test_goes_over_one_to_three_axes(self, shape: str) -> None:
        page_content = content(f"conv {shape} -k 3 -f 2")
        assert len(page_content["layer_facts"]["windows"]) == shape.count("x")

    def test_bytes_are_of_a_batch_and_a_type(self) -> None:
        single, many = (content(f"conv 8x8x3 -k 3 -f 2 {more}") for more in ("", "--batch 8 --dtype float16"))
        assert many["activation_bytes"] == single["activation_bytes"] * 8 // 2
        columns, weights, _ = many["layer_facts"]["matrices"]
        assert columns["bytes"] == columns["values"] * 8 * 2
        # Weights are there once, whatever the batch.
        assert weights["bytes"] == weights["values"] * 2
        assert page("conv 8x8x3 -k 3 -f 20 --units si")["memory"] == "720 values = 2.88 kB (float32, batch 1)"

    def test_of_one_window_says_nothing_of_neighbours(self) -> None:
        lines = page("conv 7x7x512 -k 7 -f 4096")
        assert lines["overlap"] == "none: there is one window"
        assert lines["without sharing"].endswith("102,764,544, as many: there is one position")
        assert page("conv 1x9x2 -k 1x3 -f 2")["overlap"].startswith(
            "height none: there is one window; width F - S = 3 - 1 = 2"
        )

    def test_says_what_is_kept_for_the_backward_pass(self) -> None:
        assert page("conv 8x8x3 -k 3 -f 2")["for backward"] == "autograd keeps its input"
        kept = "autograd keeps its input, indices (48 values, int64)"
        assert page("pool 8x8x3 -k 2")["for backward"] == kept
        assert page("pool 8x8x3 -k 2 --type avg")["for backward"].startswith("autograd keeps")


class TestPool:
    def test_keeps_a_quarter(self) -> None:
        assert page("pool 224x224x64 -k 2")["values kept"] == "802,816 of 3,211,264 = 25%; 75% are dropped"
        assert content("pool 224x224x64 -k 2")["layer_facts"]["values"]["kept"] == 0.25

    @pytest.mark.parametrize(("kind", "key"), [("max", "maxpool"), ("avg", "avgpool"), ("l2", "lppool")])
    def test_has_types(self, kind: str, key: str) -> None:
        assert content(f"pool 8x8x4 -k 2 --type {kind}")["type"] == key

    def test_rounds_up(self) -> None:
        assert content("pool 224x224x64 -k 3 -s 2 --rounding ceil")["output"]["height"] == 112

    def test_columns_are_of_each_channel(self) -> None:
        assert (
            page("pool 55x55x96 -k 3 -s 2")["im2col X_col"]
            == "(3*3) x (27*27) = 9 x 729, for each of 96 channels"
        )

    def test_of_a_maximum_padding_never_wins(self) -> None:
        assert (
            "np.pad(X, ((1, 1), (1, 1), (0, 0)), constant_values=-np.inf)"
            in page("pool 8x8x4 -k 3 -s 1 -p 1")["Xp"]
        )
        assert "padded with zeros" in page("pool 8x8x4 -k 3 -s 1 -p 1 --type avg")["Xp"]


class TestFc:
    def test_of_a_volume_reads_it_flattened(self) -> None:
        ended = run("fc", "7x7x512", "--units", "4096")
        assert ended.out.startswith("FC over 25088, which is 7x7x512 flattened\n")
        assert (
            content("fc 7x7x512 --units 4096")["params"]
            == content("fc 25088 -u 4096")["params"]
            == 102_764_544
        )

    def test_units_of_sizes_can_be_said_too(self) -> None:
        assert "16.38 kB" in page("fc 25088 --units 4096 --units si")["memory"]

    @pytest.mark.parametrize("options", ["", "--units si", "--units 3 --units 4"])
    def test_needs_its_units_once(self, options: str) -> None:
        assert "--units" in refused(f"fc 100 {options}")

    def test_is_its_own_matrix(self) -> None:
        assert page("fc 100 --units 10")["as fully connected"] == "10 x 100 = 1,000 weights, no zeros"


class TestSlices:
    @pytest.mark.parametrize(
        ("line", "name", "text"),
        [
            ("conv 11x11x4 -k 5 -s 2 -f 2 --at 2,3", "V[2,3]", "reads X[4:9, 6:11, :]"),
            ("conv 11x11x4 -k 5 -s 2 -f 2 --at 0,1,1", "V[0,1,1]", "reads X[:5, 2:7, :], with W1 and b1"),
            ("conv 11x11x4 -k 5 -s 2 -f 2 --no-bias --at 0,1,1", "V[0,1,1]", "reads X[:5, 2:7, :], with W1"),
            ("conv 9x9x2 -k 3 -d 2 -f 1 --at 1,1", "V[1,1]", "reads X[1:6:2, 1:6:2, :]"),
            ("conv 9x9x4 -k 1 -f 4 -g 2 --at 1,0,3", "V[1,0,3]", "reads X[1, 0, 2:4], with W3 and b3"),
            ("conv 5x5x3 -k 5 -f 2 --at 0,0", "V[0,0]", "reads X[:, :, :]"),
            ("conv 5x5x3 -k 3 -p 1 -f 2 --at 1,1", "V[1,1]", "reads X[:3, :3, :], which is Xp[1:4, 1:4, :]"),
            (
                "conv 5x5x3 -k 3 -p 1 -f 2 --at 0,4",
                "V[0,4]",
                "reads X[:2, 3:5, :] and padding: Xp[:3, 4:7, :]",
            ),
            (
                "conv 5x5x3 -k 1 -p 1 -f 2 --at 0,0",
                "V[0,0]",
                "reads no value of X, padding only: Xp[0, 0, :]",
            ),
            (
                "conv 9x9x2 -k 3 -f 2 --type local --at 2,3,1",
                "V[2,3,1]",
                "reads X[2:5, 3:6, :], with W[2,3,1] and b[2,3,1]",
            ),
            ("pool 8x8x4 -k 2 --at 1,2,3", "V[1,2,3]", "reads X[2:4, 4:6, 3]"),
            ("conv 20x4 -k 3 -f 2 --at 7", "V[7]", "reads X[7:10, :]"),
            ("fc 100 -u 10 --at 3", "V[3]", "reads X[:], with W3 and b3"),
            (
                "conv 3x3x2 -k 3 -s 2 -p 1 -f 3 --type transposed --at 4,3,1",
                "V[4,3,1]",
                "reads X[2, 1:3, :], with W1 and b1",
            ),
        ],
    )
    def test_of_a_place(self, line: str, name: str, text: str) -> None:
        assert page(line)[name] == text

    def test_of_several_places_come_in_their_order(self) -> None:
        lines = page("conv 11x11x4 -k 5 -s 2 -f 2 --at 3,0 --at 0,3 --at 1,1")
        assert [name for name in lines if name.startswith("V[")] == ["V[i,j]", "V[3,0]", "V[0,3]", "V[1,1]"]

    @pytest.mark.parametrize(
        ("line", "words"),
        [
            ("conv 11x11x4 -k 5 -s 2 -f 2 --at 4,0", "the last position of the output, 4x4x2, is 3,3"),
            ("conv 11x11x4 -k 5 -s 2 -f 2 --at 0,0,2", "has channels 0 to 1"),
            ("conv 11x11x4 -k 5 -s 2 -f 2 --at 1", "has 2 axes of positions"),
            ("conv 11x11x4 -k 5 -s 2 -f 2 --at x", "is not a position"),
            ("explain alexnet conv1.relu --at 0,0", "what a value of relu reads has no slice"),
            ("explain alexnet --at 0,0", "--at needs a layer"),
        ],
    )
    def test_of_no_place_are_refused(self, line: str, words: str) -> None:
        assert words in refused(line)


class TestFaults:
    @pytest.mark.parametrize(
        ("line", "code", "words"),
        [
            ("conv 10x10x3 -k 3 -s 2 -f 8", "S001", "padding {bottom: 1, right: 1}"),
            ("pool 224x224x64 -k 3 -s 2", "S001", "`rounding: ceil`"),
            ("conv 5x5x3 -k 7 -f 2", "S005", "it fits with padding 1, or kernel 5, or input 7"),
            ("conv 8x8x48 -k 3 -f 64 -g 5", "S007", "`groups: 4`"),
            ("conv 8x8x3 -k 4 -p half -f 2", "S011", "use `same`"),
            ("conv 8x8x3 -k 3x3x3 -f 2", "S010", "kernel"),
            ("conv 8 -k 3 -f 2", "S010", "fc"),
            ("conv 3x224x224 -k 3 -f 8", "S101", "write `224x224x3`"),
            ("conv 224x224x3 -k 11 -s 4 -f 8", "S001", "padding {bottom: 3, right: 3}"),
        ],
    )
    def test_are_the_layers_own_with_help(self, line: str, code: str, words: str) -> None:
        findings = content(line, status=1)["diagnostics"]
        assert [finding["code"] for finding in findings] == [code]
        assert words in f"{findings[0]['message']} {findings[0]['help']}"
        ended = run(*line.split(), COLUMNS="300")
        assert f"error[{code}]" in ended.out
        assert f"error {code}" in run(*line.split(), "--format", "markdown").out

    def test_of_an_image_without_channels_are_a_warning(self) -> None:
        (finding,) = content("conv 224x224 -k 3 -f 8", status=1)["diagnostics"]
        assert (finding["code"], finding["severity"]) == ("S105", "warning")
        assert "write `224x224x3` or `224x224x1`" in finding["help"]
        (other,) = [
            finding
            for finding in content("pool 28x30 -k 3x3", status=1)["diagnostics"]
            if finding["code"] == "S105"
        ]
        assert "write `28x30x3`" in other["help"]
        assert content("conv 100x16 -k 3 -f 8")["diagnostics"] == []
        ended = run("conv", "{length: 224, channels: 224}", "-k", "3", "-f", "8")
        assert ended.status == 0

    def test_of_a_shape_that_is_meant_are_none(self) -> None:
        ended = run(
            "conv", "{height: 3, width: 224, channels: 224}", "-k", "3", "-f", "8", "--format", "json"
        )
        assert (ended.status, json.loads(ended.out)["output"]) == (
            0,
            {"channels": 8, "height": 1, "width": 222},
        )

    def test_notes_are_no_findings_but_under_strict(self) -> None:
        line = "conv 224x224x3 -k 7 -s 2 -p 3 -f 64"
        assert content(line)["diagnostics"][0]["code"] == "S002"
        ended = run(*line.split(), "--strict")
        assert ended.status == 1
        assert ended.out.endswith("strict: rejected, the remainder is not 0\n")
        assert run("conv", "227x227x3", "-k", "11", "-s", "4", "-f", "96", "--strict").status == 0

    @pytest.mark.parametrize(
        ("line", "words"),
        [
            ("conv 8x8x3 -f 2", "The option '-k' / '--kernel' is missing: size of the window"),
            ("conv 8x8x3 -k 3", "--filters"),
            ("conv 8y8 -k 3 -f 2", "is not a shape: write HEIGHTxWIDTHxCHANNELS"),
            ("conv [227x227x3] -k 11 -f 96", "`[227x227x3]` is not a shape: write 227x227x3"),
            ("fc 32*32*3 -u 1", "`32*32*3` is not a shape: write 32x32x3"),
            ("window 7x7 -k 3", "'7x7' is not one side; `cnncalc conv` and `cnncalc pool` take a volume"),
            ("window 7 -k 3x3", "'3x3' is not one side"),
            ("window seven -k 3", "it must be a whole number from 1 to 999,999,999,999,999,999, not seven"),
            ("conv 0x8x3 -k 3 -f 2", "has an axis of size 0"),
            ("conv 8x8x3 -k 0 -f 2", "it must be a whole number, 1 or more"),
            ("conv 8x8x3 -k three -f 2", "it must be a whole number, 1 or more"),
            ("conv 8x8x3 -k 3 -p full -f 2", "half, same, valid or causal"),
            ("conv 8x8x3 -k 3 -p up=1 -f 2", "its sides are front, back, top"),
            ("pool 8x8x3 -k 2 -d 2 --type avg", "avgpool has no dilation: leave `--dilation` out"),
        ],
    )
    def test_of_usage_are_refused(self, line: str, words: str) -> None:
        assert words in refused(line)

    @pytest.mark.parametrize(
        "line", ["conv 9x9x2 -k 3 -d 0 -f 1", "pool 9x9x2 -k 3 -d 0", "window 9 -k 3 -d 0"]
    )
    def test_of_the_courses_dense_dilation_says_what_it_is_here(self, line: str) -> None:
        assert (
            "write 1: it is the distance between two kernel elements; the course notes count the gap, and their 0 is 1"
            in refused(line)
        )


class TestSizes:
    def test_of_18_digits_take_no_time(self) -> None:
        page_content = content("conv 100000000000000000x3 -k 1000000 -s 3 -p 5 -f 2 --at 7")
        dense = page_content["layer_facts"]["as_fully_connected"]
        assert 0 < dense["not_zero"] < dense["entries"]

    def test_that_are_too_large_are_a_finding(self) -> None:
        huge = "9" * 18
        assert content(f"conv 8x8x3 -k 1 -f {huge}", status=0)["output"]["channels"] == int(huge)
        assert content(f"conv {huge}x3 -k 1 -p 5 -f 2", status=1)["diagnostics"][0]["code"] == "S104"


def test_markdown_is_a_table_of_the_same_facts() -> None:
    lines = run("conv", "8x8x3", "-k", "3", "-f", "2", "--format", "markdown").out.splitlines()
    assert lines[0] == "### CONV3-2 over 8x8x3"
    assert "| parameters | 54 + 2 = 56 |" in lines


@pytest.mark.parametrize("line", ["conv 8x8x3 -k 3 -f 2", "pool 8x8x3 -k 2", "fc 10 -u 2"])
def test_start_without_what_is_heavy(line: str) -> None:
    loaded = modules_of(line)
    assert not loaded & {"torch", "rich", "numpy", "sympy", "cnncalc.memory"}
