"""What of the input a value sees: by hand, and against gradients in PyTorch."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from types import ModuleType
from typing import Any, TypeAlias

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import cnncalc
from cnncalc.analysis import Analysis, Field
from cnncalc.graph import Graph

Figures: TypeAlias = Callable[..., Analysis]


def field(analysis: Analysis, name: str) -> tuple[Field, ...] | None:
    return analysis.receptive_fields[analysis.graph.by_name[name]]


class TestByHand:
    def test_an_input_sees_itself(self, figures: Figures) -> None:
        assert field(figures("- relu"), "input") == (Field(1, 1, 0),) * 2
        assert field(figures("- relu"), "relu1") == (Field(1, 1, 0),) * 2

    def test_features_have_no_axis_to_see_along(self, figures: Figures) -> None:
        assert field(figures("- fc: 10", input="100"), "fc1") == ()

    def test_of_araujos_first_example(self, figures: Figures) -> None:
        """Two convolutions of kernel 3 see 5, the second one's stride does not widen its own field."""
        analysis = figures(
            "- conv: {filters: 1, kernel: 3}\n- conv: {filters: 1, kernel: 3, stride: 2}", input="9x9x1"
        )
        assert field(analysis, "conv2") == (Field(5, 2, 0),) * 2

    def test_by_axis(self, figures: Figures) -> None:
        layers = "- conv: {filters: 1, kernel: [3, 5], stride: [1, 2], padding: {left: 2, right: 1, top: 1}}"
        assert field(figures(layers, input="8x8x1"), "conv1") == (Field(3, 1, -1), Field(5, 2, -2))

    def test_of_dilation(self, figures: Figures) -> None:
        assert (
            field(figures("- conv: {filters: 1, kernel: 3, dilation: 3}"), "conv1") == (Field(7, 1, 0),) * 2
        )

    def test_over_branches_is_the_union(self, figures: Figures) -> None:
        layers = (
            "- concat:\n    - [conv: 1]\n    - [conv: {filters: 1, kernel: 3, padding: 1}]\n"
            "    - [conv: {filters: 1, kernel: 5, padding: {left: 4, top: 2, bottom: 2}}]"
        )
        assert field(figures(layers), "concat1") == (Field(5, 1, -2), Field(6, 1, -4))

    def test_of_what_enlarges(self, figures: Figures) -> None:
        assert field(figures("- upsample: 2"), "upsample1") == (Field(1, Fraction(1, 2), 0),) * 2
        assert field(figures("- upsample: 2\n- maxpool: 2"), "maxpool1") == (Field(2, 1, 0),) * 2

    def test_global_pooling_sees_all(self, figures: Figures) -> None:
        assert field(figures("- global_avgpool", input="9x7x1"), "global_avgpool1") == (
            Field(9, 9, 0),
            Field(7, 7, 0),
        )

    @pytest.mark.parametrize(
        "moves",
        [
            "permute: [width, height, channels]",
            "permute: [channels, height, width]",
            "reshape: {channels: 4, height: 16, width: 16}",
            "reshape: {channels: 16, length: 64}",
        ],
    )
    def test_is_unknown_where_axes_have_moved(self, figures: Figures, moves: str) -> None:
        analysis = figures(f"- conv: {{filters: 16, kernel: 3, padding: 1}}\n- {moves}\n- relu")
        assert field(analysis, "conv1") == (Field(3, 1, -1),) * 2
        assert analysis.receptive_fields[2:] == [None, None]

    @pytest.mark.parametrize(
        "stays", ["permute: [height, width, channels]", "reshape: {channels: 3, height: 8, width: 8}"]
    )
    def test_is_known_where_axes_stay(self, figures: Figures, stays: str) -> None:
        assert field(figures(f"- {stays}\n- maxpool: 2"), "maxpool1") == (Field(2, 2, 0),) * 2

    def test_is_unknown_behind_a_fault(self, figures: Figures) -> None:
        analysis = figures("- conv: {filters: 4, kernel: 9}\n- relu", sound=False)
        assert analysis.receptive_fields[1:] == [None, None]


class TestDisagreement:
    LAYERS = (
        "- add:\n    - [conv: {filters: 1, kernel: 3, stride: 2}]\n    - [conv: {filters: 1, kernel: [3, 6]}]"
    )

    def test_is_told_for_each_axis(self, figures: Figures) -> None:
        (found,) = figures(
            self.LAYERS.replace("[3, 6]", "[3, 6], stride: [2, 1]"), input="9x9x1"
        ).disagreements
        assert (found.axis, found.strides) == ("width", (2, 1))

    def test_of_one_position_there_is_none(self, figures: Figures) -> None:
        """A single value is spread over all: squeeze-and-excitation."""
        layers = "- mul:\n    - []\n    - [global_avgpool, conv: {filters: 3, act: sigmoid}]"
        assert figures(layers).disagreements == []

    def test_none_where_paths_agree(self) -> None:
        for name in ("resnet50", "googlenet"):
            assert cnncalc.analyse(cnncalc.load(name)).disagreements == []


