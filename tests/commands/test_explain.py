"""`cnncalc explain`: one layer's arithmetic, every formula true, and the pages of diagnostics."""

import json
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import cnncalc
from cnncalc import describe
from cnncalc.graph import Node
from cnncalc.render.explanation import explanation
from tests._each import each
from tests.commands._program import Ended, run

NET = """\
cnncalc: 1
name: Small
params: {width: 8}
input: 32x32x4
defaults: {conv: {padding: half}}
blocks:
  stage:
    params: {filters: required, kernel: 3}
    layers:
      - conv: {filters: $filters * 2, kernel: $kernel, act: relu}
        name: main
      - maxpool: 2
layers:
  - stage: $width
  - conv: {filters: 8, kernel: [3, 5], stride: [1, 2], padding: {left: 2, right: 1}}
    name: sides
  - conv_transpose: {filters: 8, kernel: 4, stride: 2, padding: 1}
  - upsample: 2
  - lppool: {kernel: 2, p: 3}
  - conv: {filters: 16, norm: bn}
  - adaptive_avgpool: 7
  - zero_pad: 1
  - locally_connected: {filters: 3, kernel: 3}
  - mul: [[], [global_maxpool, conv: {filters: 3, act: sigmoid}]]
  - depthwise_conv: {kernel: 3, dilation: 2}
  - lrn: 5
  - flatten
  - fc: {units: 10, bias: false}
  - softmax
"""
SPECS = ["alexnet_groups", "googlenet", "mobilenet_v1", "resnet18", "vgg16"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.yaml").write_text(NET, encoding="utf-8")
    return tmp_path


def explain(*arguments: str, **options: Any) -> Ended:
    return run("explain", *arguments, **options)


def page(*arguments: str, **options: Any) -> list[tuple[str, str]]:
    """The lines of a page: name and text."""
    ended = explain(*arguments, **{"COLUMNS": "1000", **options})
    assert ended.status == 0, ended.err
    return parts(ended.out)


def parts(text: str) -> list[tuple[str, str]]:
    """Name and text of every line under the heading."""
    split = [re.split(r" {3,}", line.strip(), maxsplit=1) for line in text.splitlines()[2:]]
    return [(name, text) for name, text in split]


def pages(spec: str) -> Iterator[tuple[Node, list[tuple[str, str]]]]:
    """The page of every layer of a spec, as the command prints it."""
    analysis = cnncalc.analyse(cnncalc.load(spec))
    for node in analysis.graph.nodes:
        yield node, parts("".join(explanation(analysis, node)))


# A sum or product of plain numbers, and what it is said to be; `x` is a product too (of sizes).
EQUATION = re.compile(
    r"(?<![\w.])([\d(][\d(),./*+x -]*?[\d)]) = (-?\d[\d,.]*(?:/\d+)?(?: x \d+)?)(?![\d*(/])"
)


def equations(text: str) -> list[tuple[Fraction, Fraction]]:
    """Every equation of a text, both sides computed."""
    return [
        (computed(left), computed(right))
        for left, right in EQUATION.findall(text)
        if re.search(r"[*/+x]| - ", left)
    ]


def computed(text: str) -> Fraction:
    """The value of plain arithmetic, exactly."""
    plain = text.replace(",", "").replace("x", "*")
    exact: Fraction = eval(re.sub(r"[\d.]+", r"Fraction('\g<0>')", plain), {"Fraction": Fraction})
    return exact


@pytest.mark.parametrize("spec", [*SPECS, "net.yaml"])
class TestEveryLayer:
    def test_has_a_page_with_the_figures_of_inspect(self, spec: str) -> None:
        rows = {row["name"]: row for row in json.loads(run("inspect", spec, "--format", "json").out)["rows"]}
        for node, lines in pages(spec):
            row, said = rows[node.name], dict(lines)
            assert node.shape is not None
            what = "values" if node.shape.rank else "features"
            assert said["output"].endswith(f"{node.shape.size:,} {what}")
            assert said.get("MACs", " = 0").endswith(f" = {row['macs']:,}")
            if not node.is_input:
                learned = said.get("parameters", said.get("weight", "")).split("   ")[0]
                assert re.search(rf"(^|= ){row['params']:,}( |$)", learned), learned
                assert said["memory"].startswith(
                    "none of its own" if not row["activations"] else f"{row['activations']:,} "
                )
            assert len([name for name, _ in lines if name == "input"]) == len(row["inputs"])

    def test_says_nothing_false(self, spec: str) -> None:
        seen = 0
        for node, lines in pages(spec):
            for name, text in lines:
                for left, right in equations(text):
                    seen += 1
                    assert left == right, f"{node.name}: {name} {text}"
        assert seen > 20

    def test_says_nothing_of_pythons_own(self, spec: str) -> None:
        for node, lines in pages(spec):
            for name, text in lines:
                if name != "PyTorch":
                    assert not re.search(r"\b(None|True|False)\b|Fraction|Sides|Shape\(", text), (
                        node.name,
                        text,
                    )

    def test_is_printed_by_the_command(self, spec: str) -> None:
        analysis = cnncalc.analyse(cnncalc.load(spec))
        node = analysis.graph.nodes[-1]
        assert explain(spec, node.name).out == "".join(explanation(analysis, node, 80))


class TestEquations:
    def test_the_check_finds_what_is_false(self) -> None:
        ((left, right),) = equations("(W - F + 2P)/S + 1 = (10 - 3 + 0)/2 + 1 = 4.5")
        assert left == right
        ((left, right),) = equations("(3*3*64)*64 = 36,865")
        assert left != right
        ((left, right),) = equations("r + (F - 1)*j = 7 + (5 - 1)*31/14 = 111/7, so 16 pixels")
        assert left == right


class TestLayer:
    def test_a_convolution_of_the_course(self) -> None:
        said = dict(page("vgg16", "stage1.conv2"))
        assert said["output"] == "224x224x64 = 3,211,264 values"
        assert said["height"] == "(W - F + 2P)/S + 1 = (224 - 3 + 2)/1 + 1 = 224"
        assert said["weight"] == "(3*3*64)*64 = 36,864   (PyTorch's shape: 64x64x3x3)"
        assert said["parameters"] == "36,864 + 64 = 36,928"
        assert said["MACs"] == "(224*224) * (3*3*64)*64 = 1,849,688,064"
        assert said["receptive field"] == "r + (F - 1)*j = 3 + (3 - 1)*1 = 5 pixels, step 1*1 = 1, from -2"
        assert said["im2col X_col"] == "(3*3*64) x (224*224) = 576 x 50176"

    @pytest.mark.parametrize(
        ("item", "node", "name", "says"),
        [
            ("conv: 8", "conv1", "bias", "true   (left out: no norm follows)"),
            ("conv: {filters: 8, norm: bn}", "conv1", "bias", "false   (left out: conv1.bn follows)"),
            ("conv: 8\n  - bn", "conv1", "bias", "false   (left out: bn1 follows)"),
            ("conv: {filters: 8, bias: false}", "conv1", "bias", "false   (line 4)"),
            ("fc: 3", "fc1", "bias", "true   (left out: no norm follows)"),
            ("conv_transpose: 3", "conv_transpose1", "bias", "true   (left out: no norm follows)"),
            ("separable_conv: 3", "separable_conv1", "bias", "true   (left out: no norm follows)"),
            ("maxpool: 2", "maxpool1", "stride", "2   (left out: the kernel)"),
            ("avgpool: [2, 1]", "avgpool1", "stride", "[2, 1]   (left out: the kernel)"),
            ("maxpool: {kernel: 2, stride: 1}", "maxpool1", "stride", "1   (line 4)"),
            ("conv: {filters: 2, kernel: 5, padding: half}", "conv1", "padding", "half = 2   (line 4)"),
            (
                "conv: {filters: 2, kernel: [1, 3], padding: half}",
                "conv1",
                "padding",
                "half = [0, 1]   (line 4)",
            ),
            (
                "conv: {filters: 2, kernel: 2, padding: same}",
                "conv1",
                "padding",
                "same = {top: 0, bottom: 1, left: 0, right: 1}   (line 4)",
            ),
            ("conv: {filters: 2, padding: valid}", "conv1", "padding", "valid = 0   (line 4)"),
            ("conv: 3\n  - relu", "relu1", "inplace", "true   (left out: nothing else needs its input)"),
            ("relu: {inplace: false}", "relu1", "inplace", "false   (line 4)"),
            ("slice: {start: 1}", "slice1", "stop", "4   (left out: the end)"),
        ],
    )
    def test_says_what_comes_of_what_is_left_out(self, item: str, node: str, name: str, says: str) -> None:
        size = "16" if item.startswith("fc") else "8x8x4"
        text = f"cnncalc: 1\ninput: {size}\nlayers:\n  - {item}\n"
        assert dict(page("-", node, stdin=text))[name] == says

    def test_says_who_needs_what_would_be_overwritten(self) -> None:
        text = "cnncalc: 1\ninput: 8x8x4\nlayers:\n  - conv: 4\n  - relu\n  - add: [prev, conv1]\n"
        said = dict(page("-", "relu1", stdin=text))
        assert said["inplace"] == "false   (left out: it reads conv1, which 2 layers read)"
        assert said["PyTorch"] == "nn.ReLU(inplace=False)"

    def test_says_where_each_value_comes_from(self) -> None:
        said = dict(page("net.yaml", "stage1.main"))
        assert said["filters"] == "16   (line 10: $filters * 2 with filters = 8, from stage at line 14)"
        assert said["kernel"] == "3   (line 10: $kernel with kernel = 3, from stage at line 14)"
        assert said["padding"] == "half = 1   (defaults, line 5)"
        assert said["stride"] == "1   (the layer's default)"

    def test_says_where_its_input_comes_from(self) -> None:
        lines = page("net.yaml", "mul1")
        assert [text for name, text in lines if name == "input"] == [
            "7x7x3, from locally_connected1 (line 23)",
            "1x1x3, from conv2.sigmoid (line 24)",
        ]

    def test_spells_sides_as_a_spec_does(self) -> None:
        assert dict(page("net.yaml", "sides"))["padding"].startswith("{top: 0, bottom: 0, left: 2, right: 1}")

    def test_in_place_stores_nothing(self) -> None:
        assert dict(page("net.yaml", "stage1.main.relu"))["memory"] == (
            "none of its own: it overwrites the values of stage1.main"
        )
        assert dict(page("net.yaml", "flatten1"))["memory"].startswith("none of its own: it is a view of")

    @pytest.mark.parametrize(
        ("arguments", "memory"),
        [
            ([], "4,096 values = 16.00 KiB (float32, batch 1)"),
            (["--batch", "32", "--dtype", "float16"], "4,096 values = 256.00 KiB (float16, batch 32)"),
        ],
    )
    def test_bytes_are_of_a_batch_in_a_type(self, arguments: list[str], memory: str) -> None:
        assert dict(page("vgg16", "fc1", *arguments))["memory"] == memory

    def test_from_standard_input(self) -> None:
        assert explain("-", "sides", stdin=NET).out.startswith("sides · CONV3x5/1x2-8 · <stdin>:15\n")

    def test_of_a_parameter_that_is_set(self) -> None:
        assert dict(page("net.yaml", "stage1.main", "--set", "width=2"))["filters"].startswith("4   (line 10")

    def test_shared_weights_are_not_its_own(self) -> None:
        text = "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: 3\n  - conv: 3\n    share: conv1\n"
        assert dict(page("-", "conv2", stdin=text))["parameters"] == "0 of its own: it shares those of conv1"

    def test_that_loses_input_shows_its_formula(self) -> None:
        """The output is in doubt: `expect` or a later layer would be compared with the wrong one."""
        ended = explain(
            "-",
            "conv1",
            stdin="cnncalc: 1\ninput: 10x10x3\nlayers:\n  - conv: {filters: 8, kernel: 3, stride: 2}\n",
        )
        assert ended.status == 1
        assert "(W - F + 2P)/S + 1 = (10 - 3 + 0)/2 + 1 = 4.5, rounded to 4" in ended.out
        assert "unknown, because of an error" in ended.out
        assert "error[S001]" in ended.err

    @pytest.mark.parametrize("node", ["conv1", "relu1", "add1", "flatten1", "fc1"])
    def test_after_an_error_is_unknown(self, node: str) -> None:
        text = (
            "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 8, kernel: 9}\n  - relu\n"
            "  - add: [prev, conv1]\n  - flatten\n  - fc: 10\n"
        )
        ended = explain("-", node, stdin=text)
        assert ended.status == 1
        assert "unknown, because of an error: see `cnncalc validate`" in ended.out


class TestNode:
    def test_by_the_end_of_its_name_where_that_is_one(self) -> None:
        assert explain("net.yaml", "main").out == explain("net.yaml", "stage1.main").out

    def test_by_the_end_of_several_names_lists_them(self) -> None:
        ended = explain("vgg16", "conv1")
        assert (ended.status, ended.out) == (2, "")
        names = " ".join(ended.err.partition("5 names end like this:")[2].split())
        assert names == "stage1.conv1, stage2.conv1, stage3.conv1, stage4.conv1, stage5.conv1"
        assert "no layer" not in ended.err

    def test_by_the_end_of_many_names_counts_the_rest(self) -> None:
        message = run("explain", "resnet152", "conv2.bn", COLUMNS="80").err
        assert message.endswith(", and 30 more\n")
        assert max(map(len, message.splitlines())) <= 80

    def test_misspelt_suggests_the_nearest(self) -> None:
        ended = explain("net.yaml", "stage1.mian")
        assert (ended.status, ended.out) == (2, "")
        assert "there is no layer and no block 'stage1.mian'. Did you mean 'stage1.main'" in ended.err

    def test_whose_last_part_is_misspelt_suggests_the_nearest(self) -> None:
        assert "Did you mean 'stage1.conv1'" in explain("vgg16", "cnv1").err

    def test_like_none(self) -> None:
        ended = explain("net.yaml", "qqqqqqq")
        assert ended.status == 2
        assert ended.err.endswith("'qqqqqqq'. Without a name, `cnncalc explain SPEC` lists all.\n")

    def test_of_a_spec_that_cannot_be_read(self) -> None:
        ended = explain("nothing.yaml", "conv1")
        assert (ended.status, ended.out) == (2, "")
        assert "error[Y001]" in ended.err


class TestCode:
    @each("code", describe.faults())
    def test_every_one_has_a_page(self, code: str) -> None:
        fault = describe.faults()[code]
        ended = explain(code)
        assert (ended.status, ended.err) == (0, "")
        for heading in (f"{code} {fault.name}", "What it does", "Why is this bad?"):
            assert heading in ended.out
        assert max(map(len, ended.out.splitlines())) <= 80

    @pytest.mark.parametrize("word", ["S001", "s001", "stride-drops-input", "Stride-Drops-Input"])
    def test_by_code_or_name(self, word: str) -> None:
        assert explain(word).out == explain("S001").out

    @pytest.mark.parametrize(
        ("word", "says"),
        [
            ("S099", "Did you mean 'S0"),
            ("stride-drop-input", "Did you mean 'stride-drops-input'?"),
            ("qqqqqqq", "A code is a letter and three digits, as in S001."),
        ],
    )
    def test_unknown(self, word: str, says: str) -> None:
        ended = explain(word)
        assert (ended.status, ended.out) == (2, "")
        assert f"there is no diagnostic and no spec '{word}'. {says}" in ended.err

    def test_shows_the_example_with_its_finding(self) -> None:
        text = explain("S001").out
        assert "conv: {filters: 8, kernel: 3, stride: 2}" in text
        assert "error[S001] stride-drops-input: " in text
        assert text.index("Example") < text.index("Use instead")


class TestReceptiveField:
    """What `explain` says of a field, and of one layer's field on another's output."""

    SPEC = (
        "cnncalc: 1\ninput: 67x67x3\ndefaults: {conv: {filters: 4, kernel: 3}}\nlayers:\n"
        "  - conv: {stride: 2}\n  - conv_transpose: {filters: 4, kernel: 2, stride: 2}\n"
        "  - conv: {kernel: 2}\n  - mul: [[], [global_avgpool]]\n"
        "  - permute: [channels, height, width]\n  - relu\n"
    )

    @pytest.fixture
    def net(self, tmp_path: Path) -> str:
        path = tmp_path / "net.yaml"
        path.write_text(self.SPEC, encoding="utf-8")
        return str(path)

    def said(self, *arguments: str) -> dict[str, str]:
        ended = explain(*arguments, COLUMNS="1000")
        assert (ended.status, ended.err) == (0, "")
        return dict(parts(ended.out))

    def test_differs_by_position(self, net: str) -> None:
        said = self.said(net, "conv2")
        assert said["receptive field"] == "3-5 pixels, step 1, from 0"
        assert said["by position"] == "0 sees 0..2, 1 sees 0..4; 2 more every 2 positions"

    def test_is_all_after_a_gate(self, net: str) -> None:
        assert self.said(net, "mul1")["receptive field"] == "all 67 pixels at every position, step 1"

    def test_names_the_layer_from_which_on_it_is_unknown(self, net: str) -> None:
        assert self.said(net, "relu1")["receptive field"] == "unknown from permute1 on (line 9)"

    def test_on_another_layer_and_back(self, net: str) -> None:
        said = self.said(net, "conv2", "--field-of", "conv1")
        assert said["field"] == "1-2 positions of conv1, step 1/2, from 0"
        assert said["reverse"] == (
            "a position of conv1 reaches 3 positions of conv2; 16x16, its centre, 31..33"
        )
        said = self.said(net, "conv2", "--field-of", "input")
        assert (
            said["reverse"] == "a position of input reaches 3-5 positions of conv2; 33x33, its centre, 31..33"
        )

    def test_on_another_layer_as_json(self, net: str) -> None:
        data = json.loads(explain(net, "conv2", "--field-of", "conv1", "--format", "json").out)
        assert (data["version"], data["explains"], data["name"]) == (1, "field", "conv2")
        assert data["of"] == {"name": "conv1", "line": 5}
        assert (data["field"]["size"], data["field"]["largest"]) == ([1, 1], [2, 2])
        assert data["facts"][0] == {"name": "field", "text": "1-2 positions of conv1, step 1/2, from 0"}
        data = json.loads(explain(net, "relu1", "--field-of", "conv1", "--format", "json").out)
        assert data["field"] is None
        assert data["inexact"]["field"]["status"] == "unknown"

    def test_of_a_block_is_that_of_its_last_layer(self) -> None:
        (said, *_) = page("resnet50", "bottleneck2", "--field-of", "bottleneck1")
        (meant, *_) = page("resnet50", "bottleneck2.relu1", "--field-of", "bottleneck1.relu1")
        assert said == meant
        assert said[0] == "field"

    @pytest.mark.parametrize(
        ("node", "source", "message"),
        [
            ("conv2", "conv3", "there is no layer and no block 'conv3'. Did you mean"),
            ("conv1", "conv2", "there is no path from conv2 to conv1. conv2 reads conv1: swap the two."),
            ("conv1", "conv1", "conv1 is the layer itself: name one before it."),
        ],
    )
    def test_what_cannot_be_asked(self, net: str, node: str, source: str, message: str) -> None:
        ended = run("explain", net, node, "--field-of", source)
        assert (ended.status, ended.out) == (2, "")
        assert message in " ".join(ended.err.split())

    def test_field_of_a_code(self) -> None:
        ended = run("explain", "S001", "--field-of", "conv1")
        assert ended.status == 2
        assert "--field-of needs the name of a layer" in ended.err

    def test_as_json(self) -> None:
        result = json.loads(explain("S001", "--format", "json").out)
        assert (result["version"], result["explains"]) == (1, "diagnostic")
        assert (result["code"], result["name"], result["severity"]) == ("S001", "stride-drops-input", "error")
        assert "Why is this bad?" in result["page"]


class TestSpec:
    def test_lists_every_layer_with_its_figures(self) -> None:
        lines = explain("net.yaml", COLUMNS="200").out.split("\n\n")[1].splitlines()
        rows = json.loads(run("inspect", "net.yaml", "--format", "json").out)["rows"]
        assert lines[0].split() == ["name", "type", "output", "parameters"]
        for line, row in zip(lines[1:], rows, strict=True):
            name, kind, _, params = line.split()
            assert (name, kind, int(params.replace(",", ""))) == (row["name"], row["type"], row["params"])

    def test_names_the_uses_of_blocks(self) -> None:
        assert "\n  blocks: stage1\n" in explain("net.yaml").out
        assert "  blocks: bottleneck1, bottleneck2, " in explain("resnet50").out
        assert "blocks:" not in explain("lenet5").out

    @pytest.mark.parametrize("spec", [*SPECS, "net.yaml"])
    @pytest.mark.parametrize("width", [60, 80, 120, 200])
    def test_fits_a_page_with_its_names(self, spec: str, width: int) -> None:
        lines = explain(spec, COLUMNS=str(width)).out.splitlines()
        assert max(map(len, lines)) <= width
        names = [row["name"] for row in json.loads(explain(spec, "--format", "json").out)["layers"]]
        assert [line.split()[0] for line in lines[3 : 3 + len(names)]] == names

    def test_as_json(self) -> None:
        result = json.loads(explain("resnet50", "--format", "json").out)
        assert (result["version"], result["explains"], result["file"]) == (1, "network", "resnet50.yaml")
        rows = json.loads(run("inspect", "resnet50", "--format", "json").out)["rows"]
        assert result["layers"] == [
            {name: row[name] for name in ("name", "type", "output", "params", "line")} for row in rows
        ]
        assert result["blocks"][0] == {"name": "bottleneck1", "block": "bottleneck", "line": 37}

    def test_with_errors_has_them(self) -> None:
        text = "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 8, kernel: 9}\n  - relu\n"
        ended = explain("-", stdin=text)
        assert ended.status == 1
        assert re.search(r"conv1 +conv +\? +\?", ended.out)
        assert "error[S006]" in ended.err or "error[S0" in ended.err
        assert json.loads(explain("-", "--format", "json", stdin=text).out)["layers"][1]["params"] is None

    def test_that_cannot_be_read(self) -> None:
        ended = explain("nothing.yaml")
        assert (ended.status, ended.out) == (2, "")
        result = explain("nothing.yaml", "--format", "json")
        assert (result.status, json.loads(result.out)["layers"]) == (2, [])

    def test_of_a_codes_name_is_the_file_of_that_name(self, folder: Path) -> None:
        (folder / "S001").write_text(NET)
        assert explain("S001").out.startswith("Small · ")


class TestBlock:
    @pytest.mark.parametrize("name", ["bottleneck1", "bottleneck4", "bottleneck16"])
    def test_adds_up_its_layers(self, name: str) -> None:
        result = json.loads(explain("resnet50", name, "--format", "json").out)
        every = json.loads(run("inspect", "resnet50", "--format", "json").out)["rows"]
        rows = [row for row in every if row["name"].startswith(f"{name}.")]
        assert result["rows"] == rows
        assert result["layers"] == len(rows)
        for figure in ("params", "weights", "macs", "activations"):
            assert result[figure] == sum(row[figure] for row in rows)
        assert (result["output"], result["receptive_field"]) == (
            rows[-1]["output"],
            rows[-1]["receptive_field"],
        )
        inside = {row["name"] for row in rows}
        assert result["inputs"] == list(
            dict.fromkeys(i for row in rows for i in row["inputs"] if i not in inside)
        )

    def test_is_explained_in_words(self) -> None:
        said = dict(
            re.split(r" {3,}", line.strip(), maxsplit=1)
            for line in explain("resnet50", "bottleneck4", COLUMNS="200").out.split("\n\n")[1].splitlines()
        )
        assert said["parameters"] == "width = 128, stride = 2, inner = 128"
        assert said["input"] == "56x56x256, from bottleneck3.relu1 (line 32)"
        assert said["output"] == "28x28x512, of bottleneck4.relu1"
        assert said["learned"] == "379,392 parameters, of them 378,112 weights"
        assert said["MACs"] == "372,506,624"
        assert said["receptive field"].startswith("43 pixels")

    def test_used_once_goes_by_its_own_name(self) -> None:
        assert explain("net.yaml", "stage").out == explain("net.yaml", "stage1").out

    def test_used_often_lists_its_uses(self) -> None:
        ended = run("explain", "resnet50", "bottleneck", COLUMNS="80")
        assert ended.status == 2
        assert "16 uses of the block 'bottleneck':\n  bottleneck1, bottleneck2, " in ended.err

    def test_of_what_is_unknown_has_no_figures(self) -> None:
        text = NET.replace("kernel: $kernel", "kernel: 64")
        result = json.loads(explain("-", "stage1", "--format", "json", stdin=text).out)
        assert [result[name] for name in ("params", "macs", "activations")] == [None] * 3
        assert re.search(r"MACs +\?\n", explain("-", "stage1", stdin=text).out)

    @pytest.mark.parametrize("width", [60, 80, 120, 200])
    def test_fits_a_page(self, width: int) -> None:
        for spec, name in (("resnet50", "bottleneck1"), ("vgg16", "stage3"), ("net.yaml", "stage1")):
            assert max(map(len, explain(spec, name, COLUMNS=str(width)).out.splitlines())) <= width

    def test_layers_as_json_have_their_row_and_their_page(self) -> None:
        result = json.loads(explain("vgg16", "stage1.conv2", "--format", "json").out)
        rows = json.loads(run("inspect", "vgg16", "--format", "json").out)["rows"]
        (row,) = [row for row in rows if row["name"] == "stage1.conv2"]
        assert {name: result[name] for name in row} == row
        assert {"name": "MACs", "text": "(224*224) * (3*3*64)*64 = 1,849,688,064"} in result["facts"]


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_a_page_of_a_layer_fits(width: int) -> None:
    for spec, name in (
        ("resnet50", "conv1.bn"),
        ("vgg16", "stage1.conv2"),
        ("net.yaml", "sides"),
        ("vgg16", "fc1"),
    ):
        assert max(map(len, explain(spec, name, COLUMNS=str(width)).out.splitlines())) <= width
