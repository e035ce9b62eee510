"""attention: what PyTorch computes, figures worked out by hand, and operands that do not fit.

(Other tests compare every layer with PyTorch: shapes, what is kept and allocated, receptive fields, gradients.)
"""

from types import ModuleType
from typing import Any

import pytest

import cnncalc
from cnncalc.diagnostic import Diagnostic, Severity, edited
from cnncalc.graph import Graph
from cnncalc.layers import problems
from cnncalc.layers.attention import Attention
from cnncalc.shape import Shape
from cnncalc.vocabulary.layer import Call
from cnncalc.vocabulary.limits import Limits

HEAD = "cnncalc: 1\n"
QUERIES, MEMORY = Shape(64, (14, 14)), Shape(96, (7, 7))
WIDTHS: dict[str, Any] = {"heads": 8, "key_width": 16, "value_width": 32}


def module(layer: Attention, *inputs: Shape) -> Any:
    """The PyTorch module of a layer, in float64."""
    from cnncalc.pytorch.own.attention import Attention as Module

    (call,) = layer.torch(inputs)
    return Module(**call.arguments).double()


def tokens(volume: Any) -> Any:
    """A volume as (images, positions, channels)."""
    return volume.flatten(2).transpose(1, 2)


def test_is_multi_head_attention_of_pytorch(torch: ModuleType) -> None:
    """With memory of other widths, as `kdim` and `vdim`."""
    torch.manual_seed(0)
    shapes = Shape(12, (7,)), Shape(10, (5,)), Shape(6, (5,))
    theirs = torch.nn.MultiheadAttention(12, 3, kdim=10, vdim=6, batch_first=True).double().eval()
    ours = module(Attention(heads=3), *shapes)
    with torch.no_grad():
        for name, weight in zip(
            "qkv", (theirs.q_proj_weight, theirs.k_proj_weight, theirs.v_proj_weight), strict=True
        ):
            ours.get_submodule(name).weight.copy_(weight)
        theirs.in_proj_bias.normal_()
        for name, bias in zip("qkv", theirs.in_proj_bias.chunk(3), strict=True):
            ours.get_submodule(name).bias.copy_(bias)
        ours.proj.load_state_dict(theirs.out_proj.state_dict())
    volumes = [torch.randn(2, *shape.torch, dtype=torch.float64) for shape in shapes]
    expected, _ = theirs(*map(tokens, volumes))
    torch.testing.assert_close(tokens(ours(*volumes)), expected)
    assert sum(weight.size for weight in Attention(heads=3).weights(shapes)) == sum(
        parameter.numel() for parameter in theirs.parameters()
    )


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("scale", [None, 0.3])
def test_without_projections_is_scaled_dot_product_attention(
    torch: ModuleType, causal: bool, scale: float | None
) -> None:
    from torch.nn import functional as F
    from torch.nn.attention import SDPBackend, sdpa_kernel

    torch.manual_seed(0)
    shapes = Shape(6, (5,)), Shape(6, (5,)), Shape(8, (5,))
    layer = Attention(heads=2, project=False, causal=causal, scale=scale)
    volumes = [torch.randn(2, *shape.torch, dtype=torch.float64) for shape in shapes]
    queries, keys, values = (volume.unflatten(1, (2, -1)).transpose(2, 3) for volume in volumes)
    with sdpa_kernel(SDPBackend.MATH):
        expected = F.scaled_dot_product_attention(queries, keys, values, is_causal=causal, scale=scale)
    torch.testing.assert_close(module(layer, *shapes)(*volumes), expected.transpose(2, 3).flatten(1, 2))


