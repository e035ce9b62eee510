"""Padding with values of the input, in convolutions and in layers of its own: PyTorch's values, and its limits."""

from itertools import product
from types import ModuleType
from typing import Any

import pytest

import cnncalc
from cnncalc.analysis.kept import kept
from cnncalc.analysis.storage import storage
from cnncalc.layers import layer_type, problems
from cnncalc.shape import Shape
from cnncalc.vocabulary.connections import MOST_LISTED
from cnncalc.vocabulary.edges import EDGES
from cnncalc.vocabulary.padding import torch_order
from cnncalc.vocabulary.padding_modes import PADDING_MODES
from cnncalc.vocabulary.values import Sides
from tests._each import each
from tests.layers._twin import twin
from tests.rules._design import alone


def layer_of(key: str, **fields: Any) -> Any:
    kind: Any = layer_type(key)
    return kind(**fields)


LAYERS = {"reflect": "reflection_pad", "replicate": "replication_pad", "circular": "circular_pad"}


def test_every_mode_but_zeros_says_what_fills_the_padding() -> None:
    assert ("zeros", *EDGES) == PADDING_MODES


@each("mode", EDGES)
@each(
    ("padding", "ends"),
    [
        (2, [(2, 2), (2, 2)]),
        ((0, 1), [(0, 0), (1, 1)]),
        ("half", [(1, 1), (1, 1)]),
        ("same", [(1, 1), (1, 1)]),
        ("causal", [(2, 0), (1, 1)]),
        (Sides(top=1, right=2), [(1, 0), (0, 2)]),
    ],
    ids=str,
)
@each("key", ["conv", "depthwise_conv", "separable_conv"])
def test_a_convolution_pads_as_pytorch_does(
    torch: ModuleType, key: str, mode: str, padding: Any, ends: list[tuple[int, int]]
) -> None:
    """Written out: the padded input, under filters without padding."""
    fields = {"depthwise_conv": {}}.get(key, {"filters": 3})
    inputs = (Shape(2, (7, 6)),)
    here = twin(torch, layer_of(key, kernel=3, padding=padding, padding_mode=mode, **fields), inputs)
    plain = twin(
        torch,
        layer_of(key, kernel=3, **fields),
        (layer_of("zero_pad", padding=Sides.of(ends)).output(inputs),),
    )
    for module, other in zip(here.modules[-1:], plain.modules, strict=True):
        other.load_state_dict(module.state_dict())
    x = torch.rand(2, 2, 7, 6)
    padded = torch.nn.functional.pad(x, torch_order(tuple(ends)), mode=mode)
    assert torch.equal(here(x), plain(padded))


@pytest.mark.parametrize("mode", PADDING_MODES)
def test_pytorch_refuses_what_is_refused_here(torch: ModuleType, mode: str) -> None:
    sizes = {1: range(1, 5), 2: range(1, 4), 3: (1, 2, 3)}
    for rank in sizes:
        for size, padding in product(sizes[rank], range(5)):
            volume = Shape(2, (size,) + (4,) * (rank - 1))
            layer = layer_of("conv", filters=2, padding=padding, padding_mode=mode)
            refused = [problem for problem in problems(layer, (volume,)) if problem.blocking]
            module = getattr(torch.nn, f"Conv{rank}d")(2, 2, 1, padding=padding, padding_mode=mode)
            try:
                module(torch.rand(1, *volume.torch))
            except RuntimeError:
                assert [problem.fault.code for problem in refused] == ["S019"], (volume, padding)
            else:
                assert not refused, (volume, padding)


@pytest.mark.parametrize(("mode", "most"), [("reflect", 3), ("circular", 4)])
def test_the_help_of_too_much_padding_works(mode: str, most: int) -> None:
    spec = "cnncalc: 1\ninput: 4x9x2\nlayers:\n  - {}\n"
    for item in (
        f"conv: {{filters: 2, kernel: 3, padding: %s, padding_mode: {mode}}}",
        f"{LAYERS[mode]}: %s",
    ):
        (fault,) = cnncalc.load(spec.format(item % (most + 1))).diagnostics
        assert fault.code == "S019"
        assert fault.message.startswith(f"height: {most + 1} positions to ")
        assert f"use at most {most}" in (fault.help or "")
        assert cnncalc.load(spec.format(item % most)).ok
        assert cnncalc.load(spec.format(item.replace(mode, "replicate") % 9)).ok or "_pad" in item


@each("mode", EDGES)
@each("stride", [1, 2])
@each(("kernel", "dilation"), [(3, 1), (3, 3), (5, 1), (2, 2)])
@each("ends", [(2, 2), (3, 0), (0, 4), (0, 0)])
def test_pairs_of_values_are_those_with_a_gradient(
    torch: ModuleType, mode: str, stride: int, kernel: int, dilation: int, ends: tuple[int, int]
) -> None:
    layer = layer_of(
        "conv",
        filters=1,
        kernel=kernel,
        stride=stride,
        dilation=dilation,
        padding=Sides(left=ends[0], right=ends[1]),
        padding_mode=mode,
    )
    inputs = (Shape(1, (9,)),)
    model = twin(torch, layer, inputs)
    for module in model.modules:
        for parameter in module.parameters():
            parameter.data.abs_().add_(0.1)
    matrix = torch.autograd.functional.jacobian(lambda x: model(x)[0, 0], torch.rand(1, 1, 9))
    assert layer.connections(inputs) == int((matrix != 0).sum())


