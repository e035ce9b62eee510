"""A chain as a pattern: it reads back as the same layers."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cnncalc
from cnncalc import zoo
from cnncalc.render.pattern import NoPattern, pattern
from tests.pattern._graphs import layers, loaded

CHAINS = ("alexnet", "cifar_convnet", "fcn32s", "lenet5", "mobilenet_v1", "nin", "vgg16", "vgg19_bn", "zfnet")


@pytest.mark.parametrize("name", CHAINS)
def test_a_shipped_chain(name: str) -> None:
    graph = cnncalc.load(name)
    assert layers(loaded(pattern(graph))) == layers(graph)


@pytest.mark.zoo
@pytest.mark.parametrize("name", zoo.names())
def test_every_shipped_chain(name: str) -> None:
    graph = cnncalc.load(name)
    try:
        text = pattern(graph)
    except NoPattern:
        return
    assert layers(loaded(text)) == layers(graph)


def test_repeats_are_in_brackets() -> None:
    assert pattern(cnncalc.load("vgg16")) == (
        "INPUT 224x224x3 -> [CONV3-64 -> RELU]*2 -> POOL2 -> [CONV3-128 -> RELU]*2 -> POOL2 -> "
        "[CONV3-256 -> RELU]*3 -> POOL2 -> [[CONV3-512 -> RELU]*3 -> POOL2]*2 -> "
        "[FC 4096 -> RELU -> DROPOUT]*2 -> FC 1000"
    )
    assert pattern(cnncalc.load("cifar_convnet")) == (
        "INPUT 32x32x3 -> [[CONV3-10 -> RELU]*2 -> POOL2]*3 -> FC 10"
    )


PARTS = (
    "CONV3-8", "CONV5-8", "CONV 8 pad 0", "CONV 4x4 filters=8 same", "CONV3/2-6 same", "CONV 8 bias=false", "BN",
    "RELU", "TANH", "LEAKY_RELU 0.2", "POOL2 rounding=ceil", "POOL 3/1", "AVGPOOL 2/1", "DROPOUT", "DROPOUT 0.2",
    "LRN 5", "FC 7", "FC 7 bias=false", "FLATTEN", "GAP", "DWCONV3", "SOFTMAX", "CONV 6 padding=top:1,left:2",
    "HARDTANH min_val=-2", "IDENTITY", "CONV3x1-4", "UPSAMPLE2", "RESHAPE channels=6 height=4 width=4",
)  # fmt: skip


@st.composite
def chains(draw: st.DrawFn, depth: int = 0) -> str:
    part = st.sampled_from(PARTS)
    if depth < 2:
        part = part | chains(depth=depth + 1).map(lambda inside: f"[{inside}]*2")
    return " -> ".join(draw(st.lists(part, min_size=1, max_size=4)))


@given(chains())
@settings(max_examples=150, deadline=None)
def test_any_chain(chain: str) -> None:
    graph = cnncalc.load(f"INPUT 24x24x8 -> {chain}", max_nodes=200)
    if not graph.ok:
        return
    assert layers(loaded(pattern(graph))) == layers(graph)


@pytest.mark.parametrize(
    ("spec", "why"),
    [
        ("resnet18", "reads `basic1.conv2.bn` and `maxpool1`; a pattern has one layer after another"),
        ("cnncalc: 1\ninputs: {a: 8x8x3, b: 8x8x3}\nlayers: [add: [a, b]]\n", "has 2 inputs"),
        (
            "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: 3\n    name: a\n  - conv: 3\n    share: a\n",
            "weights of `a`",
        ),
        ("cnncalc: 1\ninput: 8x8x3\nlayers:\n  - {conv: 3, freeze: true}\n", "`conv1` is frozen"),
        ("cnncalc: 1\ninput: 8x8x3\nlayers: [unknown: RoPE]\n", "an operation without a layer here"),
        ("cnncalc: 1\ninput: {shape: 8x8x3, stride: 4}\nlayers: [relu]\n", "has a stride already"),
        ("cnncalc: 1\ninput: 8x8x3\noutputs: [conv1]\nlayers: [conv: 3, relu]\n", "the output"),
        ("cnncalc: 1\ninput: {height: 3, width: 8, channels: 8}\nlayers: [relu]\n", "channels first"),
    ],
)
def test_what_no_pattern_can_say_is_said(spec: str, why: str) -> None:
    with pytest.raises(NoPattern, match=why):
        pattern(loaded(spec))
