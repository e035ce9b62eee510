"""What becomes one box: each layer of both networks is in one, and what changed is not folded away."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnncalc
from cnncalc.drawing.changes._union import kind_of
from cnncalc.drawing.parts import IN, OUT
from tests._each import each
from tests.drawing._drawn import dense, network
from tests.drawing.changes._pairs import boxes, change, grown_tree, said, small

PAIRS = (
    ("resnet50", "resnet101"),
    ("vgg16", "vgg16_bn"),
    ("lenet5", "resnet18"),
    ("resnet18", "resnet18"),
    ("efficientnet_b0", "efficientnet_b7"),
    ("googlenet", "unet"),
    ("alexnet_towers", "alexnet"),
)


def check(drawn: Any, depth: int | None = None) -> None:
    union, tree = grown_tree(drawn, depth)
    shown = [(tree.of(part)[0], tree.of(part)[1]) for part in boxes(tree)]
    places = [place for piece, _ in shown for place in piece.places]
    assert sorted(places) == list(range(len(union.changes))), "each layer of both is in one box"
    for piece, words in shown:
        kinds = {kind_of(union.changes[place]) for place in piece.places}
        if words.kind in ("same", "added", "removed"):
            assert kinds == {words.kind}
        else:
            assert kinds & {"changed", "added", "removed", "renamed"}
        around = {tuple(map(id, union.frames[place][: len(piece.frames)])) for place in piece.places}
        assert around == {tuple(map(id, piece.frames))}, "a box is inside of its frames"


@each("pair", PAIRS)
def test_each_layer_of_both_networks_is_in_one_box(pair: tuple[str, str]) -> None:
    drawn = change(*pair)
    for depth in (None, 0, 1):
        check(drawn, depth)
        check(drawn._replace(each=True), depth)


LAYER = st.sampled_from(
    [
        {"conv": {"filters": 4, "kernel": 3, "padding": 1}},
        {"conv": {"filters": 4, "kernel": 3, "padding": 1, "norm": "bn", "act": "relu"}},
        {"conv": {"filters": 4, "kernel": 5, "padding": 2}},
        "relu",
        "bn",
        {"res": {"width": 4}},
        {"residual": [{"conv": {"filters": 4, "kernel": 3, "padding": 1}}, "relu"]},
        {"dropout": 0.5},
    ]
)


@given(old=st.lists(LAYER, min_size=1, max_size=8), new=st.lists(LAYER, min_size=1, max_size=8))
def test_any_two_networks_are_united(old: list[Any], new: list[Any]) -> None:
    drawn = change(*(small([{"conv": {"filters": 4}}, *layers]) for layers in (old, new)))
    for depth in (None, 0):
        check(drawn, depth)


@given(layers=st.lists(LAYER, min_size=1, max_size=8), data=st.data())
def test_one_changed_layer_is_one_box_beside_folded_ones(layers: list[Any], data: st.DataObject) -> None:
    """What is as before is folded on both sides, as far as all that is read goes through one tensor."""
    conv = {"filters": 4, "kernel": 3, "padding": 1}
    place = data.draw(st.integers(0, len(layers)))

    def with_bias(bias: bool) -> Any:
        changed = {"conv": {**conv, "bias": bias}, "name": "changed"}
        return small([{"conv": {"filters": 4}}, *layers[:place], changed, *layers[place:]])

    lines = said(change(with_bias(True), with_bias(False)))
    assert [line.split(" |")[0] for line in lines if line[0] != "="] == ["~ changed"]
    # The input, what is before it, itself, and what is after it.
    assert len(lines) <= 4


def test_wires_of_one_network_are_told_from_those_of_both() -> None:
    """An added layer takes its tensor from the one before it, and the old tensor to the next is gone."""
    old = small([{"conv": 4, "name": "first"}, {"conv": 4, "name": "second"}])
    new = small([{"conv": 4, "name": "first"}, "relu", {"conv": 4, "name": "second"}])
    union, tree = grown_tree(change(old, new))
    names = [tree.of(part)[1].name() for part in tree.root.parts]
    wires = {
        (names[wire.source], "out" if wire.target == OUT else names[wire.target]): wire.tensor % 3
        for wire in tree.root.wires
        if wire.source != IN
    }
    assert wires == {
        ("input", "first"): 0,
        ("first", "relu1"): 2,
        ("relu1", "second"): 2,
        ("first", "second"): 1,
        ("second", "out"): 0,
    }
    assert [change.what for change in union.changes] == ["same", "same", "added", "same"]


def test_equal_changes_in_a_row_are_one_box() -> None:
    _, tree = grown_tree(change(small(act="relu"), small(act="gelu")))
    frame = next(part for part in tree.root.parts if not part.is_layer)
    assert (frame.name, frame.times) == ("res1", 3)
    _, tree = grown_tree(change(small(act="relu"), small(act="gelu"), each=True))
    assert [part.times for part in tree.root.parts if not part.is_layer] == [1, 1, 1]


def test_added_blocks_are_boxes_and_not_unfolded() -> None:
    lines = said(change(small(), small(repeat=5)))
    added = [line for line in lines if line.startswith("+")]
    assert added == [
        "+ res4 | 8x8x8 | res · 7 layers added | +1,184 params | +73,728 MACs",
        "+ res5 | 8x8x8 | res · 7 layers added | +1,184 params | +73,728 MACs",
    ]


def test_added_blocks_of_other_sizes_are_one_box_with_their_sum() -> None:
    """Each block of a dense network reads more channels than the one before it."""
    _, tree = grown_tree(change(dense(6, 16), dense(6, 32)))
    added = [part for part in tree.root.parts if part.times > 1]
    assert [(part.run[0].name, part.times) for part in added][-1:] == [("dense23.bn1", 16)]
    words = tree.shown(added[-1])
    first, last = (tree.of(added[-1].run[end])[1] for end in (0, -1))
    assert first.figures != last.figures
    assert words.shape == last.shape
    assert all(line.endswith(" in all") for line in words.figures)


def test_a_layer_whose_figures_are_as_before_says_what_is_not() -> None:
    line = next(
        line
        for line in said(change(cnncalc.load("googlenet"), cnncalc.load("googlenet", mode="training")))
        if line.startswith("~")
    )
    assert line == "~ dropout1 | 1x1x1024 | DROPOUT | activations 0 → 1,024"


def test_a_removed_layer_stays_in_the_block_that_it_was_in() -> None:
    union, _ = grown_tree(change(small(act="relu"), small(act="gelu")))
    frames = {change.either.name: frames for change, frames in zip(union.changes, union.frames, strict=True)}
    assert frames["res2.conv1.relu"] == frames["res2.conv1.gelu"] != ()


def test_a_layer_in_another_block_is_drawn_where_it_is_now() -> None:
    flat = network(layers=[{"conv": 4, "name": "a"}, {"conv": 5, "name": "b"}, {"conv": 6, "name": "c"}])
    inside = network(
        blocks={"two": {"layers": [{"conv": 4, "name": "a"}, {"conv": 7, "name": "d"}]}},
        layers=[{"two": {}, "name": "x"}, {"conv": 6, "name": "c"}],
    )
    for old, new in ((flat, inside), (inside, flat)):
        for depth in (None, 0):
            check(change(old, new), depth)


@pytest.mark.parametrize(("name", "says"), [
    ("other", "» stem → other | 8x8x8 | CONV3-8 · BN · RELU"),
])  # fmt: skip
def test_a_name_that_the_author_changed_is_said(name: str, says: str) -> None:
    new = small(
        [
            {"conv": {"filters": 8, "kernel": 3, "padding": 1, "norm": "bn", "act": "relu"}, "name": name},
            {"res": {"width": 8}, "repeat": 3},
            {"maxpool": 2},
            "global_avgpool",
            {"fc": 10, "name": "head"},
        ]
    )
    lines = said(change(small(), new))
    assert lines[1].startswith(f"» {name}..{name}.relu | 8x8x8 | 3 layers renamed | stem → {name}")
    assert [line[0] for line in lines] == ["=", "»", "="]


def test_an_automatic_name_that_moved_is_no_change() -> None:
    old = network(layers=[{"conv": 4}, {"conv": 5}, {"conv": 6}])
    new = network(layers=[{"conv": 3}, {"conv": 4}, {"conv": 5}, {"conv": 6}])
    lines = said(change(old, new))
    assert not [line for line in lines if line.startswith("»")]


def test_what_changed_is_said_with_figures() -> None:
    old = network(layers=[{"conv": {"filters": 4, "kernel": 3, "padding": 1}, "name": "first"}])
    new = network(layers=[{"conv": {"filters": 4, "kernel": 5, "padding": 2}, "name": "first"}])
    assert said(change(old, new))[1] == (
        "~ first | 8x8x4 | CONV3-4 → CONV5-4 | kernel 3 → 5 | padding 1 → 2 | "
        "params 112 → 304 (+171.4%) | MACs 6,912 → 19,200 (+177.8%)"
    )
