"""Volumes: each layer has its own, and what only flattens has none."""

import cnncalc
from cnncalc.analysis import Analysis
from cnncalc.graph import Graph
from tests._each import each
from tests.drawing._drawn import QUICK, drawn, network, texts, titles


def volume_of(graph: Graph, name: str, kind: str = "volumes") -> str:
    """The output that a viewer shows of a layer."""
    lines = next(lines.split("\n") for lines in titles(drawn(graph, kind)) if lines.startswith(f"{name}\n"))
    return next(line for line in lines if line.startswith("output ")).removeprefix("output ")


@each("kind", ("volumes", "graph", "bars"))
def test_a_layer_before_a_flatten_keeps_its_volume(kind: str) -> None:
    graph = cnncalc.load("alexnet")
    assert volume_of(graph, "maxpool3", kind) == str(Analysis(graph)["maxpool3"].output)
    for layers in (
        [{"conv": 4, "name": "last"}, "flatten", {"fc": 10}],
        [
            {"conv": {"filters": 4, "norm": "bn", "act": "relu"}, "name": "last"},
            "flatten",
            "relu",
            {"fc": 10},
        ],
        [{"conv": 4, "name": "last"}, {"fc": 10}],
    ):
        assert volume_of(network(layers=layers), "last", kind) == "8x8x4"


@each("name", QUICK)
def test_the_box_of_a_layer_has_the_volume_of_the_layer(name: str) -> None:
    graph = cnncalc.load(name)
    analysis = Analysis(graph)
    names = {node.name for node in graph.nodes}
    for lines in titles(drawn(graph, "volumes")):
        first, *rest = lines.split("\n")
        if first in names and rest:
            assert f"output {analysis[first].output}" in rest


def test_a_flatten_has_no_volume_of_its_own() -> None:
    graph = cnncalc.load("vgg16")
    assert "flatten1" not in texts(drawn(graph, "volumes"))
    assert "flatten1" not in texts(drawn(graph, "volumes", every=True))
    assert "flatten1" in texts(drawn(graph, "graph"))
    assert not any("longest path" in line for line in texts(drawn(graph, "volumes")))
