"""The targets `dot`, `mermaid`, `json` and `model-explorer`: every layer is there, and no name is markup."""

import json
import re

import pytest

import cnncalc
from cnncalc.analysis import Analysis
from cnncalc.exporters import target

TARGETS = ("dot", "mermaid", "json", "model-explorer")
NETWORKS = ("three_convs", "resnet18", "googlenet", "unet", "swin_t", "resnet20_cifar")
HOSTILE = '<script>alert("x")</script>\n"]; end %% {{x}} \\N'


def written(name: str, to: str) -> str:
    content = target(to).write(cnncalc.load(name))
    assert isinstance(content, str)
    return content


@pytest.mark.parametrize("name", NETWORKS)
def test_dot_has_a_box_for_each_layer_and_an_edge_for_each_operand(name: str) -> None:
    graph, text = cnncalc.load(name), written(name, "dot")
    assert len(re.findall(r"^ *n\d+ \[label", text, re.M)) == len(graph.nodes)
    assert text.count(" -> ") == sum(len(node.inputs) for node in graph.nodes)
    assert text.count("{") == text.count("}")


@pytest.mark.parametrize("name", NETWORKS)
def test_mermaid_has_a_box_for_each_layer_and_an_arrow_for_each_operand(name: str) -> None:
    graph, text = cnncalc.load(name), written(name, "mermaid")
    assert len(re.findall(r"^ *n\d+[\[(]", text, re.M)) == len(graph.nodes)
    assert text.count(" --> ") == sum(len(node.inputs) for node in graph.nodes)
    assert len(re.findall(r"^ *subgraph ", text, re.M)) == len(re.findall(r"^ *end$", text, re.M))


@pytest.mark.parametrize("name", NETWORKS)
def test_json_has_the_figures_of_the_analysis(name: str) -> None:
    graph = cnncalc.load(name)
    document, totals = json.loads(written(name, "json")), Analysis(graph).totals
    assert sum(node["params"] for node in document["nodes"]) == totals.params == document["totals"]["params"]
    assert sum(node["macs"] for node in document["nodes"]) == totals.macs
    assert [node["name"] for node in document["nodes"]] == [node.name for node in graph.nodes]
    assert document["outputs"] == [graph.nodes[index].name for index in graph.outputs]


@pytest.mark.parametrize("name", NETWORKS)
def test_model_explorer_has_a_node_for_each_layer_whose_edges_exist(name: str) -> None:
    graph = cnncalc.load(name)
    (collection,) = json.loads(written(name, "model-explorer"))
    (content,) = collection["graphs"]
    ids = [node["id"] for node in content["nodes"]]
    assert len(set(ids)) == len(graph.nodes)
    edges = [edge["sourceNodeId"] for node in content["nodes"] for edge in node["incomingEdges"]]
    assert set(edges) <= set(ids)
    assert len(edges) == sum(len(node.inputs) for node in graph.nodes)
    macs = content["groupNodeAttributes"][""]["MACs"]
    assert int(macs.replace(",", "")) == Analysis(graph).totals.macs


def test_model_explorer_puts_the_layers_of_a_block_inside_it() -> None:
    (collection,) = json.loads(written("resnet18", "model-explorer"))
    places = {node["namespace"] for node in collection["graphs"][0]["nodes"]}
    assert {"", "basic1", "basic8"} <= places


@pytest.mark.parametrize("to", TARGETS)
def test_a_hostile_name_is_only_text(to: str) -> None:
    graph = cnncalc.load({"cnncalc": 1, "name": HOSTILE, "input": "8x8x3", "layers": [{"conv": 4}, "relu"]})
    text = target(to).write(graph)
    assert isinstance(text, str)
    if to == "json":
        assert json.loads(text)["name"] == graph.title
    if to == "dot":
        (line,) = [line for line in text.splitlines() if "script" in line]
        assert re.fullmatch(r'  label="(?:[^"\\]|\\.)*"; labelloc=t; fontname=Helvetica;', line)
    else:
        assert "<script" not in text


def test_an_unknown_operation_is_shown() -> None:
    layers = [{"unknown": {"op": '<b>"Deform"</b>', "shape": "8x8x4", "params": 3}}, "relu"]
    graph = cnncalc.load({"cnncalc": 1, "input": "8x8x3", "layers": layers})
    for to in TARGETS:
        assert isinstance(target(to).write(graph), str)
    assert "<b>" not in target("mermaid").write(graph)
    assert json.loads(target("json").write(graph))["totals"]["macs"] is None


@pytest.mark.parametrize("to", [*TARGETS, "memory-viz"])
def test_two_runs_write_the_same(to: str) -> None:
    assert target(to).write(cnncalc.load("resnet18")) == target(to).write(cnncalc.load("resnet18"))
