"""Two graphs are the same network up to names, and up to the order of layers that do not depend on each other."""

import pytest

import cnncalc
from cnncalc.importers import matching
from cnncalc.render.expansion import expansion

TWO_BRANCHES = """
cnncalc: 1
input: 8x8x3
layers:
  - conv: {filters: 4, kernel: 3, padding: half}
    name: a
  - conv: 4
    name: b
  - conv: 5
    from: a
    name: c
  - concat: [b, c]
"""


def same(left: str, right: str) -> bool:
    return matching(cnncalc.load(left), cnncalc.load(right)) is not None


@pytest.mark.parametrize(
    "change",
    [
        ("name: b", "name: z"),
        ("half", "1"),
        ("half", "[1, 1]"),
        ("half", "{top: 1, bottom: 1, left: 1, right: 1}"),
        ("kernel: 3", "kernel: [3, 3]"),
        ("kernel: 3", "kernel: 3, stride: 1, dilation: [1, 1]"),
        ("conv: 4\n", "conv: {filters: 4, bias: true}\n"),
    ],
)
def test_another_wording_is_the_same(change: tuple[str, str]) -> None:
    other = TWO_BRANCHES.replace(*change).replace("[b, c]", "[z, c]" if "z" in change[1] else "[b, c]")
    assert same(TWO_BRANCHES, other)


def test_the_order_of_independent_layers_is_no_difference() -> None:
    b, c = "  - conv: 4\n    name: b\n", "  - conv: 5\n    from: a\n    name: c\n"
    assert b + c in TWO_BRANCHES
    other = TWO_BRANCHES.replace(b + c, c + b.replace("conv: 4\n", "conv: 4\n    from: a\n"))
    matched = matching(cnncalc.load(TWO_BRANCHES), cnncalc.load(other))
    assert matched == {0: 0, 1: 1, 2: 3, 3: 2, 4: 4}


@pytest.mark.parametrize(
    "change",
    [
        ("[b, c]", "[c, b]"),
        ("kernel: 3", "kernel: 5"),
        ("kernel: 3, padding: half", "kernel: [1, 3], padding: [0, 1]"),
        ("kernel: 3, padding: half", "kernel: [2, 3], padding: {bottom: 1, left: 1, right: 1}"),
        ("8x8x3", "9x9x3"),
        ("conv: 4\n", "conv: {filters: 4, bias: false}\n"),
        ("    from: a\n", ""),
        ("  - concat", "  - relu\n    name: r\n  - concat"),
        ("conv: 5\n", "conv: 4\n    share: b\n"),
    ],
)
def test_a_difference_is_found(change: tuple[str, str]) -> None:
    assert not same(TWO_BRANCHES, TWO_BRANCHES.replace(*change))


def test_sharing_is_a_difference() -> None:
    text = "cnncalc: 1\ninput: 8x8x3\nlayers: [{conv: 3, name: a}, {conv: 3, name: b}, {conv: 3, share: a}]\n"
    assert same(text, text.replace("name: b", "name: q"))
    assert not same(text, text.replace("share: a", "share: b"))
    assert not same(text, text.replace(", share: a", ""))


@pytest.mark.parametrize("name", ["resnet50", "densenet121", "unet"])
def test_an_expanded_spec_is_the_same(name: str) -> None:
    graph = cnncalc.load(name)
    matched = matching(graph, cnncalc.load("".join(expansion(graph))))
    assert matched == {node.index: node.index for node in graph.nodes}


def test_the_order_of_a_sum_is_no_difference_and_that_of_a_difference_is() -> None:
    text = "cnncalc: 1\ninput: 8x8x3\nlayers: [{conv: 3, name: a}, {bn: , name: b}, {add: [a, b]}]\n"
    swapped = text.replace("[a, b]", "[b, a]")
    assert same(text, swapped)
    assert not same(text.replace("add", "sub"), swapped.replace("add", "sub"))
    assert not same(text.replace("[a, b]", "[a, b, 1]"), swapped.replace("[b, a]", "[b, a, 2]"))
    left, right = cnncalc.load(text), cnncalc.load(swapped)
    assert matching(left, right) == {0: 0, 1: 1, 2: 2, 3: 3}


def test_a_concatenation_of_concatenations_is_one() -> None:
    flat = """
cnncalc: 1
input: 8x8x3
layers:
  - conv: 4
    name: a
  - concat: [a, in]
    name: ab
  - conv: 5
    name: c
  - concat: [a, in, c]
"""
    nested = flat.replace("[a, in, c]", "[ab, c]")
    assert same(flat, nested)
    assert matching(cnncalc.load(flat), cnncalc.load(nested)) == {index: index for index in range(5)}
    assert not same(flat, nested.replace("[ab, c]", "[c, ab]"))


def test_the_name_of_a_pooling_is_no_difference() -> None:
    first = "  - maxpool: 2\n    name: p\n  - maxpool: 2\n    name: q\n"
    text = f"cnncalc: 1\ninput: 8x8x3\nlayers:\n{first}  - maxunpool: q\n  - maxunpool: p\n"
    assert same(text, text.replace("name: p", "name: z").replace("maxunpool: p", "maxunpool: z"))
    assert not same(text.replace("  - maxunpool: p\n", ""), text.replace("maxunpool: p", "maxpool: 1"))


