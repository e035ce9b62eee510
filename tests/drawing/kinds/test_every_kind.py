"""Every kind of drawing of every shipped network: well-formed, always the same, and small enough."""

from typing import Any

import pytest

import cnncalc
from cnncalc.analysis import Analysis
from cnncalc.drawing import kind_names, page
from cnncalc.drawing.parts import tree
from cnncalc.memory import Estimate, Setup
from tests._each import each
from tests.drawing._checks import check_picture
from tests.drawing._drawn import HOSTILE, OTHERS, QUICK, STATIC, drawn, network, texts, titles


def check_drawn(name: str) -> None:
    graph = cnncalc.load(name)
    for kind in STATIC:
        check_picture(drawn(graph, kind))


@each("name", QUICK)
def test_shipped_networks_are_drawn(name: str) -> None:
    check_drawn(name)


@pytest.mark.long
@each("name", OTHERS)
def test_every_other_shipped_network_is_drawn(name: str) -> None:
    check_drawn(name)


@each("name", QUICK[::3])
def test_two_runs_draw_the_same(name: str) -> None:
    for kind in STATIC:
        assert drawn(cnncalc.load(name), kind) == drawn(cnncalc.load(name), kind)


@each("name", QUICK)
def test_names_are_there_once_unfolded(name: str) -> None:
    graph = cnncalc.load(name)
    shown = "\n".join(titles(drawn(graph, depth=9, every=True)))
    # Of repetitions the first is drawn, and the others are named by it.
    waiting = [tree(Analysis(graph), every=True)]
    for part in waiting:
        assert part.name in shown
        waiting += part.parts


def test_resnet50_is_small_enough() -> None:
    graph = cnncalc.load("resnet50")
    for kind in STATIC:
        assert len(drawn(graph, kind).encode()) < 80_000


def test_there_is_a_test_for_every_kind() -> None:
    assert {*STATIC, "timeline"} == set(kind_names())


@pytest.mark.parametrize("kind", kind_names())
@each("hostile", HOSTILE)
def test_a_hostile_name_is_only_text(kind: str, hostile: str) -> None:
    layers = [{"conv": 4, "name": "first"}, {"unknown": {"op": hostile, "shape": "8x8x4"}}, {"conv": 3}]
    if kind == "timeline":
        del layers[1]
    graph = network(name=hostile, layers=layers)
    options: dict[str, Any] = {}
    if kind == "timeline":
        options["estimate"] = Estimate(graph, Setup(mode="inference"))
    picture = drawn(graph, kind, **options)
    check_picture(picture)
    assert graph.title in texts(picture)
    for mark in ("<script", "<img", "<b>", "\u202e", "\u2066", "]]>"):
        assert mark not in picture
    document = page(picture, graph.title)
    for mark in ("<script", "<img", "<b>", "\u202e", "\u2066", "]]>", "onerror='"):
        assert mark not in document


@pytest.mark.parametrize("kind", STATIC)
def test_few_and_many_inputs_and_outputs_are_drawn(kind: str) -> None:
    check_picture(drawn(network(layers=[{"conv": 4}]), kind))
    check_picture(drawn(network(input=10, layers=[{"fc": 4}]), kind))
    check_picture(
        drawn(
            network(input={"length": 20, "channels": 3}, layers=[{"conv": {"filters": 4, "kernel": 3}}]), kind
        )
    )
    check_picture(
        drawn(network(input="6x8x8x3", layers=[{"conv": {"filters": 4, "kernel": 3}}, "relu"]), kind)
    )
    several = network(
        inputs={"left": "8x8x3", "right": "8x8x3"},
        outputs=["both", "single"],
        layers=[
            {"conv": 4, "from": "left", "name": "single"},
            {"conv": 4, "from": "right", "name": "other"},
            {"add": ["single", "other"], "name": "both"},
        ],
    )
    check_picture(drawn(several, kind))


@pytest.mark.parametrize("kind", STATIC)
def test_a_network_with_errors_is_drawn_as_far_as_it_is_known(kind: str) -> None:
    for layers in (
        [{"conv": {"filters": 4, "kernel": 9}}, "relu", {"fc": 10}],
        [{"conv": 4}, {"nonsense": 3}, "relu"],
        [{"conv": "x"}, "relu"],
        [],
    ):
        check_picture(drawn(network(layers=layers), kind))


def test_a_page_loads_nothing_and_holds_the_picture() -> None:
    picture = drawn(cnncalc.load("lenet5"))
    document = page(picture, "LeNet-5 & more")
    assert picture in document
    assert "<title>LeNet-5 &amp; more</title>" in document
    assert "default-src 'none'" in document
    for word in ('http-equiv="refresh"', "src=", "href=", "@import", "<script", "<link"):
        assert word not in document
