"""The drawing of a graph: what boxes say, what is red, shades, and links."""

import re
from typing import Any

import cnncalc
from cnncalc.analysis import Analysis
from cnncalc.drawing.shades import SHADES
from cnncalc.memory import Estimate, Setup
from tests._each import each
from tests.drawing._drawn import SVG, drawn, network, read, texts, titles


def classes(picture: str, tag: str) -> list[str]:
    return [element.attrib.get("class", "") for element in read(picture).iter(f"{SVG}{tag}")]


def test_a_box_has_type_output_parameters_and_multiply_adds() -> None:
    graph = cnncalc.load("resnet50")
    shown, node = texts(drawn(graph)), Analysis(graph)["conv1"]
    start = shown.index("conv1")
    figures = ["CONV7/2-64 · BN · RELU", "9,536 params · 118.0M MACs"]
    assert shown[start : start + 4] == ["conv1", str(node.output), *figures]


def test_the_figures_of_boxes_add_up_to_the_totals() -> None:
    for name in ("resnet50", "densenet121", "unet", "mobilenet_v2"):
        graph = cnncalc.load(name)
        totals = Analysis(graph).totals
        trunk = [
            lines.split("\n")
            for lines in titles(drawn(graph, depth=0))
            if " parameters" in lines and "." not in lines.split("\n")[0]
        ]
        counts = {}
        for lines in trunk:
            # The layers of a panel have their block's name before their own.
            counts[lines[0]] = int(
                next(line for line in lines if line.endswith(" parameters"))[:-11].replace(",", "")
            )
        assert sum(counts.values()) == totals.params


def test_repetitions_that_are_equal_have_the_figures_of_each() -> None:
    shown = texts(drawn(cnncalc.load("resnet50")))
    assert "bottleneck2..3 ×2" in shown
    assert "70,400 params · 218.4M MACs each" in shown
    assert any(line.endswith("in all") for line in texts(drawn(cnncalc.load("densenet121"))))


def test_the_edge_that_does_not_fit_is_red_with_both_volumes() -> None:
    graph = network(
        layers=[
            {"conv": 4, "name": "a"},
            {"conv": {"filters": 8, "kernel": 3}, "name": "b"},
            {"add": ["a", "b"]},
            "relu",
        ]
    )
    picture = drawn(graph)
    assert classes(picture, "path").count("e x") == 1
    assert "6x6x8 ≠ 8x8x4" in texts(picture)
    assert "output ?" in texts(picture)
    assert any("channels, height and width differ" in title for title in titles(picture))


def test_a_shape_that_is_not_expected_is_red_with_both_volumes() -> None:
    layers = [{"conv": {"filters": 8, "kernel": 3}, "expect": "8x8x8"}, {"conv": 4}]
    picture = drawn(network(layers=layers))
    assert "6x6x8, but `expect` is 8x8x8" in texts(picture)
    assert "e x" in classes(picture, "path")


def test_an_error_inside_a_folded_block_marks_its_box() -> None:
    block = {"unit": {"layers": [{"conv": 4}, {"conv": {"filters": 4, "kernel": 9}}]}}
    picture = drawn(network(blocks=block, layers=["unit", {"conv": 3}]))
    assert "k x" in classes(picture, "rect")
    # And the panel shows where.
    assert "e x" in classes(picture, "path")


def test_nothing_is_red_without_errors() -> None:
    picture = drawn(cnncalc.load("googlenet"))
    assert not [name for name in classes(picture, "path") + classes(picture, "rect") if "x" in name.split()]


def test_unknown_figures_are_unknown_or_a_lower_limit() -> None:
    layers = [{"conv": 4}, {"unknown": {"op": "warp", "shape": "8x8x4", "params": 7}}, {"conv": 4}]
    shown = texts(drawn(network(layers=layers)))
    assert "7 params · ? MACs" in shown
    assert any("at least" in line and "MACs" in line for line in shown)
    block = {"unit": {"layers": layers}}
    inside = texts(drawn(network(blocks=block, layers=["unit"])))
    assert any(re.fullmatch(r"\d+ params · at least [\d,]+ MACs", line) for line in inside)


def test_shared_weights_are_a_link() -> None:
    graph = network(layers=[{"conv": 3, "name": "a"}, {"conv": 3, "share": "a"}, {"conv": 3, "share": "a"}])
    picture = drawn(graph)
    assert classes(picture, "path").count("l") == 2
    assert any("uses the weights of a" in title for title in titles(picture))
    assert "l" not in classes(drawn(cnncalc.load("resnet50")), "path")


@each("shade", SHADES)
def test_a_figure_shades_the_boxes(shade: str) -> None:
    graph = cnncalc.load("resnet18")
    options: dict[str, Any] = {"shade": shade}
    if shade == "memory":
        options["estimate"] = Estimate(graph, Setup(mode="inference"))
    steps = {name for name in classes(drawn(graph, **options), "rect") if re.fullmatch(r"c\d", name)}
    assert len(steps) > 4
    assert "cu" not in steps


