"""Statements of the course that a sentence, a list or one command answers (CS231n notes, lecture on architectures)."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.commands._program import run

ALEX224 = "cnncalc: 1\ninput: 224x224x3\nlayers:\n  - conv: {filters: 96, kernel: 11, stride: 4}\n"
W10 = "cnncalc: 1\ninput: 10x10x3\nlayers:\n  - conv: {filters: 8, kernel: 3, stride: 2}\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def page(*words: str, status: int = 0) -> list[str]:
    """The lines of a command's page, spaces made one, without stops."""
    ended = run(*words, COLUMNS="1000")
    assert ended.status == status, ended.err
    return [" ".join(line.split()).rstrip(".") for line in ended.out.splitlines()]


def content(*words: str) -> Any:
    return json.loads(run(*words, "--format", "json").out)


def sentences(spec: str) -> list[str]:
    """The sentences below the table of a spec, as text has them."""
    return [sentence for line in page("inspect", spec) for sentence in line.split("; ")]


class TestHalvings:
    """Good inputs can be halved many times."""

    @pytest.mark.parametrize(
        ("side", "times"), [(32, 5), (64, 6), (96, 5), (224, 5), (384, 7), (512, 9), (75, 0), (1, 0)]
    )
    def test_of_a_side(self, side: int, times: int) -> None:
        (row,) = content("sizes", "--halvings", str(side))["sides"]
        assert (row["side"], row["times"]) == (side, times)

    def test_of_the_notes_sides_without_a_word(self) -> None:
        sides = content("sizes", "--halvings")["sides"]
        assert {row["side"]: row["times"] for row in sides} == {
            32: 5, 64: 6, 96: 5, 224: 5, 384: 7, 512: 9
        }  # fmt: skip
        assert "224 5 times 224 -> 112 -> 56 -> 28 -> 14 -> 7" in page("sizes", "--halvings")

    def test_of_a_network(self) -> None:
        lines = page("sizes", "vgg16", "--halvings", "224", "96", "500")
        assert "224 5 of 5 224 -> 112 -> 56 -> 28 -> 14 -> 7" in lines
        assert "96 5 of 5 96 -> 48 -> 24 -> 12 -> 6 -> 3" in lines
        assert "500 2 of 5 500 -> 250 -> 125; stage3.maxpool1 does not halve 125" in lines
        row = content("sizes", "vgg16", "--halvings", "500")["sides"][0]
        assert row["stopped_by"] == {"layer": "stage3.maxpool1", "size": 125}

    def test_as_markdown(self) -> None:
        lines = run("sizes", "vgg16", "--halvings", "500", "--format", "markdown").out.splitlines()
        assert lines[0].startswith("VGG-16 halves its input 5 times: stage1.maxpool1, ")
        assert lines[2:] == [
            "| side | halved | sizes |",
            "| ---: | :--- | :--- |",
            "| 500 | 2 of 5 | 500 -\\> 250 -\\> 125; stage3.maxpool1 does not halve 125 |",
        ]

    @pytest.mark.parametrize("side", ["0", "32.5", "1e3", "32x32", "+5", "9" * 19, "007"])
    @pytest.mark.parametrize("spec", [(), ("vgg16",)])
    def test_of_what_is_no_side_is_a_usage_error(self, side: str, spec: tuple[str, ...]) -> None:
        ended = run("sizes", "--halvings", *spec, side)
        assert (ended.status, ended.out) == (2, "")
        assert f"{side!r} is not a side: a whole number, 1 or more, with at most 18 digits" in ended.err

    @pytest.mark.parametrize(
        "words",
        [("32", "x"), ("-1",), ("32", "--near", "3"), ("vgg16", "--strict"), ("32", "--format", "csv")],
    )
    def test_of_other_words_is_a_usage_error(self, words: tuple[str, ...]) -> None:
        assert run("sizes", "--halvings", *words).status == 2

    def test_of_huge_sides(self) -> None:
        for side in (10**18 - 1, 2**59):
            assert content("sizes", "--halvings", str(side))["sides"][0]["side"] == side
            assert content("sizes", "vgg16", "--halvings", str(side))["sides"][0]["of"] == 5

    def test_without_the_option_need_a_spec_alone(self) -> None:
        assert "The argument 'SPEC' is missing" in run("sizes").err
        assert "a SIDE is for --halvings" in run("sizes", "vgg16", "32").err

    @pytest.mark.parametrize("columns", ["60", "80", "120"])
    def test_fit_the_page(self, columns: str) -> None:
        out = run("sizes", "inception_v3", "--halvings", "299", "301", COLUMNS=columns).out
        assert max(map(len, out.splitlines())) <= int(columns)


class TestFixedInput:
    """An FC ties the network to one input size."""

    @pytest.mark.parametrize(("spec", "layer"), [("vgg16", "fc1"), ("alexnet", "fc1"), ("lenet5", "fc1")])
    def test_is_said_of_the_layer(self, spec: str, layer: str) -> None:
        sentence = f"{layer} fixes the input size: its weights change with it"
        assert any(sentence in line for line in page("inspect", spec))
        report = content("inspect", spec)
        assert sentence in report["sentences"]
        (fixing,) = report["fixes_input_size"]
        (row,) = [row for row in report["rows"] if row["name"] == layer]
        assert fixing == {"name": layer, "line": row["line"], "weights": row["weights"]}

    @pytest.mark.parametrize("spec", ["resnet18", "googlenet", "nin", "unet", "all_cnn_c"])
    def test_is_not_said_of_global_pooling(self, spec: str) -> None:
        report = content("inspect", spec)
        assert report["fixes_input_size"] == []
        assert not any("fixes the input size" in sentence for sentence in report["sentences"])

    def test_shows_in_the_weights_of_another_size(self) -> None:
        own, other = content("inspect", "vgg16"), content("inspect", "vgg16", "--input", "384")
        assert own["fixes_input_size"][0]["weights"] == 102_760_448
        assert other["fixes_input_size"][0]["weights"] == 12 * 12 * 512 * 4096