def test_pairs_of_long_axes_are_not_listed() -> None:
    conv: Any = layer_type("conv")
    long = (Shape(1, (10**18 - 1,)),)
    near = conv(filters=1, kernel=3, padding=1, padding_mode="circular")
    assert near.connections(long) == 3 * (10**18 - 1)
    assert conv(filters=1, kernel=3, padding=MOST_LISTED, padding_mode="circular").connections(long) is None


@pytest.mark.parametrize(
    ("mode", "names"),
    [
        ("zeros", ["", "indices"]),
        # The gradient of a reflection is taken from its input too.
        ("reflect", ["", "indices", "padded"]),
        ("circular", ["indices", "padded"]),
    ],
)
def test_what_is_kept_of_a_padded_input(mode: str, names: list[str]) -> None:
    graph = cnncalc.load(
        "cnncalc: 1\ninput: 8x8x2\nlayers:\n  - conv: 2\n  - maxpool: 2\n"
        f"  - conv: {{filters: 2, kernel: 3, padding: 1, padding_mode: {mode}}}\n",
        mode="training",
    )
    pool = graph.by_name["maxpool1"]
    tensors = kept(graph, storage(graph)) or []
    assert sorted(tensor.name for tensor in tensors if tensor.node >= pool) == names


def test_the_first_layer_keeps_only_the_padded_image(torch: ModuleType) -> None:
    from cnncalc.pytorch.verify import verify

    graph = cnncalc.load(
        "cnncalc: 1\ninput: 8x8x2\nlayers:\n  - conv: {filters: 3, kernel: 3, padding: 1, padding_mode: reflect}\n",
        mode="training",
    )
    assert [tensor.name for tensor in kept(graph, storage(graph)) or []] == ["padded"]
    assert verify(graph, training=True).ok


def test_the_other_side_is_said_to_be_read() -> None:
    conv = layer_of("conv", filters=2, kernel=3, padding=1, padding_mode="circular")
    assert all(reach.beyond for reach in conv.reach((Shape(2, (8, 8)),)))
    assert not any(
        reach.beyond
        for reach in layer_of("conv", filters=2, padding_mode="circular").reach((Shape(2, (8,)),))
    )


@pytest.mark.parametrize("key", ["conv_transpose", "locally_connected", "maxpool"])
def test_layers_without_modes_say_what_to_write(key: str) -> None:
    fields = "kernel: 3" if key == "maxpool" else "filters: 4, kernel: 3"
    (fault,) = cnncalc.load(
        f"cnncalc: 1\ninput: 8x8x3\nlayers:\n  - {key}: {{{fields}, padding_mode: circular}}\n"
    ).diagnostics
    assert "`circular_pad`" in (fault.help or "")
    assert not fault.fixes


@pytest.mark.parametrize(
    ("padding", "help"), [("reflect", "padding_mode: reflect"), ("wrap", "padding_mode: circular")]
)
def test_a_mode_in_the_place_of_padding(padding: str, help: str) -> None:
    (fault,) = cnncalc.load(
        f"cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {{filters: 4, kernel: 3, padding: {padding}}}\n"
    ).diagnostics
    assert help in (fault.help or "")


def test_taps_that_only_read_padding_are_idle_for_zeros_only() -> None:
    spec = "cnncalc: 1\ninput: 3x3x4\nlayers:\n  - conv: {filters: 4, kernel: 3, padding: 3, dilation: 3%s}\n"
    assert alone("D013", spec % "")
    assert not alone("D013", spec % ", padding_mode: circular")


def test_a_page_of_a_layer_pads_as_numpy_does() -> None:
    from cnncalc.analysis.layer_facts import LayerFacts
    from cnncalc.render.layer_lines.slices import padding

    graph = cnncalc.load(
        "cnncalc: 1\ninput: 4x4x2\nlayers:\n"
        + "".join(
            f"  - conv: {{filters: 2, kernel: 3, padding: 1, padding_mode: {mode}}}\n"
            for mode in PADDING_MODES
        )
    )
    texts = [padding(LayerFacts(node.fit)) or "" for node in graph.layers if node.fit]
    assert ["mode=" in text for text in texts] == [False, True, True, True]
    assert 'mode="wrap"' in texts[-1]


def test_the_help_leaves_room_for_the_window() -> None:
    """A mirror image of 3 positions at both ends is too little for a kernel of 11."""
    spec = "cnncalc: 1\ninput: 4x4x2\nlayers:\n  - conv: {filters: 2, kernel: 11, padding: 5, padding_mode: %s}\n"
    (fault,) = cnncalc.load(spec % "reflect").diagnostics
    assert fault.help == "use `padding_mode: replicate`, or a smaller kernel"
    assert cnncalc.load(spec % "replicate").ok