ABOUT = """
cnncalc: 1
input: 8x8x4
layers:
  - conv: {filters: 4, kernel: 3, padding: half}
    name: a
  - LAYER
  - add: [a, in, prev]
  - fc: 3
"""


@pytest.mark.parametrize(
    "layer", ["identity", "scale: 1", "dropout", "stochastic_depth: 0.1", "relu", "scale: 2"]
)
def test_layers_that_change_nothing_are_a_detail(layer: str) -> None:
    text = ABOUT.replace("fc: 3", "conv: 3")
    with_layer = cnncalc.load(text.replace("LAYER", layer))
    without = cnncalc.load(text.replace("  - LAYER\n", "").replace("prev", "a"))
    assert matching(with_layer, without) is None
    alike = layer not in ("relu", "scale: 2")
    assert (matching(with_layer, without, in_detail=False) is not None) == alike
    training = cnncalc.load(text.replace("LAYER", layer), mode="training")
    other = cnncalc.load(text.replace("  - LAYER\n", "").replace("prev", "a"), mode="training")
    assert (matching(training, other, in_detail=False) is not None) == (layer in ("identity", "scale: 1"))


@pytest.mark.parametrize(
    ("chain", "alike"),
    [
        ("  - add: [a, in]\n  - add: [prev, a]\n", True),
        ("  - add: [a, a]\n  - add: [in, prev]\n", True),
        ("  - add: [a, in]\n  - add: [prev, in]\n", False),
        ("  - mul: [a, in]\n  - add: [prev, a]\n", False),
        ("  - add: [a, in]\n    name: b\n  - add: [prev, a]\n  - mul: [prev, b]\n", False),
    ],
)
def test_a_sum_of_sums_is_one_sum_unless_another_layer_reads_a_part(chain: str, alike: bool) -> None:
    text = ABOUT.replace("  - fc: 3\n", "").replace("  - LAYER\n", "").replace("prev", "a")
    sums = text.replace("  - add: [a, in, a]\n", chain)
    pair = cnncalc.load(text), cnncalc.load(sums)
    assert matching(*pair) is None
    assert (matching(*pair, in_detail=False) is not None) == alike


def test_the_device_and_what_is_overwritten_are_details() -> None:
    text = "cnncalc: 1\ninput: 8x8x3\nlayers: [conv: 4, relu: {inplace: VALUE}]\n"
    pair = [cnncalc.load(text.replace("VALUE", value)) for value in ("true", "false")]
    assert matching(*pair) is None
    assert matching(*pair, in_detail=False) == {0: 0, 1: 1, 2: 2}


@pytest.mark.parametrize(
    ("layer", "other", "alike"),
    [
        ("mul: [prev, 0.5]", "scale: 0.5", True),
        ("mul: [0.5, prev]", "scale: 0.5", True),
        ("mul: [prev, 0.5]", "scale: 0.25", False),
        ("div: [prev, 2]", "scale: 0.5", False),
        ("add: [prev, 0]", "identity", True),
        ("add: [0, prev]", "identity", True),
        ("sub: [prev, 0]", "identity", True),
        ("sub: [0, prev]", "identity", False),
        ("pow: [prev, 1]", "identity", True),
        ("maximum: [prev, 0]", "identity", False),
        ("add: [prev, in, 0.5]", "add: [in, 0.5, prev]", True),
        ("add: [prev, in, 0.5]", "add: [prev, in, 0.25]", False),
        ("add: [prev, in, 0.5]", "add: [{add: [in, prev]}, 0.5]", True),
        ("add: [prev, in, 0.5]", "add: [{add: [prev, 0.5]}, in]", True),
        ("add: [prev, in, 0.5]", "add: [{add: [prev, 0.5]}, in, 0.5]", False),
        ("add: [prev, in, 0.5]", "add: [prev, in]", False),
    ],
)
def test_operations_with_numbers_are_the_same_where_their_code_is(
    layer: str, other: str, alike: bool
) -> None:
    text = "cnncalc: 1\ninput: 8x8x4\nlayers:\n  - relu\n  - LAYER\n  - conv: 3\n"
    if "{add:" in other:
        inner = other[other.index("{") + 1 : other.index("}")]
        other = f"{inner}\n  - " + other.replace("{" + inner + "}", "prev")
    pair = cnncalc.load(text.replace("LAYER", layer)), cnncalc.load(text.replace("LAYER", other))
    assert all(graph.ok for graph in pair), [graph.diagnostics for graph in pair]
    assert (matching(*pair, in_detail=False) is not None) == alike


def test_a_scale_of_filters_that_code_computed_with_rounding_is_a_detail() -> None:
    conv = "conv: {filters: 4, kernel: 3, standardize: {gain: true, gamma: SCALE}}"
    text = f"cnncalc: 1\ninput: 8x8x3\nlayers: [{conv}]\n"
    for scale, alike in (("1.71395885944366", True), ("1.7139", False)):
        pair = [cnncalc.load(text.replace("SCALE", value)) for value in ("1.7139588594436646", scale)]
        assert matching(*pair) is None
        assert (matching(*pair, in_detail=False) is not None) == alike