def test_macs_are_those_of_the_math_path(torch: ModuleType) -> None:
    """Of `scaled_dot_product_attention` without a fused kernel: the two products of matrices."""
    from torch.nn import functional as F
    from torch.nn.attention import SDPBackend, sdpa_kernel
    from torch.utils.flop_counter import FlopCounterMode

    shapes = Shape(6, (5,)), Shape(6, (7,)), Shape(8, (7,))
    heads = [torch.randn(1, 2, shape.positions, shape.channels // 2) for shape in shapes]
    with FlopCounterMode(display=False) as counter, sdpa_kernel(SDPBackend.MATH):
        F.scaled_dot_product_attention(*heads)
    assert Attention(heads=2, project=False).work(shapes).macs == counter.get_total_flops() // 2


@pytest.mark.parametrize(
    ("relative", "queries"),
    [("offsets", (4, 6)), ("distances", (4, 6)), ("distances", (2, 2)), ("offsets", (4, 2))],
)
def test_scores_are_shifted_by_relative_positions(
    torch: ModuleType, relative: str, queries: tuple[int, int]
) -> None:
    """Pair by pair: the entry of each offset in rows and columns."""
    keys = (4, 6)
    shapes = Shape(4, queries), Shape(4, keys), Shape(4, keys)
    layer = Attention(heads=2, project=False, relative=relative, scale=0.0)
    ours = module(layer, *shapes)
    with torch.no_grad():
        ours.relative_position_bias_table.normal_()
    steps = [-(-key // query) for query, key in zip(queries, keys, strict=True)]
    table = ours.relative_position_bias_table.unflatten(0, [
        2 * key - 1 if relative == "offsets" and query == key else key + (query - 1) * step * (relative == "offsets")
        for query, key, step in zip(queries, keys, steps, strict=True)
    ])  # fmt: skip
    bias = torch.empty(2, *queries, *keys, dtype=torch.float64)
    for y in range(queries[0]):
        for x in range(queries[1]):
            for row in range(keys[0]):
                for column in range(keys[1]):
                    down, right = y * steps[0] - row, x * steps[1] - column
                    entry = (
                        (down + keys[0] - 1, right + keys[1] - 1)
                        if relative == "offsets"
                        else (abs(down), abs(right))
                    )
                    bias[:, y, x, row, column] = table[entry]
    volumes = [torch.randn(2, *shape.torch, dtype=torch.float64) for shape in shapes]
    weights = bias.flatten(3).flatten(1, 2).softmax(2)
    values = volumes[2].unflatten(1, (2, -1)).flatten(3)
    expected = torch.einsum("hqk,nhdk->nhdq", weights, values).flatten(1, 2).unflatten(2, queries)
    torch.testing.assert_close(ours(*volumes), expected)


def test_self_attention_is_a_short_form() -> None:
    """The same parameters and work; with products it also keeps the queries before they are scaled."""
    from cnncalc.layers.self_attention import SelfAttention

    inputs = (Shape(96, (197,)),)
    short, whole = SelfAttention(heads=12, fused=False), Attention(heads=12, fused=False)
    assert short.work(inputs) == whole.work(inputs)
    assert short.output(inputs) == whole.output(inputs)
    assert [weight.shape for weight in short.weights(inputs)] == [
        weight.shape for weight in whole.weights(inputs)
    ]
    sizes = [
        sum(kept.size for kept in layer.keeps_of(inputs, Call()) if not isinstance(kept, int | str))
        for layer in (short, whole)
    ]
    assert sizes[0] == sizes[1] + inputs[0].size
    assert short.backward_macs(inputs, (True,)) == whole.backward_macs(inputs, (True,))


def test_parameters_and_macs_by_hand() -> None:
    layer = Attention(**WIDTHS, units=128, bias=False)
    inputs = (QUERIES, MEMORY)
    named = {weight.name: weight.shape for weight in layer.weights(inputs)}
    assert named == {"q.weight": (128, 64), "kv.weight": (384, 96), "proj.weight": (128, 256)}
    in_linear = 196 * 64 * 128 + 49 * 96 * 384 + 196 * 256 * 128
    assert layer.work(inputs).macs == in_linear + 8 * 196 * 49 * (16 + 32)
    assert str(layer.output(inputs)) == "14x14x128"


@pytest.mark.parametrize(
    ("fields", "biases"),
    [({}, 3), ({"bias": False}, 0), ({"bias": False, "output_bias": True}, 1), ({"output_bias": False}, 2)],
)
def test_biases_of_both_kinds(fields: dict[str, Any], biases: int) -> None:
    names = [weight.name for weight in Attention(**WIDTHS, **fields).weights((QUERIES, MEMORY))]
    assert sum(name.endswith("bias") for name in names) == biases
    assert len(names) == 3 + biases


@pytest.mark.parametrize(
    ("relative", "queries", "entries"),
    [
        ("offsets", (7, 7), 13 * 13),
        ("distances", (7, 7), 49),
        ("distances", (4, 4), 49),
        ("offsets", (4, 4), 13 * 13),
    ],
)
def test_tables(relative: str, queries: tuple[int, int], entries: int) -> None:
    """LeViT's have a number for each distance; where it takes every second query, the grid of the keys counts."""
    layer = Attention(heads=2, relative=relative)
    table, *_ = layer.weights((Shape(8, queries), Shape(8, (7, 7))))
    assert table.shape == (entries, 2)


def test_output_is_a_mean_of_values() -> None:
    inputs = (Shape(4, (3,)), Shape(4, (5,)), Shape(6, (5,)))
    limits = Attention(heads=2, project=False).limits(inputs, (Limits(-9, 9), Limits(-9, 9), Limits(0, 6)))
    assert limits == Limits(0, 6)


@pytest.mark.parametrize(
    ("passes", "spared"),
    [
        ((True, True, True), set()),
        ((True, False, False), {"queries"}),
        ((False, True, False), {"keys"}),
        ((False, False, True), {"queries", "keys", "values"}),
    ],
)
def test_a_factor_is_kept_for_the_gradient_of_the_other(
    torch: ModuleType, passes: tuple[bool, ...], spared: set[str]
) -> None:
    shapes = Shape(4, (3,)), Shape(4, (5,)), Shape(6, (5,))
    layer = Attention(heads=2, project=False, fused=False)
    assert layer.spared(shapes, passes) == spared
    volumes = [
        torch.randn(1, *shape.torch, dtype=torch.float64, requires_grad=passed)
        for shape, passed in zip(shapes, passes, strict=True)
    ]
    saved: dict[int, int] = {}

    def save(tensor: Any) -> Any:
        saved[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes() // 8
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(save, lambda tensor: tensor):
        module(layer, *shapes)(*volumes)
    kept = [
        kept.size
        for kept in layer.keeps(shapes)
        if not isinstance(kept, int | str) and kept.name not in spared
    ]
    assert sorted(kept) == sorted(saved.values())


def graph_of(text: str, mode: Any = "inference") -> Graph:
    graph = cnncalc.load(text, mode=mode)
    assert graph.ok, graph.diagnostics
    return graph


MEMORIES = f"""{HEAD}inputs: {{q: 6x4x8, m: 5x3x6}}
layers:
  - conv: {{filters: 8, kernel: 3, padding: 1}}
    from: q
    name: queries
  - conv: {{filters: 6, kernel: 1}}
    from: m
    name: memory
"""


@pytest.mark.parametrize(
    "item",
    [
        "attention: {of: [queries, memory], heads: 2}",
        "attention: {of: [queries, memory, memory], heads: 2, key_width: 5, value_width: 3, units: 7, bias: false}",
        "attention: {of: queries, heads: 4, relative: offsets}",
        "attention: {of: [queries, queries, queries], heads: 2, project: false, relative: distances}",
        "attention: {of: [queries, q, q], heads: 2, project: false}",
        "attention: {of: [q, q, queries], heads: 2, project: false}",
        "attention: {of: [memory, m], heads: 3}",
    ],
)
@pytest.mark.parametrize("mode", ["inference", "training"])
def test_verify_agrees(torch: ModuleType, item: str, mode: str) -> None:
    from cnncalc.pytorch.verify import verify

    text = f"{MEMORIES}  - {item}\n    name: last\n"
    graph = graph_of(text, mode)
    assert verify(graph, training=mode == "training").ok


def test_verify_agrees_on_causal_attention(torch: ModuleType) -> None:
    from cnncalc.pytorch.verify import verify

    text = (
        f"{HEAD}input: {{length: 9, channels: 8}}\nlayers:\n  - conv: {{filters: 8, kernel: 3, padding: 1}}\n"
    )
    text += "  - attention: {heads: 2, causal: true}\n"
    for mode in ("inference", "training"):
        assert verify(graph_of(text, mode), training=mode == "training").ok


def problem(layer: Attention, *inputs: Shape) -> Any:
    """The only problem of a layer."""
    (item,) = problems(layer, inputs)
    return item


TOKENS = Shape(12, (10,))
FAULTS: list[tuple[str, str, str, str]] = [
    (
        "attention: {heads: 5}",
        "S015",
        "5 heads do not divide 12 channels (12 = 2*5 + 2)",
        "12 channels can be divided by `heads: 4` or `heads: 6`",
    ),
    (
        "attention: {of: [in, in, shorter], heads: 2}",
        "S030",
        "there are 10 positions of keys but 5 positions of values, and each key has one value",
        "make keys and values of one layer: `of: [QUERIES, MEMORY]`",
    ),
    (
        "attention: {of: [in, in, in, in], heads: 2}",
        "S030",
        "attention takes queries, keys and values, but it has 4 operands",
        "write `of: [QUERIES, KEYS, VALUES]`, or `of: [QUERIES, MEMORY]` if both come from one layer",
    ),
    (
        "attention: {of: [in, wider, in], heads: 2, project: false}",
        "S030",
        "queries have 12 channels but keys have 16, and without projections they are compared channel by channel "
        "(10x12 and 10x16)",
        "`linear: 12` gives the keys 12 channels",
    ),
    (
        "attention: {heads: 2, project: false}",
        "S030",
        "without projections, attention takes queries, keys and values, but it has 1 operand",
        "write `of: [QUERIES, KEYS, VALUES]` (a layer can be two or three of them), or leave out `project`",
    ),
    (
        "attention: {of: [in, in, wider], heads: 3, project: false}",
        "S015",
        "3 heads do not divide 16 channels (16 = 5*3 + 1)",
        "",
    ),
    (
        "attention: {of: [in, in, wider], heads: 2, value_width: 4, project: false}",
        "S030",
        "`value_width` is 4, but the values have 16 channels for 2 heads: 8 each",
        "leave out `value_width`, or write 8",
    ),
    (
        "attention: {of: [in, in, wider], heads: 2, units: 4, project: false}",
        "S030",
        "`units` is 4, but without projections the output has the channels of the values, 16",
        "put `linear: 4` after it, and leave out `units`",
    ),
    (
        "attention: {of: [in, shorter], heads: 2, causal: true}",
        "S031",
        "causal attention needs as many keys as queries, but there are 10 queries and 5 keys",
        "leave out `causal`: every query then attends to all keys",
    ),
    (
        "attention: {of: [in, square], heads: 2, relative: offsets}",
        "S032",
        "relative positions need queries at positions of the keys, "
        "but the queries (10x12) have length, and the keys (5x2x12) have height, width",
        "leave out `relative`, or give the queries the axes of the keys",
    ),
    (
        "attention: {of: [in, shorter], heads: 2, relative: distances}",
        "S032",
        "relative positions need queries at positions of the keys, "
        "but along the length, 10 queries are not every n-th of 5 keys (10x12 and 5x12)",
        "leave out `relative`, or take the queries from the grid of the keys: `maxpool: {kernel: 1, stride: 2}` takes "
        "every second position",
    ),
]
OPERANDS = f"""{HEAD}input: {{length: 10, channels: 12}}
layers:
  - conv: 16
    name: wider
  - maxpool: 2
    from: in
    name: shorter
  - reshape: {{height: 5, width: 2, channels: 12}}
    from: in
    name: square
"""


def refused(item: str) -> tuple[str, Diagnostic]:
    """A spec with an item, and its only error."""
    text = f"{OPERANDS}  - {item}\n    {'' if 'of:' in item else 'from: in'}\n".replace("    \n", "")
    (error,) = (item for item in cnncalc.load(text).diagnostics if item.severity is Severity.ERROR)
    return text, error


@pytest.mark.parametrize(("item", "code", "message", "help"), FAULTS)
def test_operands_that_do_not_fit(item: str, code: str, message: str, help: str) -> None:
    _, error = refused(item)
    assert (error.code, error.message, error.help or "") == (code, message, help)


@pytest.mark.parametrize("item", [item for item, *_ in FAULTS])
def test_every_fix_works(item: str) -> None:
    text, error = refused(item)
    for fix in error.fixes:
        left = cnncalc.load(edited(text, fix)).diagnostics
        assert not [other for other in left if other.severity is Severity.ERROR], fix


def test_causal_attention_of_a_volume_says_how_to_flatten_it() -> None:
    item = problem(Attention(heads=2, causal=True), Shape(4, (3, 5)))
    assert item.fault.code == "S031"
    assert (
        item.message == "causal attention needs positions in one order, but 3x5x4 has 2 axes: height, width"
    )
    text = f"{HEAD}input: {{height: 3, width: 5, channels: 4}}\nlayers:\n  - reshape: {{length: 15, channels: 4}}\n"
    assert "`reshape: {length: 15, channels: 4}`" in item.help
    graph_of(text + "  - attention: {heads: 2, causal: true}\n")


def test_features_are_no_operands() -> None:
    (item,) = cnncalc.load(f"{HEAD}input: 8x8x4\nlayers:\n  - flatten\n  - attention: 2\n").diagnostics
    assert item.code == "S010"