def test_a_shade_of_an_unknown_figure_says_so() -> None:
    layers = [{"conv": 4}, {"unknown": {"op": "warp", "shape": "8x8x4"}}, {"conv": 4}]
    picture = drawn(network(layers=layers), shade="macs")
    assert "cu" in classes(picture, "rect")
    assert "unknown" in texts(picture)
    assert "memory: none is known" in texts(drawn(network(layers=layers), shade="memory"))


def test_shades_of_memory_are_those_of_the_memory_report() -> None:
    graph = cnncalc.load("lenet5")
    estimate = Estimate(graph, Setup(mode="training"))
    picture = drawn(graph, shade="memory", estimate=estimate, batch=32)
    assert any("kept for the backward pass, 32 images" in line for line in texts(picture))


def test_larger_tensors_are_wider_lines() -> None:
    picture = drawn(cnncalc.load("lenet5"))
    # Without that of the hatching.
    widths = [name[-1] for name in classes(picture, "path") if re.fullmatch(r"e w\d", name)][1:]
    # The largest is after the first convolution, the smallest are the scores.
    assert (widths[1], widths[-1]) == ("5", "1")


def test_an_edge_that_is_too_long_has_a_name_at_both_ends() -> None:
    chain = [{"conv": {"filters": 3 + number % 2}, "name": f"c{number}"} for number in range(420)]
    reads = [f"c{number}" for number in range(0, 420, 2)]
    picture = drawn(network(layers=[*chain, {"concat": reads, "name": "all"}]), every=True)
    assert {"to all", "from c0"} <= set(texts(picture))


def test_a_word_that_is_no_layer_is_in_its_box() -> None:
    shown = texts(drawn(network(layers=[{"conv": 4}, {"maxpoool": 2}, "relu", "dense"])))
    assert {"maxpoool", "dense"} <= set(shown)
    assert "UNDETERMINED" not in shown
    inside = {"unit": {"layers": [{"maxpoool": 2}]}, "other": {"layers": [{"avgpoool": 2}]}}
    assert {"maxpoool", "avgpoool"} <= set(texts(drawn(network(blocks=inside, layers=["unit", "other"]))))


def test_an_item_that_cannot_be_expanded_has_its_word() -> None:
    for item, word in (
        ({"conv": 4, "repeat": "x"}, "conv"),
        ({"unit": None, "repeat": "x"}, "unit"),
        ({"add": ["a", "a"], "repeat": "x"}, "add"),
        ({"maxpoool": 2, "repeat": "x"}, "maxpoool"),
    ):
        block = {"unit": {"layers": [{"conv": 4}]}}
        shown = texts(drawn(network(blocks=block, layers=[{"conv": 4, "name": "a"}, item])))
        assert word in [line.lower() for line in shown], item
        assert "UNDETERMINED" not in shown


def test_a_reference_to_no_layer_says_so() -> None:
    for layers in (
        [{"conv": 4, "from": "nowhere"}],
        [{"conv": 4, "name": "a"}, {"add": ["a", "nowhere"]}],
    ):
        assert "no layer nowhere" in texts(drawn(network(layers=layers)))


def test_red_and_unknown_are_explained_where_they_occur() -> None:
    red, unknown = "red: does not fit, or has an error", "?: not known"
    both = texts(drawn(network(layers=[{"conv": 4}, {"maxpoool": 2}])))
    assert {red, unknown} <= set(both)
    only_unknown = texts(drawn(network(layers=[{"unknown": {"op": "warp", "shape": "8x8x4"}}])))
    assert unknown in only_unknown
    assert red not in only_unknown
    only_red = texts(drawn(network(layers=[{"conv": 4, "expect": "8x8x8"}])))
    assert red in only_red
    assert unknown not in only_red
    for shade in (None, "macs"):
        assert not {red, unknown} & set(texts(drawn(cnncalc.load("lenet5"), shade=shade)))


def test_a_bad_default_marks_every_layer_that_takes_it() -> None:
    layers = [{"conv": 4}, "relu", {"conv": 4}, {"conv": {"filters": 4, "padding": 1}}, {"maxpool": 2}]
    picture = drawn(network(defaults={"conv": {"padding": "bad"}}, layers=layers))
    assert classes(picture, "rect").count("b x") == 3  # Two layers, and the legend.
    wrong = [title.split("\n")[0] for title in titles(picture) if "`padding` must be" in title]
    assert wrong == ["conv1", "conv2"]


def test_a_bad_field_of_its_own_marks_a_layer() -> None:
    picture = drawn(network(layers=[{"conv": 4}, {"conv": {"filters": 4, "padding": "bad"}}, "relu"]))
    wrong = [title.split("\n")[0] for title in titles(picture) if "`padding` must be" in title]
    assert wrong == ["conv2"]