class TestFirstConvolutions:
    """Most memory is in the early convolutions; of the work they have less."""

    def test_memory_and_work_are_said_apart(self) -> None:
        lines = sentences("vgg16")
        assert "63% of the activations are in the first 4 of 13 convs" in lines
        assert "30% of the MACs are in the first 4 convs, 60% in the first 7" in lines

    def test_are_the_sums_of_their_rows(self) -> None:
        report = content("inspect", "vgg16")
        macs = [row["macs"] for row in report["rows"] if row["type"] == "conv"]
        assert [round(100 * sum(macs[:count]) / report["totals"]["macs"]) for count in (4, 7)] == [30, 60]


class TestLayersAndParameters:
    def test_vgg_has_16_layers_in_text(self) -> None:
        assert "depth 16 layers with weights on the longest path (13 convs, 3 fcs)" in page(
            "inspect", "vgg16"
        )

    def test_without_the_fully_connected_ones_far_fewer_parameters(self) -> None:
        assert "14,714,688 parameters are left without the 3 fcs" in sentences("vgg16")
        rows = content("inspect", "vgg16")["rows"]
        assert sum(row["params"] for row in rows if row["type"] == "conv") == 14_714_688

    def test_dense_becomes_a_convolution_of_the_inputs_size(self) -> None:
        lines = run("rewrite", "vgg16", "--fc-to-conv").err.splitlines()
        assert "  fc1: fc 4096 -> conv 7x7, 4096 filters" in lines
        assert "  fc2: fc 4096 -> conv 1x1, 4096 filters" in lines
        spec = run("rewrite", "vgg16", "--fc-to-conv").out
        assert re.search(r"conv: \{kernel: 7, stride: 1, padding: 0, .*filters: 4096", spec)


class TestFixes:
    """What corrects a window that does not fit."""

    def test_of_ten_are_nine_eleven_or_one_zero_at_the_end(self, folder: Path) -> None:
        (folder / "w10.yaml").write_text(W10, encoding="utf-8")
        (finding,) = content("validate", "w10.yaml")["diagnostics"]
        assert "padding {bottom: 1, right: 1}" in finding["help"]
        assert "an input of 9x9 or 11x11" in finding["help"]
        assert "one-sided padding works: 0 before and 1 after gives 5" in page(
            "window", "10", "-k", "3", "-s", "2", status=1
        )

    @pytest.mark.parametrize(
        ("prefer", "line"),
        [
            ("input: 227", "input: 227x227x3"),
            ("input", "input: 223x223x3"),
            ("kernel: 12", "  - conv: {filters: 96, kernel: 12, stride: 4}"),
            ("padding: {", "  - conv: {filters: 96, kernel: 11, stride: 4, padding: {bottom: 3, right: 3}}"),
        ],
    )
    def test_of_224_are_written_as_preferred(self, folder: Path, prefer: str, line: str) -> None:
        (folder / "alex.yaml").write_text(ALEX224, encoding="utf-8")
        assert run("validate", "alex.yaml", "--fix", "--prefer", prefer).status == 0
        assert line in (folder / "alex.yaml").read_text(encoding="utf-8").splitlines()

    def test_that_no_finding_has_change_nothing(self, folder: Path) -> None:
        (folder / "alex.yaml").write_text(ALEX224, encoding="utf-8")
        assert run("validate", "alex.yaml", "--fix", "--prefer", "input: 5").status == 1
        assert (folder / "alex.yaml").read_text(encoding="utf-8") == ALEX224
        run("validate", "alex.yaml", "--fix", "--unsafe-fixes", "--prefer", "input: 5")
        assert "padding: 2" in (folder / "alex.yaml").read_text(encoding="utf-8")

    def test_are_preferred_only_where_they_are_written(self) -> None:
        ended = run("validate", "vgg16", "--prefer", "input")
        assert (ended.status, ended.err.splitlines()[-1]) == (2, "Error: --prefer needs --fix or --diff.")


class TestManyNetworks:
    """Operations and parameters of many networks; those with large FC layers have many parameters for their work."""

    def test_those_with_large_fc_layers_come_first(self) -> None:
        rows = content("specs", "alexnet", "vgg16", "resnet50", "googlenet", "--sort", "params_per_mac")
        assert [row["spec"] for row in rows] == ["alexnet", "vgg16", "resnet50", "googlenet"]
        for row in rows:
            assert row["params_per_mac"] == row["params"] / row["macs"]
        assert [round(100 * row["fc_params"] / row["params"]) for row in rows] == [94, 89, 8, 15]

    def test_are_a_table_with_memory_beside_own_ones(self, folder: Path) -> None:
        (folder / "own.yaml").write_text(W10.replace("10x10x3", "11x11x3"), encoding="utf-8")
        words = ("specs", "own.yaml", "vgg16", "--sort", "macs", "--columns", "spec,params,macs,memory")
        assert page(*words)[:2] == [
            "spec parameters MACs memory",
            "vgg16 138,357,544 15.47G 560.99 MiB",
        ]
        for row in content(*words):
            assert row["peak_bytes"] == content("memory", row["spec"])["peak_bytes"]

    def test_are_a_plot(self) -> None:
        lines = page("specs", "alexnet", "vgg16", "resnet50", "--plot")
        assert lines[0] == "parameters"
        assert lines[-1] == "a alexnet, b vgg16, c resnet50"

    def test_have_no_times(self) -> None:
        assert "Times are not predicted" in " ".join(run("specs", "--help").out.split())
