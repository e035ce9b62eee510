"""D001: an input that can't be halved as often as the network halves it."""

import pytest

import cnncalc
from tests.rules._design import alone, corrected, notes, pointed, shipped

HALVINGS = (
    "defaults: {conv: {kernel: 3, stride: 2, padding: 1}}\nlayers:\n  - conv: 8\n  - conv: 16\n  - conv: 32\n"
)


def spec(size: str, layers: str = HALVINGS) -> str:
    return f"cnncalc: 1\ninput: {size}\n{layers}"


def test_says_how_often_it_can_be_halved_and_how_often_it_is() -> None:
    text = spec("36x36x3")
    (item,) = alone("D001", text)
    assert item.message == (
        "height and width 36 can be halved twice, but the network does it 3 times: 36 = 2*2*9"
    )
    assert pointed(text, item) == "36x36x3"
    assert notes(item) == ["`conv3` (line 7) changes a height of 9 to 5"]
    assert (
        item.help
        == "32x32 and 40x40 can be halved 3 times, and fit the whole network (height and width: multiples of 8)"
    )


def test_its_fixes_divide_at_every_step() -> None:
    sizes = [analysis.graph.inputs[0].shape for analysis in corrected("D001", spec("36x36x3"))]
    assert [shape.spatial for shape in sizes if shape] == [(32, 32), (40, 40)]


def test_the_sizes_it_names_are_fine_for_a_large_network() -> None:
    (item,) = alone("D001", shipped("resnet50", "230x230x3"))
    assert (
        item.help
        == "224x224 and 256x256 can be halved 5 times, and fit the whole network (height and width: multiples of 32)"
    )
    for size in (224, 256):
        assert alone("D001", shipped("resnet50", f"{size}x{size}x3")) == []


def test_of_one_axis_alone() -> None:
    (item,) = alone("D001", spec("32x36x3"))
    assert item.message.startswith("width 36 can be halved twice, but the network does it 3 times")
    assert (
        item.help
        == "32x32 and 32x40 can be halved 3 times, and fit the whole network (height and width: multiples of 8)"
    )


def test_an_odd_size() -> None:
    text = spec("31x31x3", HALVINGS.replace("  - conv: 16\n", "  - maxpool: 2\n"))
    (item,) = alone("D001", text)
    assert item.message == "height and width 31 are odd, and the network halves them 3 times"
    assert (
        item.help
        == "24x24 and 32x32 can be halved 3 times, and fit the whole network (height and width: multiples of 8)"
    )


def test_strides_that_are_no_power_of_two() -> None:
    thirds = HALVINGS.replace("  - conv: 16\n", "  - maxpool: {kernel: 3, stride: 3}\n").replace(
        "  - conv: 8\n", ""
    )
    (item,) = alone("D001", spec("15x15x3", thirds))
    assert item.message == "height and width 15 are not divisible by 6: 15 = 2*6 + 3"
    assert (
        item.help
        == "12x12 and 18x18 can be divided by 6, and fit the whole network (height and width: multiples of 6)"
    )


@pytest.mark.parametrize("size", ["32x32x3", "40x64x3", "33x33x3", "65x33x3"])
def test_sizes_that_halve_or_round_up_throughout_are_fine(size: str) -> None:
    assert alone("D001", spec(size)) == []


@pytest.mark.parametrize(
    "name", ["alexnet", "inception_v3", "xception", "vgg16", "resnet50", "unet", "fcn8s"]
)
def test_windows_without_padding_are_not_reported(name: str) -> None:
    assert alone("D001", name) == []


def test_a_size_that_a_layer_does_not_take_is_not_named() -> None:
    """9x9 is what the last layer's window needs: of 32 it would find 4."""
    text = spec("36x36x3", HALVINGS + "  - conv: {filters: 8, kernel: 5, stride: 1, padding: 0}\n")
    (item,) = alone("D001", text)
    assert (
        item.help
        == "40x40 can be halved 3 times, and fits the whole network (height and width: multiples of 8, from 40 on)"
    )
    assert [fix.text for fix in item.fixes] == ["input: 40x40x3"]


def test_an_input_that_is_computed_has_no_fix() -> None:
    text = "cnncalc: 1\nparams: {size: 36}\ninput: {height: $size, width: $size, channels: 3}\n" + HALVINGS
    (item,) = alone("D001", text)
    assert (
        item.help
        == "32x32 and 40x40 can be halved 3 times, and fit the whole network (height and width: multiples of 8)"
    )
    assert item.fixes == ()
    assert alone("D001", text, values={"size": 64}) == []


def test_several_inputs_and_features_are_not_reported() -> None:
    layers = HALVINGS.replace("  - conv: 8\n", "  - add: [left, right]\n  - conv: 8\n")
    assert alone("D001", f"cnncalc: 1\ninputs: {{left: 36x36x3, right: 36x36x3}}\n{layers}") == []
    assert alone("D001", "cnncalc: 1\ninput: {features: 36}\nlayers: [fc: 3]\n") == []


def test_the_graph_is_left_as_it_is() -> None:
    graph = cnncalc.load(spec("36x36x3"))
    before = [node.shape for node in graph.nodes]
    alone("D001", spec("36x36x3"))
    assert [node.shape for node in graph.nodes] == before


@pytest.mark.parametrize(("axis", "size"), [("width", "16x5x3"), ("height", "5x16x3"), ("height", "16x16x3")])
def test_layers_after_a_lost_axis_say_nothing(axis: str, size: str) -> None:
    layers = "layers:\n  - conv: {filters: 4, kernel: 3, padding: half, stride: 2}\n"
    text = spec(
        size, f"{layers}  - mean: {axis}\n  - conv: {{filters: 4, kernel: 3, stride: [2], padding: 1}}\n"
    )
    assert alone("D001", text) == []


def test_sizes_that_a_layer_further_down_does_not_take_are_not_named() -> None:
    """What is cut off is computed from the size: at 32x32 nothing would be left, which only a build tells."""
    cut = "  - crop: {sides: {top: $in.height - 1, left: 0, bottom: $in.height - 5, right: 0}}\n"
    text = spec("36x36x3", HALVINGS + cut.replace("$in.height - 1", "0"))
    (item,) = alone("D001", text)
    assert item.help is not None
    assert item.help.startswith(
        "40x40 can be halved 3 times, and fits the whole network (height: multiples of 8, from 40 on"
    )
    for analysis in corrected("D001", text):
        assert analysis.graph.ok


def test_a_search_that_costs_too_much_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    from cnncalc.sizing import advice

    monkeypatch.setattr(advice, "LAYERS", 1)
    (item,) = alone("D001", spec("36x36x3"))
    assert item.help == "32x32 and 40x40 can be halved 3 times, and fit the whole network"
