"""The drawings of a page: each number of levels, and the layers that each box stands for."""

import re

import pytest

from cnncalc.webpage.sections import graph
from tests.webpage._read import network


@pytest.mark.parametrize(("name", "levels"), [("lenet5", 1), ("resnet50", 2), ("efficientnet_b0", 3)])
def test_each_level_of_blocks_is_drawn_once(name: str, levels: int) -> None:
    drawings = list(graph.drawn(network(name)))
    assert len(drawings) == len(set(drawings)) == levels


@pytest.mark.parametrize(
    "name", ["lenet5", "resnet50", "googlenet", "efficientnet_b0", "unet", "vit_b_16", "densenet121"]
)
def test_every_layer_has_a_box_at_every_level(name: str) -> None:
    reported = network(name)
    for drawing in graph.drawn(reported):
        boxes = [set(names.split()) for names in re.findall(r'data-of="([^"]*)"', drawing)]
        named = set().union(*boxes)
        assert named >= {node.name for node in reported.graph.nodes}
        assert named <= {*(node.name for node in reported.graph.nodes), *reported.graph.by_name} | _blocks(
            reported
        )


def _blocks(reported: object) -> set[str]:
    from cnncalc.report import frames
    from cnncalc.webpage import ReportedNetwork

    assert isinstance(reported, ReportedNetwork)
    return {use.name for node in reported.graph.nodes for use in frames(node.frame)}


def test_there_is_room_for_the_folded_graph_at_least(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph, "ROOM", 1)
    assert len(list(graph.drawn(network("resnet50")))) == 1
