"""`cnncalc inspect`: where the spec comes from, what the table holds, how it fits a page, and how it ends."""

import csv
import json
import re
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from cnncalc import zoo
from cnncalc.render.columns import COLUMNS, EVERY, LAYOUTS, SHOWN
from tests._depth import long_but
from tests._each import each
from tests.commands._program import Ended, program, run

NET = """\
cnncalc: 1
name: Small
params: {width: 8, deep: false}
input: 32x32x3
blocks:
  stage:
    params: {filters: required}
    layers:
      - conv: {filters: $filters, kernel: 3, padding: 1, act: relu}
      - maxpool: 2
layers:
  - stage: $width
  - stage: 2 * $width
  - conv: 8
    when: $deep
  - flatten
  - fc: 10
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with one spec."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.yaml").write_text(NET, encoding="utf-8")
    return tmp_path


def inspect(*arguments: str, **options: Any) -> Ended:
    return run("inspect", *arguments, **options)


def inspected(*arguments: str, **options: Any) -> dict[str, Any]:
    """The JSON of a run."""
    result: dict[str, Any] = json.loads(inspect(*arguments, "--format", "json", **options).out)
    return result


def table(*arguments: str, **options: Any) -> list[dict[str, str]]:
    """The CSV of a run."""
    return list(csv.DictReader(StringIO(inspect(*arguments, "--format", "csv", **options).out)))


def lines(text: str) -> list[str]:
    """The table of a text: its titles and its rows."""
    return text.split("\n\n")[1].splitlines()


class TestSpec:
    def test_is_a_file(self) -> None:
        assert inspect("net.yaml").out.startswith("Small · input 32x32x3 · float32 · batch 1\n")

    def test_is_on_standard_input(self) -> None:
        assert inspect("-", stdin=NET).out == inspect("net.yaml").out

    def test_is_shipped(self) -> None:
        assert inspect("vgg16").out == inspect(str(Path(zoo.folder(), "vgg16.yaml"))).out

    def test_of_the_current_folder_comes_before_the_shipped_one(self, folder: Path) -> None:
        (folder / "vgg16").write_text(NET)
        assert inspect("vgg16").out.startswith("Small")

    @pytest.mark.parametrize(
        ("name", "meant"), [("vgg17", "vgg19"), ("resnet51", "resnet50"), ("lenet.yaml", "lenet5")]
    )
    def test_that_is_not_there_suggests_the_nearest(self, name: str, meant: str) -> None:
        ended = inspect(name)
        assert (ended.status, ended.out) == (2, "")
        assert f"error[Y001] unreadable-file: there is no file `{name}`\n" in ended.err
        assert re.search(r"help: .*there (is a|are) shipped specs? `\w+`", ended.err)
        assert f"`{meant[:4]}" in ended.err

    def test_that_is_not_there_and_like_none(self) -> None:
        ended = inspect("qqqqqqqq.yaml")
        assert (ended.status, ended.out) == (2, "")
        assert "help:" not in ended.err

    def test_that_is_a_folder(self) -> None:
        ended = inspect(".")
        assert (ended.status, ended.out) == (2, "")
        assert "`.` is a folder, not a file" in ended.err

    def test_as_bytes_that_are_no_text(self) -> None:
        ended = inspect("-", stdin=b"\xff\x00\xfe")
        assert (ended.status, ended.out) == (1, "")
        assert "error[Y002]" in ended.err


class TestStreams:
    def test_findings_go_to_standard_error(self, folder: Path) -> None:
        (folder / "net.yaml").write_text(NET.replace("maxpool: 2", "maxpool: {kernel: 2, padding: ab}"))
        ended = inspect("net.yaml")
        assert ended.status == 1
        assert ended.err.startswith("error[L003]")
        assert "error[" not in ended.out
        assert "CONV3-8" in ended.out

    def test_notes_are_left_to_validate(self) -> None:
        ended = inspect("resnet18")
        assert (ended.status, ended.err) == (0, "")

    def test_a_warning_is_shown_and_is_not_a_failure(self, folder: Path) -> None:
        (folder / "net.yaml").write_text(NET.replace("width: 8,", "width: 8, unused: 1,"))
        ended = inspect("net.yaml")
        assert ended.status == 0
        assert ended.err.startswith("warning[L016]")

    def test_json_is_alone(self, folder: Path) -> None:
        (folder / "net.yaml").write_text(NET.replace("kernel: 3", "kernel: 3x3"))
        ended = inspect("net.yaml", "--format", "json")
        assert (ended.status, ended.err) == (1, "")
        assert [item["code"] for item in json.loads(ended.out)["diagnostics"]] == ["L003"]

    def test_a_process_of_its_own_writes_the_same(self, folder: Path) -> None:
        assert program("inspect", "net.yaml", cwd=folder) == inspect("net.yaml")


class TestFaults:
    def test_what_is_unknown_is_a_question_mark(self, folder: Path) -> None:
        text = NET.replace("kernel: 3, padding: 1", "kernel: 64")
        ended = inspect("-", stdin=text)
        assert ended.status == 1
        assert re.search(r"^  stage1.conv1 +CONV +\? .*\?", ended.out, re.MULTILINE)
        assert "8 layers are unknown, from stage1.conv1 on, because of an error" in ended.out
        assert "%" not in ended.out

    def test_totals_are_null_in_json(self, folder: Path) -> None:
        totals = inspected("-", stdin=NET.replace("kernel: 3, padding: 1", "kernel: 64"))["totals"]
        assert totals["layers"] == 8
        unknown = (
            "params",
            "weights",
            "trainable_params",
            "buffers",
            "macs",
            "activations",
            "activation_bytes",
        )
        assert [totals[name] for name in unknown] == [None] * len(unknown)

    def test_json_of_no_spec_at_all(self) -> None:
        ended = inspect("nothing.yaml", "--format", "json")
        assert (ended.status, ended.err) == (2, "")
        result = json.loads(ended.out)
        assert (result["rows"], result["inputs"], result["outputs"]) == ([], {}, [])
        assert [item["code"] for item in result["diagnostics"]] == ["Y001"]


class TestSet:
    @pytest.mark.parametrize(
        ("values", "filters"),
        [(["width=16"], [16, 32]), (["width=4", "width=6"], [6, 12]), (["deep=false", "width=1.0"], [1, 2])],
    )
    def test_gives_a_parameter_another_value(self, values: list[str], filters: list[int]) -> None:
        options = [word for value in values for word in ("--set", value)]
        rows = table("net.yaml", *options)
        assert [row["layer"] for row in rows if row["type"] == "conv"] == [f"CONV3-{k}" for k in filters]

    def test_reads_values_as_a_spec_does(self) -> None:
        assert [row["name"] for row in table("net.yaml", "--set", "deep=true") if row["type"] == "conv"] == [
            "stage1.conv1", "stage2.conv1", "conv1",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("value", "says"),
        [
            ("wdth=8", "net.yaml has no parameter 'wdth'. Did you mean 'width'?"),
            ("zzz=8", "net.yaml has no parameter 'zzz'. Its parameters: width, deep."),
            ("width", "'width' is not NAME=VALUE"),
            ("=8", "'=8' is not NAME=VALUE"),
            ("deep=yes", "'deep=yes': `yes` is true in YAML 1.1 and a word in YAML 1.2"),
            ("width=010", "'width=010': `010` is 8 in YAML 1.1 (octal) and 10 in YAML 1.2"),
        ],
    )
    def test_that_is_wrong_is_a_usage_error(self, value: str, says: str) -> None:
        ended = inspect("net.yaml", "--set", value)
        assert (ended.status, ended.out) == (2, "")
        assert ended.err.endswith(f"Error: Invalid value for '--set': {says}\n")

    def test_of_a_value_that_does_not_fit_is_a_finding(self) -> None:
        ended = inspect("net.yaml", "--set", "width=0")
        assert ended.status == 1
        assert "error[L003]" in ended.err


class TestRows:
    def test_leave_out_what_stores_and_learns_nothing(self) -> None:
        assert [row["name"] for row in table("net.yaml")] == [
            "input", "stage1.conv1", "stage1.maxpool1", "stage2.conv1", "stage2.maxpool1", "fc1",
        ]  # fmt: skip

    def test_all_of_them(self) -> None:
        assert [row["name"] for row in table("net.yaml", "--all")] == [
            "input", "stage1.conv1", "stage1.conv1.relu", "stage1.maxpool1", "stage2.conv1", "stage2.conv1.relu",
            "stage2.maxpool1", "flatten1", "fc1",
        ]  # fmt: skip

    def test_json_has_all_of_them_always(self) -> None:
        names = [row["name"] for row in table("net.yaml", "--all")]
        assert [row["name"] for row in inspected("net.yaml")["rows"]] == names

    def test_folded_to_a_depth(self) -> None:
        assert [row["name"] for row in table("net.yaml", "--depth", "0")] == [
            "input",
            "stage1",
            "stage2",
            "fc1",
        ]
        assert table("net.yaml", "--depth", "1") == table("net.yaml")
        stage = table("net.yaml", "--depth", "0")[1]
        inside = [row for row in table("net.yaml", "--all") if row["name"].startswith("stage1.")]
        for figure in ("memory", "weights", "params", "macs"):
            assert int(stage[figure]) == sum(int(row[figure]) for row in inside)
        assert (stage["volume"], stage["field"], stage["line"]) == ("16x16x8", "4", "12")

    @pytest.mark.parametrize("figure", ["activations", "weights", "params", "macs"])
    def test_sorted_by_a_figure_are_largest_first(self, figure: str) -> None:
        column = {"activations": "memory"}.get(figure, figure)
        values = [int(row[column]) for row in table("vgg16", "--sort", figure)]
        assert values == sorted(values, reverse=True)

    def test_of_blocks_that_are_equal_are_one(self) -> None:
        shown = lines(inspect("resnet50", "--depth", "0").out)
        assert [re.split(r" {2,}(?!x[0-9])", line.strip())[0] for line in shown[5:-3]] == [
            "bottleneck1", "bottleneck2..3  x2", "bottleneck4", "bottleneck5..7  x3", "bottleneck8",
            "bottleneck9..13  x5", "bottleneck14", "bottleneck15..16  x2",
        ]  # fmt: skip
        assert shown[-1] == "  xN: N equal blocks in a row; the figures are for one block"

    @pytest.mark.parametrize("spec", ["resnet50", "mobilenet_v2", "densenet121", "swin_t", "net.yaml"])
    @pytest.mark.parametrize("depth", ["0", "1"])
    def test_of_equal_blocks_stand_for_rows_equal_in_every_column(self, spec: str, depth: str) -> None:
        for columns in (
            "name,volume,memory,weights,params,macs",
            "name,volume",
            "name,field,macs",
            "name,line",
        ):
            rows = table(spec, "--depth", depth, "--columns", columns)
            shown = lines(inspect(spec, "--depth", depth, "--columns", columns).out)[1:]
            index = 0
            for line in [line for line in shown if "xN:" not in line]:
                count = int(match[1]) if (match := re.search(r"  x(\d+)(?= |$)", line)) else 1
                run = [{**row, "name": ""} for row in rows[index : index + count]]
                assert all(row == run[0] for row in run)
                if match:
                    assert line.split()[0].startswith(rows[index]["name"] + "..")
                index += count
            assert index == len(rows)

    def test_of_equal_blocks_are_each_there_for_programs_and_where_sorted(self) -> None:
        assert len(table("resnet50", "--depth", "0")) == 22
        assert len(lines(inspect("resnet50", "--depth", "0", "--sort", "macs").out)) == 23
        assert "| bottleneck2..3 x2 |" in inspect("resnet50", "--depth", "0", "--format", "markdown").out

    def test_of_merges_say_what_they_read(self) -> None:
        text = inspect("resnet50").out
        assert re.search(r"bottleneck1.add1 +ADD  conv3, project1 ", text)
        assert re.search(r"bottleneck2.add1 +ADD  conv3, bottleneck1 ", text)
        assert "| ADD conv3, project1 |" in inspect("resnet50", "--format", "markdown").out
        (row,) = [row for row in table("resnet50") if row["name"] == "bottleneck1.add1"]
        assert (row["layer"], row["inputs"]) == ("ADD", "bottleneck1.conv3.bn bottleneck1.project1.bn")

    def test_of_merges_count_what_there_is_no_room_for(self) -> None:
        assert "CONCAT  conv1, conv3, conv5, +1 " in inspect("googlenet").out
        assert "| CONCAT conv1, conv3, conv5, conv6 |" in inspect("googlenet", "--format", "markdown").out

    def test_sorted_by_name(self) -> None:
        names = [row["name"] for row in table("vgg16", "--sort", "name")]
        assert names == sorted(names)

    def test_sorting_keeps_the_order_of_equals(self) -> None:
        rows = [row["name"] for row in table("vgg16", "--sort", "weights")]
        assert [name for name in rows if "maxpool" in name] == [f"stage{n}.maxpool1" for n in range(1, 6)]

    def test_unknown_figures_are_sorted_last(self) -> None:
        text = NET.replace("stage: 2 * $width", "conv: {filters: 8, kernel: 64}")
        rows = table("-", "--sort", "weights", stdin=text)
        assert [row["weights"] for row in rows][-1] == ""


class TestFigures:
    @pytest.mark.parametrize(
        ("dtype", "size"), [("float32", 4), ("float64", 8), ("float16", 2), ("bfloat16", 2)]
    )
    @pytest.mark.parametrize("batch", [1, 32])
    def test_bytes_are_of_a_batch_in_a_type(self, dtype: str, size: int, batch: int) -> None:
        result = inspected("resnet18", "--dtype", dtype, "--batch", str(batch))
        totals = result["totals"]
        assert (result["dtype"], result["batch"]) == (dtype, batch)
        assert totals["activation_bytes"] == totals["activations"] * size * batch
        assert totals["param_bytes"] == totals["params"] * size
        # The batch counters of bn are integers of 8 bytes in every model.
        counters = sum(row["type"] == "bn" for row in result["rows"])
        assert totals["buffer_bytes"] == (totals["buffers"] - counters) * size + 8 * counters

    def test_counts_are_of_an_image_whatever_the_batch(self) -> None:
        first, many = inspected("vgg16"), inspected("vgg16", "--batch", "64")
        assert first["rows"] == many["rows"]
        for name in ("params", "weights", "macs", "activations"):
            assert first["totals"][name] == many["totals"][name]

    def test_the_page_says_what_a_batch_takes(self) -> None:
        text = inspect("vgg16", "--batch", "32", "--dtype", "float16", COLUMNS="200").out
        assert "· float16 · batch 32" in text
        assert "; a batch of 32: 930.03 MiB and 1.82 GiB\n" in text

    @pytest.mark.parametrize("arguments", [["--batch", "0"], ["--batch", "-1"], ["--dtype", "int8"]])
    def test_of_no_batch_or_type(self, arguments: list[str]) -> None:
        assert inspect("vgg16", *arguments).status == 2

    def test_of_a_mode(self) -> None:
        inference, training = inspected("googlenet"), inspected("googlenet", "--mode", "training")
        assert (inference["mode"], training["mode"]) == ("inference", "training")
        assert (len(inference["outputs"]), len(training["outputs"])) == (1, 3)
        assert training["totals"]["params"] > inference["totals"]["params"]
        assert " · training\n" in inspect("googlenet", "--mode", "training").out
        assert "inference" not in inspect("googlenet").out

    def test_under_strict_a_remainder_fails(self) -> None:
        ended = inspect("resnet18", "--strict")
        assert ended.status == 1
        assert "error[S002]" in ended.err

    def test_of_too_many_layers(self) -> None:
        ended = inspect("vgg16", "--max-nodes", "10")
        assert ended.status == 1
        assert "error[L018]" in ended.err


class TestColumns:
    def test_are_shown_in_the_order_asked_for(self) -> None:
        head = lines(inspect("net.yaml", "--columns", "line,params,name").out)[0]
        assert head.split() == ["line", "parameters", "name"]

    def test_are_shown_whatever_the_width(self) -> None:
        wide, narrow = (
            inspect("vgg16", "--columns", ",".join(EVERY), COLUMNS=width).out for width in ("300", "20")
        )
        assert lines(wide) == lines(narrow)

    @each("format", ["text", "csv", "markdown"])
    @each("name", EVERY)
    def test_each_can_be_had(self, name: str, format: str) -> None:
        ended = inspect("net.yaml", "--columns", name, "--format", format)
        assert ended.status == 0
        assert len(ended.out.splitlines()) >= 7

    @pytest.mark.parametrize(
        ("given", "says"),
        [
            ("wieghts", "there is no column 'wieghts'. Did you mean 'weights'? Columns: "),
            ("name,qqqqqq", "there is no column 'qqqqqq'. Columns: "),
            (",", "no column is named"),
            ("", "no column is named"),
        ],
    )
    def test_that_there_are_not(self, given: str, says: str) -> None:
        ended = inspect("net.yaml", "--columns", given)
        assert (ended.status, ended.out) == (2, "")
        assert says in ended.err

    def test_blanks_around_names_are_ignored(self) -> None:
        assert (
            inspect("net.yaml", "--columns", " name , line,").out
            == inspect("net.yaml", "--columns", "name,line").out
        )


WIDTHS = (20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 140, 160, 200, 400)
SPECS = [
    "vgg16",
    "resnet50",
    "googlenet",
    "conv_demo",
    "mobilenet_v1",
    "lenet5",
    "densenet121",
    "convnext_tiny",
]
QUICK = ("vgg16", "conv_demo", "mobilenet_v1", "lenet5")


@pytest.mark.parametrize("spec", long_but(QUICK, SPECS))
class TestWidth:
    def titles(self) -> list[list[str]]:
        """The titles of each layout, from the widest to the narrowest."""
        return [[COLUMNS[name].title for name in layout] for layout in LAYOUTS]

    def test_columns_go_in_the_order_that_is_stated(self, spec: str) -> None:
        steps = self.titles()
        index = 0
        for width in reversed(WIDTHS):
            titles = lines(inspect(spec, COLUMNS=str(width)).out)[0].split()
            while steps[index] != titles:
                index += 1
        assert index > 0

    def test_no_line_is_longer_than_the_page(self, spec: str) -> None:
        for width in (60, 70, 80, 90, 100, 120, 140, 160, 200, 400):
            assert max(map(len, inspect(spec, COLUMNS=str(width)).out.splitlines())) <= width

    def test_no_column_goes_without_need(self, spec: str) -> None:
        full = lines(inspect(spec, COLUMNS="1000").out)
        width = max(map(len, full))
        assert full[0].split() == [COLUMNS[name].title for name in SHOWN]
        assert lines(inspect(spec, COLUMNS=str(width)).out) == full
        assert lines(inspect(spec, COLUMNS=str(width - 1)).out) != full

    def test_names_are_whole_from_60_columns_on(self, spec: str) -> None:
        names = [row["name"] for row in table(spec)]
        for width in (60, 80, 120, 200):
            shown = lines(inspect(spec, COLUMNS=str(width)).out)[1:]
            assert [line.split()[0] for line in shown] == names

    def test_names_are_cut_last_and_at_their_beginning(self, spec: str) -> None:
        for line, row in zip(lines(inspect(spec, COLUMNS="20").out)[1:], table(spec), strict=True):
            name = line.split()[0]
            assert row["name"].endswith(name.removeprefix("…"))

    def test_every_row_is_one_line_with_its_figures_whole(self, spec: str) -> None:
        rows = table(spec)
        for width in WIDTHS:
            shown = lines(inspect(spec, COLUMNS=str(width)).out)[1:]
            assert len(shown) == len(rows)
            for line, row in zip(shown, rows, strict=True):
                assert re.search(rf"(?<![\d,]){int(row['weights']):,}(?![\d,])", line)

    def test_totals_are_broken_between_figures_only(self, spec: str) -> None:
        whole = inspect(spec, COLUMNS="1000").out.split("\n\n")[2].split()
        for width in WIDTHS:
            text = inspect(spec, COLUMNS=str(width)).out.split("\n\n")[2]
            assert text.split() == whole
            if width >= 60:
                assert max(map(len, text.splitlines())) <= width
            # A figure keeps its unit, a product what it comes to.
            assert not re.search(r"(?:=|\d)$|^ +(?:=|[KMGT]iB|bytes|values)", text, re.MULTILINE)


class TestOutput:
    @pytest.mark.parametrize("format", ["text", "json", "markdown", "csv"])
    def test_to_a_file_is_what_is_shown(self, folder: Path, format: str) -> None:
        ended = inspect("net.yaml", "--format", format, "-o", "report")
        assert ended == (0, "", "")
        assert (folder / "report").read_bytes().decode() == inspect("net.yaml", "--format", format).out

    def test_to_a_file_has_no_colour(self, folder: Path) -> None:
        inspect("net.yaml", "-o", "report", FORCE_COLOR="1", TERM="xterm-256color")
        assert "\x1b" not in (folder / "report").read_text()

    def test_overwrites(self, folder: Path) -> None:
        (folder / "report").write_text("x" * 100_000)
        inspect("net.yaml", "-o", "report")
        assert (folder / "report").read_text() == inspect("net.yaml").out

    @pytest.mark.parametrize(
        ("path", "says"), [("no/such/folder/x", "there is no such folder"), (".", "it is a folder")]
    )
    def test_that_cannot_be_written(self, path: str, says: str) -> None:
        ended = inspect("net.yaml", "-o", path)
        assert (ended.status, ended.out) == (2, "")
        assert says in ended.err


class TestJson:
    """The contract: these keys, at least, and of these kinds."""

    def test_of_the_whole(self) -> None:
        result = inspected("net.yaml")
        assert result.keys() >= {"version", "name", "inputs", "outputs", "totals", "rows", "diagnostics"}
        assert result["version"] == 1
        assert result["name"] == "Small"
        assert result["inputs"] == {"input": {"channels": 3, "height": 32, "width": 32}}
        assert result["outputs"] == ["fc1"]

    def test_of_the_totals(self) -> None:
        totals = inspected("net.yaml")["totals"]
        assert totals.keys() >= {
            "layers", "params", "weights", "trainable_params", "buffers", "macs", "activations", "activation_bytes",
        }  # fmt: skip
        assert (totals["layers"], totals["params"], totals["weights"]) == (8, 11_642, 11_608)

    def test_of_a_row(self) -> None:
        rows = {row["name"]: row for row in inspected("net.yaml")["rows"]}
        conv = rows["stage2.conv1"]
        assert conv.keys() >= {
            "name", "type", "label", "inputs", "output", "activations", "params", "weights", "macs",
            "receptive_field", "line",
        }  # fmt: skip
        assert conv["type"] == "conv"
        assert conv["label"] == "CONV3-16"
        assert conv["inputs"] == ["stage1.maxpool1"]
        assert conv["output"] == {"channels": 16, "height": 16, "width": 16}
        assert conv["receptive_field"] == {"size": [8, 8], "stride": [2, 2], "start": [-3, -3]}
        assert (conv["activations"], conv["params"], conv["weights"], conv["line"]) == (4096, 1168, 1152, 9)
        assert rows["fc1"]["output"] == {"features": 10}
        assert rows["input"]["inputs"] == []

    def test_rows_add_up_to_the_totals(self) -> None:
        result = inspected("googlenet", "--mode", "training")
        for name in ("params", "weights", "macs", "activations"):
            assert sum(row[name] for row in result["rows"]) == result["totals"][name]

    def test_a_layer_is_on_a_line_of_its_own(self) -> None:
        rows = [line for line in inspect("vgg16", "--format", "json").out.splitlines() if '{"name": ' in line]
        assert len(rows) == len(inspected("vgg16")["rows"])
        for line in rows:
            json.loads(line.strip().removesuffix(","))

    def test_of_several_inputs_and_outputs(self) -> None:
        text = (
            "cnncalc: 1\ninputs: {left: 8x8x3, right: 100x2}\noutputs: [one, two]\nlayers:\n"
            "  - conv: 4\n    from: left\n    name: one\n  - conv: 4\n    from: right\n    name: two\n"
        )
        result = inspected("-", stdin=text)
        assert result["inputs"] == {
            "left": {"channels": 3, "height": 8, "width": 8},
            "right": {"channels": 2, "length": 100},
        }
        assert result["outputs"] == ["one", "two"]

    def test_of_names_that_no_ascii_spells(self) -> None:
        ended = inspect("-", "--format", "json", stdin=NET.replace("Small", "Réseau 網"))
        assert json.loads(ended.out)["name"] == "Réseau 網"
        assert "網" in ended.out


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("inspect lenet5 --bars --columns name,macs", "--bars has columns of its own: leave --columns out."),
        (
            "inspect lenet5 --bars --format csv",
            "--bars is for text, and the format is csv: it has the figures.",
        ),
        (
            "memory lenet5 --bars --format json",
            "--bars is for text, and the format is json: it has the figures.",
        ),
        ("memory lenet5 --bars --as-taught", "--bars draws layers, and --as-taught has sums alone."),
    ],
)
def test_bars_where_there_can_be_none_are_a_usage_error(line: str, says: str) -> None:
    ended = run(*line.split())
    assert (ended.status, ended.out) == (2, "")
    assert says in ended.err


def test_bars_are_ascii_where_the_output_has_no_blocks() -> None:
    ended = run("inspect", "lenet5", "--bars", encoding="ascii")
    assert ended.out.isascii()
    assert " ########## " in ended.out
