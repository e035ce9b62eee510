"""What has changed, layer by layer: which layers match, and how they differ."""

import pytest

import cnncalc
from cnncalc.comparison import compare, side
from tests.comparison._networks import HEAD, compared, network, summary

CONV = "  - conv: {{filters: {}, kernel: 3, padding: 1}}\n"
NAMED = "  - conv: {{filters: {}, kernel: 3, padding: 1}}\n    name: {}\n"
RELU, POOL = "  - relu\n", "  - maxpool: 2\n"
A, B, C = CONV.format(8), CONV.format(16), CONV.format(32)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(A + RELU + B, A + RELU + B, [], id="nothing"),
        pytest.param(A + B, A + C, ["~ conv2: settings output params weights macs activations"], id="width"),
        pytest.param(A + RELU + B, A + B, ["- relu1"], id="removed"),
        pytest.param(A + B, A + RELU + B, ["+ relu1"], id="added"),
        pytest.param(A + RELU + B, A + RELU + RELU + B, ["+ relu2"], id="added-of-two"),
        pytest.param(
            A + B + C, A + A + B + C, ["+ conv2", "conv2 > conv3", "conv3 > conv4"], id="put-before"
        ),
        pytest.param(
            NAMED.format(8, "a") + NAMED.format(16, "b"),
            NAMED.format(8, "a") + NAMED.format(16, "c"),
            ["b > c"],
            id="renamed",
        ),
        pytest.param(
            NAMED.format(8, "a") + NAMED.format(16, "b"),
            NAMED.format(16, "b") + NAMED.format(8, "a"),
            ["+ b", "~ a: params weights macs field", "- b"],
            id="swapped-by-name",
        ),
        pytest.param(
            A + POOL + B,
            A + POOL + POOL + B,
            ["+ maxpool2", "~ conv2: output macs activations field"],
            id="shapes-behind",
        ),
    ],
)
def test_layers_are_matched(old: str, new: str, expected: list[str]) -> None:
    assert summary(compared(old, new)) == expected


def test_places_in_names_do_not_decide() -> None:
    """A batch norm put in first makes `bn2` of what was `bn1`: the layers are found all the same."""
    block = A + "  - bn\n" + RELU
    lines = summary(compared(block + block, "  - bn\n" + block + block))
    assert lines == ["+ bn1", "bn1 > bn2", "bn2 > bn3"]


def test_a_renamed_block_is_the_same_layers() -> None:
    spec = (
        "cnncalc: 1\ninput: 32x32x3\nblocks:\n  {0}:\n    layers: [conv: {{filters: 8, kernel: 3}}, relu]\n"
        "layers: [{0}, {0}]\n"
    )
    comparison = compared(spec.format("stage"), spec.format("group"))
    assert comparison.counts["renamed"] == 4
    assert summary(comparison)[0] == "stage1.conv1 > group1.conv1"


def test_names_inside_of_a_block_are_by_place_too() -> None:
    """`stage2.main` is not another network's `stage2.main` for the name alone: a stage has come before."""
    spec = (
        "cnncalc: 1\ninput: 32x32x3\nblocks:\n  stage:\n    params: {{f: required}}\n    layers:\n"
        "      - conv: {{filters: $f, kernel: 3, padding: 1}}\n        name: main\n      - relu\n"
        "layers:\n{}"
    )
    old = spec.format("  - stage: 8\n  - stage: 16\n")
    new = spec.format("  - stage: 8\n  - stage: 8\n  - stage: 16\n")
    assert summary(compared(old, new))[:2] == ["+ stage2.main", "+ stage2.relu1"]


def test_no_two_pairs_cross_and_every_layer_is_reported_once() -> None:
    old, new = network(A + RELU + B + POOL + C), network(B + POOL + A + RELU + C + RELU)
    comparison = compare(old, new)
    assert [change.old for change in comparison.changes if change.old is not None] == list(old.layers)
    assert [change.new for change in comparison.changes if change.new is not None] == list(new.layers)


