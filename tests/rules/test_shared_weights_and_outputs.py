"""No rule gives advice that cannot be followed: where weights are another layer's, or a task says the channels."""

import json
import re
from typing import Any

import pytest

import cnncalc
from cnncalc.diagnostic import edited
from cnncalc.rules import Choice, Selection, check
from tests.rules._design import alone, notes

HEAD = "cnncalc: 1\ninputs: {a: 48x48x1, b: 48x48x1}\nlayers:\n"
TWICE = (
    "  - {conv: {filters: 64, kernel: 3, act: relu}, name: s, from: a}\n"
    "  - {conv: {filters: 128, kernel: 7, padding: 3, act: relu}, name: p}\n  - {global_avgpool: , name: u}\n"
    "  - {conv: {filters: 64, kernel: 3, act: relu}, share: s, from: b}\n"
    "  - {conv: {filters: 128, kernel: 7, padding: 3, act: relu}, share: p}\n  - global_avgpool\n"
    "  - concat: [prev, u]\n  - fc: 2\n"
)


def test_advice_about_shared_weights_stands_where_they_are() -> None:
    (item,) = alone("D002", HEAD + TWICE)
    assert item.span.line == 5
    assert "401,408 weights" in item.message
    assert "`conv2` (line 8) uses the same weights: a change here changes it too" in notes(item)
    assert item.fixes == ()


# A layer that breaks a rule, and the input it reads.
BREAKING = {
    "D002": ("16x16x64", {"conv": {"filters": 64, "kernel": 7, "padding": 3}}),
    "D005": ("16x16x64", {"conv": {"filters": 64, "kernel": 3}}),
    "D006": ("16x16x64", {"conv": {"filters": 64, "kernel": 3, "stride": 2, "padding": 1}}),
    "D007": ("16x16x64", {"conv": {"filters": 64, "kernel": 5, "padding": 2}}),
    "D008": ("16x16x512", {"conv": {"filters": 64, "kernel": 3, "padding": 1}}),
    "D105": ("16x16x64", {"conv": {"filters": 60, "kernel": 3, "padding": 1}}),
}


def network(image: str, layer: Any, *, shared: bool) -> str:
    """Two images through a layer, with its weights or other ones the second time."""
    stem = {"conv": {"filters": int(image.split("x")[-1]), "kernel": 3, "padding": 1, "act": "relu"}}
    second: Any = {**layer, "share": "one"} if shared else layer
    items: list[Any] = [
        {**stem, "from": "a", "name": "stem"}, {**layer, "name": "one"}, {"relu": None, "name": "left"},
        {**stem, "from": "b"} | ({"share": "stem"} if shared else {}), second, "relu", {"concat": ["prev", "left"]},
        "global_avgpool", {"fc": 10},
    ]  # fmt: skip
    return json.dumps({"cnncalc": 1, "inputs": {"a": image, "b": image}, "layers": items}, indent=1) + "\n"


@pytest.mark.parametrize("code", BREAKING)
def test_the_second_use_of_weights_is_not_reported(code: str) -> None:
    image, layer = BREAKING[code]
    apart = [item for item in alone(code, network(image, layer, shared=False)) if "`one`" in item.message]
    diagnostics = alone(code, network(image, layer, shared=True))
    assert len(apart) == 1
    assert [item.message for item in diagnostics if "stem" not in item.message] == [
        item.message for item in apart
    ]


@pytest.mark.parametrize("code", BREAKING)
def test_no_fix_leaves_layers_whose_shared_weights_differ(code: str) -> None:
    text = network(*BREAKING[code], shared=True)
    for item in alone(code, text):
        for fix in item.fixes:
            assert cnncalc.load(edited(text, fix)).ok


def test_no_rule_reports_0_weights() -> None:
    selection = Selection((Choice(),), preview=True)
    for image, layer in BREAKING.values():
        graph = cnncalc.load(network(image, layer, shared=True))
        for item in check(cnncalc.analyse(graph), selection):
            words = " ".join((item.message, item.help or "", *notes(item)))
            assert not re.search(r"(?<![\d,.])0 (weights|parameters|MACs)", words), words


def test_a_second_use_with_other_arguments_is_reported_where_it_alone_breaks_the_rule() -> None:
    text = (
        "cnncalc: 1\ninput: 16x16x64\nlayers:\n  - conv: {filters: 64, kernel: 3, padding: 1, act: relu}\n"
        "    name: kept\n  - conv: {filters: 64, kernel: 3, act: relu}\n    share: kept\n"
        "  - global_avgpool\n  - fc: 10\n"
    )
    (item,) = alone("D005", text)
    assert item.message.startswith("`conv1` shrinks 16x16 to 14x14")


@pytest.mark.parametrize("code", ["D002", "D007", "D008"])
@pytest.mark.parametrize("end", ["", "  - sigmoid\n", "  - upsample: 2\n", "  - softmax\n"])
def test_a_layer_that_gives_an_output_has_the_channels_of_a_task(code: str, end: str) -> None:
    image, layer = BREAKING[code]
    channels = image.split("x")[-1]
    stem = f"cnncalc: 1\ninput: {image}\nlayers:\n  - conv: {{filters: {channels}, kernel: 3, padding: 1, act: relu}}\n"
    last = f"  - {json.dumps(layer)}\n"
    assert alone(code, stem + last + end) == []
    assert len(alone(code, f"{stem}{last}  - relu\n")) == 1
    assert len(alone(code, f"{stem}{last}  - relu\n  - conv: 3\n{end}")) == 1


def test_two_linear_layers_are_not_one_where_a_third_uses_their_weights() -> None:
    text = (
        "cnncalc: 1\ninput: 8x8x16\nlayers:\n  - conv: 16\n  - conv: {filters: 16, act: relu}\n    name: second\n"
        "  - conv: 16\n    share: conv1\n  - relu\n"
    )
    assert len(alone("G004", text.replace("    share: conv1\n", ""))) == 1
    assert alone("G004", text) == []