# -- Against PyTorch --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def one_thread(torch: ModuleType) -> Iterator[ModuleType]:
    """PyTorch on one thread: on a few values, several cost a hundred times as much."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield torch
    torch.set_num_threads(before)


KERNELS = st.sampled_from([1, 1, 2, 3, 3, 5])
# A side that kernels of 3 and strides of 2 and 3 tile.
SIDE = 27


@st.composite
def windows(draw: st.DrawFn) -> str:
    """A convolution or an average pooling: what has a gradient to everything it reads."""
    kernel, stride = draw(KERNELS), draw(st.sampled_from([1, 1, 2, 3]))
    padding = draw(st.integers(0, kernel // 2))
    if draw(st.booleans()):
        dilation = draw(st.sampled_from([1, 1, 2]))
        return f"conv: {{filters: 1, kernel: {kernel}, stride: {stride}, padding: {padding}, dilation: {dilation}}}"
    return f"avgpool: {{kernel: {kernel}, stride: {stride}, padding: {padding}}}"


@st.composite
def same_size(draw: st.DrawFn) -> str:
    """What keeps the size, so that branches can be joined."""
    kernel = draw(st.sampled_from([1, 3, 5]))
    dilation = draw(st.sampled_from([1, 2]))
    sided = draw(st.sampled_from([None, "left", "right"]))
    if sided:
        return f"conv: {{filters: 1, kernel: [1, {kernel}], padding: {{{sided}: {kernel - 1}}}}}"
    return f"conv: {{filters: 1, kernel: {kernel}, padding: half, dilation: {dilation}}}"


@st.composite
def branches(draw: st.DrawFn) -> str:
    inside = [", ".join(draw(st.lists(same_size(), max_size=2))) for _ in range(draw(st.integers(2, 3)))]
    kind = draw(st.sampled_from(["add", "concat"]))
    return f"{kind}: [{', '.join(f'[{branch}]' for branch in inside)}]"


@st.composite
def networks(draw: st.DrawFn) -> str:
    layers = draw(
        st.lists(
            windows() | branches() | st.just("upsample: 2") | st.just("zero_pad: 1"), min_size=1, max_size=5
        )
    )
    items = "".join(f"  - {layer}\n    allow: {{S001: drawn}}\n" for layer in layers)
    return f"cnncalc: 1\ninput: {SIDE}x{SIDE}x1\nlayers:\n{items}"


def run(torch: ModuleType, graph: Graph, image: Any) -> Any:
    """The output of a network with positive weights, by the calls that its layers say they are."""
    values = [image]
    for node in graph.layers:
        assert node.fit is not None
        given = [values[at] for at in node.inputs]
        for call in node.fit.layer.torch(node.fit.inputs):
            room, _, name = call.target.partition(".")
            if room == "nn":
                module = getattr(torch.nn, name)(**call.arguments).double()
                for tensor in module.parameters():
                    torch.nn.init.constant_(tensor, 0.1)
                given = [module(given[0])]
            elif call.operands == "list":
                given = [getattr(torch, name)(given, **call.arguments)]
            else:
                total = given[0]
                for other in given[1:]:
                    total = getattr(torch, name)(total, other)
                given = [total]
        values.append(given[0])
    return values[graph.outputs[0]]


def touched(torch: ModuleType, graph: Graph, at: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    """The first and the last position of the input, along each axis, that reach the output at a position."""
    shape = graph.nodes[0].shape
    assert shape is not None
    image = torch.ones(1, *shape.torch, dtype=torch.float64, requires_grad=True)
    run(torch, graph, image)[(0, slice(None), *at)].sum().backward()
    reached = image.grad[0, 0] > 0
    for axis in range(2):
        positions = reached.any(dim=1 - axis).nonzero().flatten().tolist()
        yield (min(positions), max(positions)) if positions else (SIDE, -1)


@settings(max_examples=120, suppress_health_check=[HealthCheck.too_slow])
@given(networks())
def test_what_reaches_the_middle_lies_within_the_field_and_touches_its_ends(
    one_thread: ModuleType, text: str
) -> None:
    graph = cnncalc.load(text)
    last = graph.nodes[-1].shape
    assume(graph.ok and last is not None and graph.outputs)
    assert last is not None
    every = cnncalc.analyse(graph).receptive_fields
    fields = every[-1]
    assert fields is not None
    middle = tuple(size // 2 for size in last.spatial)
    for axis, (first, end) in enumerate(touched(one_thread, graph, middle)):
        predicted = fields[axis]
        start = predicted.start + middle[axis] * predicted.stride
        stop = start + predicted.size - 1
        assume(first <= end)
        if "upsample" in text:
            # Positions between those of the smaller volume are told as if they lay evenly: they see its nearest.
            slack = max(one[axis].stride for one in every if one)
            assert start - slack <= first <= end <= stop + slack
            continue
        assert start <= first <= end <= stop
        if start >= 0 and stop < SIDE:
            assert (first, end) == (start, stop)


@pytest.mark.parametrize(
    "layers",
    [
        "- conv: {filters: 1, kernel: 3, stride: 2, padding: 1}\n  repeat: 3",
        "- conv: {filters: 1, kernel: 4, dilation: 2}\n- avgpool: {kernel: 3, stride: 2}\n- conv: 1",
        "- residual:\n    - conv: {filters: 1, kernel: 3, padding: 1}\n      repeat: 2\n- avgpool: 3",
    ],
)
def test_the_middle_of_known_networks(figures: Figures, one_thread: ModuleType, layers: str) -> None:
    analysis = figures(layers, input=f"{SIDE}x{SIDE}x1")
    graph = analysis.graph
    last, fields = graph.nodes[-1].shape, analysis.receptive_fields[-1]
    assert last is not None
    assert fields is not None
    middle = tuple(size // 2 for size in last.spatial)
    reached = list(touched(one_thread, graph, middle))
    assert reached == [
        (axis.start + at * axis.stride, axis.start + at * axis.stride + axis.size - 1)
        for at, axis in zip(middle, fields, strict=True)
    ]
