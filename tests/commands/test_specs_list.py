"""`cnncalc specs` as a table of many networks: chosen, sorted, beside own ones, and as a plot."""

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

import cnncalc
from cnncalc import zoo
from tests.commands._program import run

OWN = "cnncalc: 1\nname: Own\ninput: 8x8x3\nlayers: [conv: 4, flatten, fc: 10]\n"
BROKEN = "cnncalc: 1\ninput: 8x8x3\nlayers: [conv: {filters: 4, kernel: 9}]\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nets").mkdir()
    (tmp_path / "nets" / "own.yaml").write_text(OWN, encoding="utf-8")
    (tmp_path / "nets" / "values.yaml").write_text("a: 1\n", encoding="utf-8")
    return tmp_path


def rows(*words: str) -> list[dict[str, Any]]:
    result: list[dict[str, Any]] = json.loads(run("specs", *words, "--format", "json").out)
    return result


def names(*words: str) -> list[str]:
    return [row["spec"] for row in rows(*words)]


class TestChoice:
    def test_of_several_words(self) -> None:
        assert names("lenet5", "vgg1") == ["lenet5", *(name for name in zoo.names() if "vgg1" in name)]

    @pytest.mark.parametrize("path", ["nets", "nets/", "nets/own.yaml", "nets/*n.yaml", "./nets", "."])
    def test_of_own_specs(self, path: str) -> None:
        (row,) = rows(path)
        assert (Path(row["spec"]), row["name"]) == (Path("nets/own.yaml"), "Own")
        totals = cnncalc.analyse(cnncalc.load(OWN)).totals
        assert (row["params"], row["macs"]) == (totals.params, totals.macs)

    def test_beside_shipped_ones(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert names("nets", "lenet5") == ["lenet5", "nets/own.yaml"]
        monkeypatch.setattr(zoo, "names", lambda: ["alexnet", "lenet5"])
        assert names("nets", "--shipped") == [*zoo.names(), "nets/own.yaml"]

    def test_of_a_file_with_a_shipped_name_in_its_path(self, folder: Path) -> None:
        (folder / "vgg16.yaml").write_text(OWN, encoding="utf-8")
        (row,) = rows("vgg16.yaml")
        assert row["name"] == "Own"
        assert names("vgg16", "lenet5") == ["vgg16", "lenet5"]

    @pytest.mark.parametrize(
        ("words", "says"),
        [
            (("qqqqqq", "lenet5"), "error: no shipped spec has 'qqqqqq' in its name"),
            (("nothing/",), "error: there is no file nothing\n"),
            (("no.yaml",), "error: there is no file no.yaml\n"),
            (("no.yaml", "nets"), "error: there is no file no.yaml\n"),
        ],
    )
    def test_of_nothing_is_an_error(self, words: tuple[str, ...], says: str) -> None:
        ended = run("specs", *words, "--sort", "name")
        assert ended.status == 2
        assert says in ended.err

    def test_of_an_empty_folder_is_an_error(self, folder: Path) -> None:
        (folder / "empty").mkdir()
        ended = run("specs", "empty")
        assert (ended.status, ended.out, ended.err) == (2, "", "error: there is no spec in empty\n")

    def test_of_a_file_that_is_no_spec_is_a_finding(self) -> None:
        ended = run("specs", "nets/values.yaml", "--sort", "name")
        assert ended.status == 1
        assert "nets/values.yaml has " in ended.err

    def test_of_a_spec_with_errors_has_no_figures(self, folder: Path) -> None:
        (folder / "broken.yaml").write_text(BROKEN, encoding="utf-8")
        ended = run("specs", "broken.yaml", "lenet5", "--sort", "params", COLUMNS="200")
        assert ended.status == 1
        assert ended.err == "error: broken.yaml has 1 error: `cnncalc validate broken.yaml`\n"
        lines = ended.out.splitlines()
        assert lines[2].split()[:4] == ["broken.yaml", "8x8x3", "?", "?"]
        columns = "spec,params,macs,memory,fc_share,depth,params_per_mac"
        written = run("specs", "broken.yaml", "--columns", columns, "--format", "csv").out
        assert written.splitlines()[1] == "broken.yaml,,,,,,"


class TestOrder:
    @pytest.mark.parametrize("key", ["params", "macs", "activations", "depth", "params_per_mac"])
    def test_is_the_largest_first(self, key: str) -> None:
        values = [row[key] for row in rows("vgg", "alexnet", "lenet", "--sort", key)]
        assert values == sorted(values, reverse=True)
        assert len(set(values)) > 3

    def test_by_name(self) -> None:
        assert names("vgg16", "alexnet", "lenet5", "--sort", "name") == ["alexnet", "lenet5", "vgg16"]

    def test_by_memory_is_the_peak_of_a_prediction(self) -> None:
        listed = rows("lenet5", "cifar_convnet", "--sort", "memory")
        for row in listed:
            assert row["peak_bytes"] == cnncalc.estimate(cnncalc.load(row["spec"])).peak(1).nbytes
        assert listed[0]["peak_bytes"] > listed[1]["peak_bytes"]
        assert "peak_bytes" not in rows("lenet5")[0]

    def test_adds_its_column(self) -> None:
        title = run("specs", "lenet", "--sort", "activations", COLUMNS="200").out.splitlines()[0]
        assert title.split() == ["spec", "input", "parameters", "MACs", "activations", "source"]


class TestFigures:
    @pytest.mark.parametrize("name", ["vgg16", "alexnet", "vit_b_32", "resnet18"])
    def test_parameters_in_fully_connected_layers_are_pytorchs(self, name: str) -> None:
        from torch import nn

        from cnncalc.pytorch import build

        graph = cnncalc.load(name)
        module = build(graph)
        shapes = {node.name: node.shape for node in graph.nodes}
        heads = [
            part
            for path, part in module.named_modules()
            if isinstance(part, nn.Linear) and (shape := shapes.get(path)) is not None and not shape.rank
        ]
        expected = sum(weight.numel() for head in heads for weight in head.parameters())
        (row,) = [row for row in rows(name) if row["spec"] == name]
        assert row["fc_params"] == expected

    def test_as_csv_and_markdown(self) -> None:
        columns = ("--columns", "spec,params,macs,params_per_mac")
        (row,) = csv.DictReader(StringIO(run("specs", "nets", *columns, "--format", "csv").out))
        assert list(row) == ["spec", "params", "macs", "params_per_mac"]
        assert float(row["params_per_mac"]) == int(row["params"]) / int(row["macs"])
        table = run("specs", "nets", *columns, "--format", "markdown").out.splitlines()
        assert table[0] == "| spec | parameters | MACs | params/1000 MACs |"
        assert table[2].startswith("| nets/own.yaml | 2,586 | 3,328 | 777.04 |")

    @pytest.mark.parametrize("given", ["", ",", "prams"])
    def test_of_an_unknown_column_are_a_usage_error(self, given: str) -> None:
        ended = run("specs", "--columns", given)
        assert ended.status == 2
        assert "column" in ended.err


class TestPlot:
    @pytest.mark.parametrize("width", [40, 80, 120])
    def test_fits_the_page_and_names_each(self, width: int) -> None:
        lines = run(
            "specs", "vgg16", "alexnet", "lenet5", "nets", "--plot", COLUMNS=str(width)
        ).out.splitlines()
        assert max(map(len, lines)) <= width
        assert "a vgg16, b alexnet, c lenet5, d" in " ".join(lines)
        area = [line.split("|")[-1].split("+")[-1] for line in lines[1:22]]
        row, column = {}, {}
        for letter in "abcd":
            (row[letter],) = [number for number, line in enumerate(area) if letter in line]
            column[letter] = area[row[letter]].index(letter)
        assert row["a"] < row["b"] < row["c"] < row["d"]
        assert column["a"] > column["b"] > column["c"] > column["d"]

    def test_of_more_than_letters_has_marks(self) -> None:
        words = ("vgg", "resnet", "alexnet", "lenet", "squeezenet")
        assert len(names(*words)) > 26
        out = run("specs", *words, "--plot").out
        assert "* stands for several" in out
        assert "a alexnet" not in out

    def test_of_nothing_to_plot(self, folder: Path) -> None:
        (folder / "relu.yaml").write_text("cnncalc: 1\ninput: 8x8x3\nlayers: [relu]\n", encoding="utf-8")
        assert run("specs", "relu.yaml", "--plot").out == "no spec has parameters and MACs to plot\n"

    @pytest.mark.parametrize("other", [("--format", "json"), ("--columns", "spec")])
    def test_is_text_without_columns(self, other: tuple[str, str]) -> None:
        assert run("specs", "--plot", *other).status == 2


def test_a_shipped_name_with_an_option_is_a_list() -> None:
    assert run("specs", "lenet5", "--sort", "params").out.startswith("spec ")


def test_times_are_no_column() -> None:
    ended = run("specs", "--columns", "spec,time")
    assert ended.status == 2
    assert "Times are not predicted" in ended.err
