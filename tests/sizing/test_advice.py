"""Findings about sizes suggest sizes that fit the whole network, and none that fail in a later layer."""

from typing import Any

import pytest

import cnncalc
from cnncalc.diagnostic import Diagnostic, edited
from cnncalc.shape import Shape

UNET = """\
cnncalc: 1
input: 511x511x1
defaults: {conv: {kernel: 3, padding: 1, act: relu}}
layers:
  - conv: 4
    name: d1
  - maxpool: 2
  - conv: 8
    name: d2
  - maxpool: 2
  - conv: 8
    name: d3
  - maxpool: 2
  - conv: 8
    name: d4
  - maxpool: 2
  - conv: 8
  - {conv_transpose: {filters: 8, kernel: 2, stride: 2}}
  - concat: [d4, prev]
  - {conv_transpose: {filters: 8, kernel: 2, stride: 2}}
  - concat: [d3, prev]
  - {conv_transpose: {filters: 8, kernel: 2, stride: 2}}
  - concat: [d2, prev]
  - {conv_transpose: {filters: 4, kernel: 2, stride: 2}}
  - concat: [d1, prev]
"""


def finding(text: str) -> Diagnostic:
    diagnostics = [
        item
        for item in cnncalc.findings(cnncalc.analyse(cnncalc.load(text)))
        if item.severity.word == "error"
    ]
    assert len(diagnostics) == 1
    return diagnostics[0]


def test_a_u_net_of_four_poolings() -> None:
    item = finding(UNET)
    assert item.code == "S001"
    assert "fits an input of 496x496 or 512x512 (height and width: multiples of 16)" in str(item.help)
    inputs = [fix for fix in item.fixes if fix.text.startswith("input")]
    assert [fix.text for fix in inputs] == ["input: 496x496x1", "input: 512x512x1"]
    assert all(cnncalc.load(edited(UNET, fix)).ok for fix in inputs)


def test_a_merge_of_two_grids() -> None:
    text = UNET.replace("511x511", "506x506").replace("maxpool: 2", "conv: {filters: 8, stride: 2}")
    item = finding(text)
    assert item.code == "S008"
    assert "496x496 or 512x512" in str(item.help)


def test_strict_cites_sizes_without_any_remainder() -> None:
    text = "cnncalc: 1\ninput: 224x224x3\nlayers:\n  - conv: {filters: 8, kernel: 7, stride: 2, padding: 3}\n"
    graph = cnncalc.load(text, strict=True)
    (item,) = [
        diagnostic
        for diagnostic in cnncalc.findings(cnncalc.analyse(graph))
        if diagnostic.severity.word == "error"
    ]
    assert item.code == "S002"
    assert not item.fixes


@pytest.mark.parametrize(
    "text",
    [
        # The channels differ, whatever the size.
        "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 4, kernel: 1}\n  - add: [prev, input]\n",
        # What fits is far from what is meant.
        "cnncalc: 1\ninput: 64x64x3\nlayers:\n  - conv: {filters: 3, kernel: 3, padding: 1, stride: 2}\n    name: a\n"
        "  - add: [a, input]\n",
    ],
)
def test_nothing_is_cited_where_no_size_near_fits(text: str) -> None:
    assert "whole network" not in str(finding(text).help)


def test_of_two_errors_of_other_kinds_none_is_about_sizes() -> None:
    text = UNET.replace("  - conv: 4\n", "  - conv: 4\n    allow: {S001: no reason}\n    repeat: x\n")
    diagnostics = cnncalc.findings(cnncalc.analyse(cnncalc.load(text)))
    assert not any("whole network" in str(item.help) for item in diagnostics)


def test_trials_search_for_no_alternatives(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each help costs a search, so only the network as it is written gets one."""
    from cnncalc.vocabulary.window_changes import nearest_changes

    searched = []

    def counted(layer: Any, volume: Any, **options: Any) -> Any:
        searched.append(volume)
        return nearest_changes(layer, volume, **options)

    monkeypatch.setattr("cnncalc.vocabulary.window_problems.nearest_changes", counted)
    text = "cnncalc: 1\ninput: 9x9x3\nlayers:\n  - maxpool: {kernel: 3003, padding: 1}\n"
    diagnostics = cnncalc.findings(cnncalc.analyse(cnncalc.load(text)))
    assert [item.code for item in diagnostics] == ["S005"]
    assert set(searched) == {Shape(3, (9, 9))}
