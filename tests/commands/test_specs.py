"""`cnncalc specs`: the shipped zoo."""

import json
from pathlib import Path
from typing import Any

import pytest

import cnncalc
from cnncalc import zoo
from cnncalc.render.specs import ListedSpec, SpecsPage, text
from tests._depth import long_but
from tests.commands._program import run


def listed(*arguments: str) -> list[dict[str, Any]]:
    result: list[dict[str, Any]] = json.loads(run("specs", *arguments, "--format", "json").out)
    return result


def test_lists_every_one_sorted() -> None:
    lines = run("specs", COLUMNS="200").out.splitlines()
    assert [line.split()[0] for line in lines[1:]] == zoo.names()


def test_those_whose_name_has_a_word() -> None:
    assert [row["spec"] for row in listed("net5")] == [name for name in zoo.names() if "net5" in name]
    assert listed("LeNet5") == listed("lenet5")


@pytest.mark.parametrize("format", ["text", "json"])
def test_none_of_a_name_is_an_error(format: str) -> None:
    ended = run("specs", "qqqqqq", "--format", format)
    assert ended == (2, "", "error: no shipped spec has 'qqqqqq' in its name\n")


def test_json_has_its_keys() -> None:
    (row,) = [row for row in listed("vgg16") if row["spec"] == "vgg16"]
    first = ["spec", "name", "input", "params", "macs", "source"]
    assert list(row) == [*first, "activations", "depth", "fc_params", "params_per_mac"]
    assert (row["spec"], row["name"], row["input"]) == ("vgg16", "VGG-16", "224x224x3")
    assert (row["params"], row["macs"]) == (138_357_544, 15_470_264_320)
    assert row["source"]


def test_figures_are_those_of_inspect() -> None:
    for row in listed("alexnet"):
        totals = cnncalc.analyse(cnncalc.load(row["spec"])).totals
        assert (row["params"], row["macs"]) == (totals.params, totals.macs)


ROWS = [ListedSpec("lenet5", "L" * 60, "32x32x1", 61_706, 416_520, "")]


@pytest.mark.parametrize("width", [40, 50, 60, 80, 120, 200])
def test_a_narrow_terminal_cuts_the_source_and_no_figure(width: int) -> None:
    lines = "".join(text(ROWS, SpecsPage(width=width))).splitlines()
    assert lines[0].split()[:4] == ["spec", "input", "parameters", "MACs"]
    assert lines[1].split()[:4] == ["lenet5", "32x32x1", "61,706", "416,520"]
    figures = lines[1].index("416,520") + len("416,520")
    assert max(map(len, lines)) <= max(width, figures)
    assert ("source" in lines[0]) is (width >= figures + len("   source"))
    assert lines[1].endswith("…") is (figures + len("   source") <= width < figures + 3 + 60)


@pytest.mark.parametrize("width", long_but(("20",), ("20", "80")))
def test_where_no_terminal_shows_it_nothing_is_cut(width: str) -> None:
    lines = run("specs", "vgg", "lenet", COLUMNS=width).out.splitlines()
    assert not any("…" in line for line in lines)
    sources = [f"{row['name']}: {row['source']}" for row in listed("vgg", "lenet") if row["source"]]
    assert sources
    assert all(any(line.endswith(source) for line in lines) for source in sources)


@pytest.mark.parametrize("name", ["lenet5", "resnet34"])
def test_of_a_name_its_text_is_printed_as_shipped(name: str) -> None:
    assert run("specs", name) == (0, Path(zoo.folder(), f"{name}.yaml").read_text(), "")


def test_a_misspelled_name_suggests_several() -> None:
    message = run("specs", "rsnet50").err
    assert "; there are resnet50, " in message
    assert message.count("resnet") > 2
