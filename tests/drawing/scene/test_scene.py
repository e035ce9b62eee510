"""Places: of every shipped network no two boxes overlap, and every edge ends at its boxes."""

import pytest

import cnncalc
from cnncalc.analysis import Analysis
from cnncalc.drawing.parts import MOST_BOXES, TooManyBoxes, tree
from cnncalc.drawing.scene import Scene, scene
from tests._each import each
from tests.drawing._checks import check_places
from tests.drawing._drawn import OTHERS, QUICK, network


def placed(name: str, depth: int) -> Scene:
    analysis = Analysis(cnncalc.load(name))
    return scene(analysis, tree(analysis), depth)


@each("name", QUICK)
def test_nothing_overlaps_and_every_edge_has_its_boxes(name: str) -> None:
    for depth in (0, 1, 9):
        check_places(placed(name, depth))


@pytest.mark.long
@each("name", OTHERS)
def test_nothing_overlaps_in_any_other_network(name: str) -> None:
    for depth in (0, 1, 9):
        check_places(placed(name, depth))


def test_equal_blocks_are_laid_out_once() -> None:
    places = placed("resnet18", 9)
    offsets = []
    for name in ("basic4", "basic6"):
        frame = next(box for box in places.boxes if box.kind == "frame" and box.part.name == name)
        inner = [box for box in places.boxes if box.block is frame.part]
        offsets.append([place for box in inner for place in (box.x - frame.x, box.y - frame.y)])
    assert offsets[0] == pytest.approx(offsets[1])


def test_each_form_of_a_folded_block_has_a_panel() -> None:
    places = placed("resnet50", 0)
    assert [(panel.letter, len(panel.uses)) for panel in places.panels] == [("A", 4), ("B", 4)]
    folded = [box for box in places.boxes if box.kind == "block"]
    assert [box.letter for box in folded] == ["A", "B"] * 4
    assert placed("resnet50", 1).panels == []


def test_a_block_inside_a_panel_has_a_panel_too() -> None:
    assert [panel.uses[0].name for panel in placed("unet", 0).panels] == ["down1", "up1"]


def test_a_panel_counts_the_uses_of_the_whole_network() -> None:
    in_all = {panel.uses[0].name: panel.in_all for panel in placed("efficientnet_b0", 0).panels}
    assert in_all["mbconv1.squeeze_excite1"] == 16
    assert [panel.in_all for panel in placed("resnet50", 0).panels] == [4, 12]


def test_resnet50_fits_a_page() -> None:
    places = placed("resnet50", 0)
    assert places.width < 1000
    # The ratio of A4.
    assert places.height < 1.42 * places.width


def test_too_many_boxes_are_refused_with_a_depth_that_has_few_enough() -> None:
    block = {"pair": {"layers": [{"conv": 3}, {"conv": 4}] * 10}}
    layers = [{"pair": {}, "repeat": 1}, "relu"] * 600
    analysis = Analysis(network(blocks=block, layers=layers))
    root = tree(analysis)
    with pytest.raises(TooManyBoxes) as refused:
        scene(analysis, root, 1)
    assert refused.value.count > MOST_BOXES
    assert refused.value.depth == 0
    assert len(scene(analysis, root, 0).boxes) < MOST_BOXES


def test_a_block_that_repeats_is_one_box_however_often() -> None:
    places = []
    for repeat in (2, 5000):
        block = {"unit": {"layers": [{"residual": [{"conv": 3}]}]}}
        analysis = Analysis(network(blocks=block, layers=[{"unit": {}, "repeat": repeat}]))
        places.append([(box.kind, box.x, box.y) for box in scene(analysis, tree(analysis), 0).boxes])
    assert places[0] == places[1]