def test_a_layer_that_reads_another_is_changed() -> None:
    branch = NAMED.format(8, "a") + NAMED.format(8, "b") + NAMED.format(8, "c")
    lines = summary(compared(branch + "  - add: [prev, a]\n", branch + "  - add: [prev, b]\n"))
    assert lines == ["~ add1: inputs"]


def test_a_change_of_the_field_alone_is_reported_apart() -> None:
    dilated = A + A.replace("padding: 1", "padding: 2, dilation: 2") + RELU
    comparison = compared(A + A + RELU, dilated)
    assert summary(comparison) == ["~ conv2: settings field"]
    assert comparison.counts["field"] == 1


@pytest.mark.parametrize(
    ("old", "new", "counts"),
    [
        ("vgg16", "vgg16_bn", {"added": 13, "same": 40}),
        ("vgg16", "vgg19", {"added": 6, "removed": 0, "changed": 0}),
        ("resnet18", "resnet34", {"added": 56, "removed": 0, "changed": 0}),
        ("resnet50", "resnet50", {"changed": 0, "added": 0, "removed": 0, "renamed": 0, "field": 0}),
    ],
)
def test_of_the_zoo(old: str, new: str, counts: dict[str, int]) -> None:
    sides = [side(cnncalc.analyse(cnncalc.load(name))) for name in (old, new)]
    count = compare(*sides).counts
    assert {what: count[what] for what in counts} == counts


def test_what_is_after_an_error_is_unknown_and_never_0() -> None:
    faulty = network("  - conv: {filters: 8, kernal: 3}\n  - fc: 10\n")
    assert set(faulty.totals.values()) == {None}
    assert faulty.layers[1].params is None
    assert faulty.field is None
    comparison = compare(network(A + "  - fc: 10\n"), faulty)
    changed = [change for change in comparison.changes if change.what == "changed"]
    assert all(change.new is not None and change.new.params is None for change in changed)


def test_a_file_that_says_nothing_has_no_layers() -> None:
    nothing = network("cnncalc: 1\n")
    assert nothing.layers == ()
    assert set(nothing.totals.values()) == {None}
    assert summary(compare(nothing, network(RELU))) == ["+ input", "+ relu1"]


def test_memory_is_the_peak_of_one_image() -> None:
    graph = cnncalc.load(HEAD + A)
    assert network(A).totals["memory"] == cnncalc.estimate(graph).peak(1).nbytes
    trained = network(A, mode="training")
    assert trained.mode == "training"
    assert trained.totals["memory"] != network(A).totals["memory"]


def test_shared_weights_are_compared() -> None:
    two = HEAD + "".join(
        f"  - conv: {{filters: 3, kernel: 3, padding: 1}}\n    name: {name}\n" for name in "ab"
    )
    third = "  - conv: {{filters: 3, kernel: 3, padding: 1}}\n    name: c\n    share: {}\n"
    assert summary(compared(two + third.format("a"), two + third.format("b"))) == ["~ c: shares"]
    assert summary(compared(two + third.format("a"), two + third.format("a"))) == []
    own = two + third.format("a").replace("    share: a\n", "")
    assert summary(compared(two + third.format("a"), own)) == ["~ c: shares params weights"]
    before = two + third.format("a")
    assert summary(compared(before, before.replace(HEAD, HEAD + "  - relu:\n    name: r\n"))) == ["+ r"]


def test_outputs_in_another_order_are_a_difference() -> None:
    text = "cnncalc: 1\ninput: 8x8x3\noutputs: [a, b]\nlayers: [{conv: 3, name: a}, {conv: 3, name: b}]\n"
    assert compared(text, text.replace("[a, b]", "[b, a]")).others == (
        "outputs in another order: a, b -> b, a",
    )
    assert compared(text, text.replace("[a, b]", "[b]")).others == ("outputs: a, b -> b",)
    assert compared(text, text).others == ()
